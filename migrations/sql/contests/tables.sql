CREATE TABLE trade (
    code    text PRIMARY KEY CHECK (code ~ '^[a-z0-9_]{2,40}$'),
    name_zh text NOT NULL UNIQUE,
    name_en text NOT NULL
);

CREATE TABLE season (
    id              uuid PRIMARY KEY DEFAULT uuidv7(),
    organisation_id uuid NOT NULL REFERENCES organisation (id),
    year            smallint NOT NULL CHECK (year BETWEEN 1949 AND 2200),
    name_zh         text NOT NULL CHECK (length(name_zh) BETWEEN 1 AND 100),
    name_en         text,
    plan_province   integer NOT NULL DEFAULT 10 CHECK (plan_province >= 0),
    plan_city       integer NOT NULL DEFAULT 100 CHECK (plan_city >= 0),
    plan_base       integer NOT NULL DEFAULT 1000 CHECK (plan_base >= 0),
    timezone        text NOT NULL DEFAULT 'Asia/Shanghai',
    rev             integer NOT NULL DEFAULT 1,
    created_at      timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT season_once UNIQUE (organisation_id, year, name_zh)
);

-- A delegation is not a region: a federation, an industry line, a firm or a new area may send one.
CREATE TABLE delegation (
    id              uuid PRIMARY KEY DEFAULT uuidv7(),
    season_id       uuid NOT NULL REFERENCES season (id),
    kind            text NOT NULL CONSTRAINT delegation_kind_known CHECK (kind IN ('region','industry','firm')),
    organisation_id uuid REFERENCES organisation (id),
    region_code     char(6) REFERENCES region (code),
    name_zh         text NOT NULL CHECK (length(name_zh) BETWEEN 1 AND 60),
    name_en         text,
    short_name      text NOT NULL CHECK (length(short_name) BETWEEN 1 AND 16),
    position        integer NOT NULL DEFAULT 0,
    CONSTRAINT delegation_name_once UNIQUE (season_id, name_zh),
    CONSTRAINT delegation_of_season UNIQUE (season_id, id)
);

CREATE TABLE preset (
    id              uuid PRIMARY KEY DEFAULT uuidv7(),
    organisation_id uuid REFERENCES organisation (id),
    code            text NOT NULL CHECK (code ~ '^[a-z0-9][a-z0-9-]{1,60}$'),
    version         integer NOT NULL CHECK (version >= 1),
    tier            text NOT NULL CHECK (tier IN ('province','city','base')),
    name_zh         text NOT NULL,
    name_en         text NOT NULL,
    document        jsonb NOT NULL,
    hash            bytea NOT NULL,
    created_at      timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT preset_version_once UNIQUE NULLS NOT DISTINCT (organisation_id, code, version)
);
SELECT make_append_only('preset');

-- What is held once, at one place and time; several contests may take the results of its items.
CREATE TABLE event (
    id         uuid PRIMARY KEY DEFAULT uuidv7(),
    season_id  uuid NOT NULL REFERENCES season (id),
    name_zh    text NOT NULL,
    name_en    text,
    venue      text,
    starts_on  date NOT NULL,
    ends_on    date NOT NULL,
    CONSTRAINT event_period CHECK (ends_on >= starts_on),
    CONSTRAINT event_of_season UNIQUE (season_id, id)
);

