-- Who may register in a contest beyond what the item says. No row: aged 16 or more, any number of items.
CREATE TABLE registration_rules (
    contest_id          uuid PRIMARY KEY REFERENCES contest (id),
    -- Full years on the first day of the contest; NULL: no limit.
    minimum_age         smallint CONSTRAINT minimum_age_sane CHECK (minimum_age BETWEEN 1 AND 99),
    one_item_per_person boolean NOT NULL DEFAULT false,
    rev                 integer NOT NULL DEFAULT 1
);

-- Rows of an uploaded file on their way into entries, with document numbers encrypted. A row is deleted in the transaction that
-- carries it out, so that a worker killed midway leaves exactly what is still to do.
CREATE TABLE registration_import_row (
    job_id    uuid NOT NULL REFERENCES job (id),
    position  integer NOT NULL CHECK (position >= 1),
    candidate jsonb NOT NULL,
    PRIMARY KEY (job_id, position)
);

GRANT SELECT, INSERT, UPDATE ON registration_rules TO shibaiqian_app;
GRANT SELECT, INSERT, DELETE ON registration_import_row TO shibaiqian_app;
-- An entry under correction has its members replaced; what happened to the entry stands in its transitions.
GRANT DELETE ON entry_member TO shibaiqian_app;
