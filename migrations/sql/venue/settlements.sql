-- What two places wrote differently was looked into by somebody. `difference` names it as the report of the bundle does.
CREATE TABLE venue_settlement (
    handout_id uuid NOT NULL REFERENCES venue_handout (id),
    difference text NOT NULL CHECK (length(difference) BETWEEN 1 AND 200),
    reason     text NOT NULL CONSTRAINT venue_settlement_with_reason CHECK (length(btrim(reason)) BETWEEN 2 AND 200),
    by_account uuid NOT NULL REFERENCES account (id),
    at         timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (handout_id, difference)
);
SELECT make_append_only('venue_settlement');
GRANT SELECT, INSERT ON venue_settlement TO shibaiqian_app;