CREATE TABLE contest (
    id                     uuid PRIMARY KEY DEFAULT uuidv7(),
    season_id              uuid NOT NULL REFERENCES season (id),
    event_id               uuid NOT NULL,
    slug                   text NOT NULL CONSTRAINT contest_slug_shape CHECK (slug ~ '^[a-z0-9][a-z0-9-]{1,80}$'),
    tier                   text NOT NULL CONSTRAINT contest_tier_known CHECK (tier IN ('province','city','base')),
    class_code             text NOT NULL,
    host_id                uuid NOT NULL REFERENCES organisation (id),
    region_code            char(6) REFERENCES region (code),
    next_contest_id        uuid REFERENCES contest (id),
    name_zh                text NOT NULL CHECK (length(name_zh) BETWEEN 1 AND 100),
    name_en                text,
    state                  text NOT NULL DEFAULT 'draft' CONSTRAINT contest_state_known
                           CHECK (state IN ('draft','published','running','finished','archived','cancelled')),
    registration_opens_at  timestamptz NOT NULL,
    -- End-exclusive: "26 February 24:00" is stored as 27 February 00:00 of the contest's zone.
    registration_closes_at timestamptz NOT NULL,
    starts_on              date NOT NULL,
    ends_on                date NOT NULL,
    timezone               text NOT NULL DEFAULT 'Asia/Shanghai',
    notice_days            smallint NOT NULL DEFAULT 5 CHECK (notice_days BETWEEN 0 AND 60),
    preset_id              uuid REFERENCES preset (id),
    rev                    integer NOT NULL DEFAULT 1,
    created_at             timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT contest_slug_once UNIQUE (slug),
    CONSTRAINT contest_of_season UNIQUE (season_id, id),
    CONSTRAINT contest_event_of_season FOREIGN KEY (season_id, event_id) REFERENCES event (season_id, id),
    CONSTRAINT contest_name_once UNIQUE (season_id, host_id, name_zh),
    CONSTRAINT contest_registration_period CHECK (registration_closes_at > registration_opens_at),
    CONSTRAINT contest_period CHECK (ends_on >= starts_on)
);
CREATE INDEX contest_host ON contest (host_id);
CREATE INDEX contest_list ON contest (season_id, tier, starts_on, id);
CREATE INDEX contest_region ON contest (region_code);
CREATE TRIGGER contest_state BEFORE UPDATE OF state ON contest FOR EACH ROW EXECUTE FUNCTION hold_state_machine('contest');

CREATE TABLE contest_transition (
    contest_id uuid NOT NULL REFERENCES contest (id),
    seq        integer NOT NULL CHECK (seq >= 1),
    from_state text NOT NULL,
    to_state   text NOT NULL,
    reason     text,
    by_account uuid REFERENCES account (id),
    at         timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (contest_id, seq)
);
SELECT make_append_only('contest_transition');

CREATE TABLE contest_organiser (
    contest_id      uuid NOT NULL REFERENCES contest (id),
    role            text NOT NULL CONSTRAINT organiser_role_known
                    CHECK (role IN ('lead','host','co_organiser','committee','technical_committee','supervision','sponsor')),
    position        smallint NOT NULL CHECK (position >= 1),
    organisation_id uuid REFERENCES organisation (id),
    name_zh         text NOT NULL,
    name_en         text,
    PRIMARY KEY (contest_id, role, position)
);
CREATE UNIQUE INDEX contest_one_lead ON contest_organiser (contest_id) WHERE role = 'lead';

-- Honours depend on filing before the contest. One contest is not filed at two levels with one authority.
CREATE TABLE contest_filing (
    contest_id   uuid NOT NULL REFERENCES contest (id),
    authority_id uuid NOT NULL REFERENCES organisation (id),
    number       text NOT NULL CHECK (length(number) BETWEEN 1 AND 60),
    filed_on     date NOT NULL,
    PRIMARY KEY (contest_id, authority_id),
    CONSTRAINT filing_number_once UNIQUE (authority_id, number)
);

-- Quota and award rules of a contest; a change is a new revision.
CREATE TABLE contest_rules (
    contest_id uuid NOT NULL REFERENCES contest (id),
    revision   integer NOT NULL CHECK (revision >= 1),
    document   jsonb NOT NULL,
    hash       bytea NOT NULL,
    by_account uuid REFERENCES account (id),
    at         timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (contest_id, revision)
);
SELECT make_append_only('contest_rules');

