-- Paper sheets, typed in twice by two people who do not see each other's copy. Only when both say the same do they become marks.
CREATE TABLE paper_copy (
    id         uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    sheet_id   uuid NOT NULL REFERENCES sheet (id),
    account_id uuid NOT NULL REFERENCES account (id),
    -- Whoever finds a slip of their own types the sheet again.
    attempt    smallint NOT NULL CHECK (attempt >= 1),
    answers    jsonb NOT NULL,
    at         timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT paper_copy_attempt UNIQUE (sheet_id, account_id, attempt)
);
SELECT make_append_only('paper_copy');
GRANT SELECT, INSERT ON paper_copy TO shibaiqian_app;

CREATE TABLE paper_transfer (
    sheet_id   uuid NOT NULL REFERENCES sheet (id),
    first_copy uuid NOT NULL REFERENCES paper_copy (id),
    second_copy uuid NOT NULL REFERENCES paper_copy (id),
    by_account uuid NOT NULL REFERENCES account (id),
    at         timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (first_copy, second_copy),
    CONSTRAINT paper_transfer_two_copies CHECK (first_copy <> second_copy)
);
CREATE INDEX paper_transfer_sheet ON paper_transfer (sheet_id);
SELECT make_append_only('paper_transfer');
GRANT SELECT, INSERT ON paper_transfer TO shibaiqian_app;
