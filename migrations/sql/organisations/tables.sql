-- Regions: GB/T 2260. A code is for ever; names are dated, and so is the code's own validity.
CREATE TABLE region (
    code        char(6) PRIMARY KEY CONSTRAINT region_code_shape CHECK (code ~ '^[0-9]{6}$'),
    level       smallint NOT NULL CONSTRAINT region_level_known CHECK (level IN (1, 2, 3)),
    parent_code char(6) REFERENCES region (code),
    CONSTRAINT region_parent_by_level CHECK ((level = 1) = (parent_code IS NULL))
);
CREATE TABLE region_name (
    code       char(6) NOT NULL REFERENCES region (code),
    valid_from date NOT NULL,
    valid_to   date,
    name_zh    text NOT NULL,
    name_en    text NOT NULL,
    source     text NOT NULL,
    PRIMARY KEY (code, valid_from),
    CONSTRAINT region_name_period CHECK (valid_to IS NULL OR valid_to > valid_from)
);

CREATE TABLE organisation (
    id          uuid PRIMARY KEY DEFAULT uuidv7(),
    parent_id   uuid REFERENCES organisation (id),
    -- Ancestors from the root, itself last: one index look-up answers "is it in my subtree?".
    path        uuid[] NOT NULL,
    kind        text NOT NULL CONSTRAINT organisation_kind_known
                CHECK (kind IN ('national_body','federation','industry_line','enterprise','authority')),
    tier        text CONSTRAINT organisation_tier_known CHECK (tier IN ('province','city','base')),
    region_code char(6) REFERENCES region (code),
    name_zh     text NOT NULL CHECK (length(name_zh) BETWEEN 1 AND 100),
    name_en     text,
    short_name  text NOT NULL CONSTRAINT organisation_short_name_length CHECK (length(short_name) BETWEEN 1 AND 16),
    credit_code char(18) CONSTRAINT organisation_credit_code_once UNIQUE,
    valid_from  date NOT NULL DEFAULT '1949-10-01',
    valid_to    date,
    rev         integer NOT NULL DEFAULT 1,
    created_at  timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT organisation_path_ends_in_itself CHECK (path[cardinality(path)] = id),
    CONSTRAINT organisation_period CHECK (valid_to IS NULL OR valid_to > valid_from),
    CONSTRAINT organisation_name_once_below_parent UNIQUE NULLS NOT DISTINCT (parent_id, name_zh)
);
CREATE INDEX organisation_path ON organisation USING gin (path);
CREATE INDEX organisation_region ON organisation (region_code);

CREATE FUNCTION hold_organisation_path() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.parent_id IS NULL THEN
        NEW.path := ARRAY[NEW.id];
    ELSE
        SELECT path || NEW.id INTO STRICT NEW.path FROM organisation WHERE id = NEW.parent_id;
    END IF;
    IF TG_OP = 'UPDATE' AND NEW.parent_id IS DISTINCT FROM OLD.parent_id THEN
        RAISE EXCEPTION 'an organisation does not move; close it and make a new one'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'organisation_does_not_move', TABLE = 'organisation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER organisation_path BEFORE INSERT OR UPDATE OF parent_id, path ON organisation
    FOR EACH ROW EXECUTE FUNCTION hold_organisation_path();