CREATE TABLE plan_version (
    id         uuid PRIMARY KEY DEFAULT uuidv7(),
    season_id  uuid NOT NULL REFERENCES season (id),
    code       text NOT NULL,
    hash       bytea NOT NULL,
    document   jsonb NOT NULL,
    by_account uuid REFERENCES account (id),
    at         timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT plan_version_once UNIQUE (season_id, hash)
);
SELECT make_append_only('plan_version');

CREATE TABLE item (
    id            uuid PRIMARY KEY DEFAULT uuidv7(),
    season_id     uuid NOT NULL REFERENCES season (id),
    event_id      uuid NOT NULL,
    -- The contest that runs it; others that take its results stand in contest_item.
    contest_id    uuid NOT NULL,
    trade_code    text NOT NULL REFERENCES trade (code),
    code          text NOT NULL CHECK (code ~ '^[a-z0-9][a-z0-9-]{0,60}$'),
    name_zh       text NOT NULL CHECK (length(name_zh) BETWEEN 1 AND 60),
    name_en       text,
    kind          text NOT NULL CONSTRAINT item_kind_known CHECK (kind IN ('individual','pair','triple','team')),
    team_size     smallint NOT NULL CHECK (team_size BETWEEN 1 AND 50),
    group_name    text,
    min_field     smallint NOT NULL DEFAULT 0 CHECK (min_field >= 0),
    capacity      integer CHECK (capacity >= 1),
    per_delegation smallint CHECK (per_delegation >= 1),
    blind_layers  smallint NOT NULL DEFAULT 0 CHECK (blind_layers BETWEEN 0 AND 3),
    live          text NOT NULL DEFAULT 'progress' CONSTRAINT item_live_known CHECK (live IN ('off','progress','by_code','by_name')),
    plan_id       uuid NOT NULL REFERENCES plan_version (id),
    position      smallint NOT NULL DEFAULT 1,
    rev           integer NOT NULL DEFAULT 1,
    CONSTRAINT item_of_season UNIQUE (season_id, id),
    CONSTRAINT item_code_once UNIQUE (contest_id, code),
    CONSTRAINT item_event_of_season FOREIGN KEY (season_id, event_id) REFERENCES event (season_id, id),
    CONSTRAINT item_contest_of_season FOREIGN KEY (season_id, contest_id) REFERENCES contest (season_id, id),
    CONSTRAINT item_names_need_no_blindness CHECK (live <> 'by_name' OR blind_layers = 0),
    CONSTRAINT item_team_size_by_kind CHECK (
        (kind = 'individual' AND team_size = 1) OR (kind = 'pair' AND team_size = 2)
        OR (kind = 'triple' AND team_size = 3) OR (kind = 'team' AND team_size >= 2))
);
CREATE INDEX item_contest ON item (contest_id, position);

CREATE TABLE contest_item (
    contest_id uuid NOT NULL REFERENCES contest (id),
    item_id    uuid NOT NULL REFERENCES item (id),
    PRIMARY KEY (contest_id, item_id)
);
CREATE INDEX contest_item_item ON contest_item (item_id);

CREATE TABLE stage (
    id        uuid PRIMARY KEY DEFAULT uuidv7(),
    season_id uuid NOT NULL,
    item_id   uuid NOT NULL,
    position  smallint NOT NULL CHECK (position >= 1),
    kind      text NOT NULL CONSTRAINT stage_kind_known CHECK (kind IN ('theory','practical')),
    -- The plan node this stage gives marks for.
    node      text NOT NULL,
    name_zh   text NOT NULL,
    name_en   text,
    CONSTRAINT stage_position_once UNIQUE (item_id, position),
    CONSTRAINT stage_node_once UNIQUE (item_id, node),
    CONSTRAINT stage_of_item FOREIGN KEY (season_id, item_id) REFERENCES item (season_id, id),
    CONSTRAINT stage_belongs UNIQUE (item_id, id)
);
