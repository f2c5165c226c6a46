-- A person is an id that facts may hold. Everything personal stands in versions that can be erased.
CREATE TABLE person (
    id         uuid PRIMARY KEY DEFAULT uuidv7(),
    created_at timestamptz NOT NULL DEFAULT now(),
    erased_at  timestamptz
);

CREATE TABLE person_document (
    person_id      uuid PRIMARY KEY REFERENCES person (id),
    document_type  text CONSTRAINT document_type_known
                   CHECK (document_type IN ('id_card','passport','hk_macao','taiwan','military','permanent_resident')),
    number_cipher  bytea,
    number_masked  text,
    -- Blind index: keyed HMAC of type and number, so that equality can be asked without the number.
    number_index   bytea,
    algorithm      text NOT NULL DEFAULT 'aes-256-gcm/hmac-sha256:1',
    CONSTRAINT person_document_once UNIQUE (number_index),
    CONSTRAINT person_document_whole_or_erased CHECK (num_nulls(document_type, number_cipher, number_masked, number_index) IN (0, 4))
);

CREATE TABLE person_version (
    id            uuid PRIMARY KEY DEFAULT uuidv7(),
    person_id     uuid NOT NULL REFERENCES person (id),
    version       integer NOT NULL CHECK (version >= 1),
    name          text,
    sort_key      text,
    sex           char(1) CONSTRAINT person_sex_known CHECK (sex IN ('M', 'F')),
    birth_date    date,
    education     text,
    mobile_cipher bytea,
    created_at    timestamptz NOT NULL DEFAULT now(),
    erased_at     timestamptz,
    CONSTRAINT person_version_once UNIQUE (person_id, version),
    CONSTRAINT person_version_of_person UNIQUE (person_id, id),
    CONSTRAINT person_version_named_or_erased CHECK ((name IS NOT NULL AND sort_key IS NOT NULL) OR erased_at IS NOT NULL)
);
CREATE INDEX person_version_sort_key ON person_version (sort_key COLLATE "C");

CREATE TABLE employment (
    id              uuid PRIMARY KEY DEFAULT uuidv7(),
    person_id       uuid NOT NULL REFERENCES person (id),
    organisation_id uuid REFERENCES organisation (id),
    unit_name       text,
    post            text,
    front_line      boolean,
    union_member    boolean,
    public          boolean,
    valid_from      date NOT NULL,
    valid_to        date,
    CONSTRAINT employment_of_person UNIQUE (person_id, id),
    CONSTRAINT employment_names_a_unit CHECK (organisation_id IS NOT NULL OR unit_name IS NOT NULL),
    CONSTRAINT employment_period CHECK (valid_to IS NULL OR valid_to > valid_from)
);
CREATE INDEX employment_organisation ON employment (organisation_id);
CREATE INDEX employment_person ON employment (person_id, valid_from);

CREATE TABLE skill_level (
    person_id      uuid NOT NULL REFERENCES person (id),
    trade_code     text NOT NULL,
    -- Ladder of DOMAIN 7: 0 apprentice, 1 初级工(五级) … 5 高级技师(一级), 6 特级技师, 7 首席技师.
    level          smallint NOT NULL CONSTRAINT skill_level_known CHECK (level BETWEEN 0 AND 7),
    certificate_no text,
    valid_from     date NOT NULL,
    PRIMARY KEY (person_id, trade_code, valid_from)
);
