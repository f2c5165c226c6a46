CREATE TABLE account (
    id             uuid PRIMARY KEY DEFAULT uuidv7(),
    login          text NOT NULL CONSTRAINT account_login_shape CHECK (login ~ '^[a-z0-9][a-z0-9._@-]{1,63}$'),
    display_name   text NOT NULL CHECK (length(display_name) BETWEEN 1 AND 60),
    person_id      uuid REFERENCES person (id),
    password_hash  text,
    totp_cipher    bytea,
    totp_last_step bigint,
    totp_confirmed boolean NOT NULL DEFAULT false,
    badge_hash     bytea CONSTRAINT account_badge_once UNIQUE,
    pin_hash       text,
    locale         text NOT NULL DEFAULT 'zh' CHECK (locale IN ('zh', 'en')),
    disabled_at    timestamptz,
    rev            integer NOT NULL DEFAULT 1,
    created_at     timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT account_login_once UNIQUE (login)
);

CREATE TABLE role (
    code text PRIMARY KEY
);
INSERT INTO role (code) VALUES
    ('administrator'), ('organiser'), ('registrar'), ('reviewer'), ('team_leader'), ('encryption_officer'), ('supervisor'),
    ('judge'), ('chief_judge'), ('timekeeper'), ('data_clerk'), ('check_in'), ('presenter'), ('outside_assessor'),
    ('award_authority'), ('auditor'), ('integrator'), ('contestant');

-- Two roles that one account may not hold in one contest (DESIGN 6: forbidden pairs are data).
CREATE TABLE forbidden_pair (
    role_a text NOT NULL REFERENCES role (code),
    role_b text NOT NULL REFERENCES role (code),
    reason_zh text NOT NULL,
    reason_en text NOT NULL,
    PRIMARY KEY (role_a, role_b),
    CONSTRAINT forbidden_pair_ordered CHECK (role_a < role_b)
);
INSERT INTO forbidden_pair (role_a, role_b, reason_zh, reason_en) VALUES
    ('encryption_officer', 'judge', '加密裁判知道编码对应的选手，不能同时评分', 'An encryption officer knows whose number it is and may not mark'),
    ('chief_judge', 'encryption_officer', '加密裁判知道编码对应的选手，不能同时任裁判长', 'An encryption officer knows whose number it is and may not be chief judge'),
    ('contestant', 'judge', '选手不能在本赛事任裁判', 'A contestant may not judge in the same contest'),
    ('chief_judge', 'contestant', '选手不能在本赛事任裁判长', 'A contestant may not be chief judge of the same contest'),
    ('judge', 'team_leader', '领队不能在本赛事任裁判', 'A team leader may not judge in the same contest'),
    ('chief_judge', 'team_leader', '领队不能在本赛事任裁判长', 'A team leader may not be chief judge of the same contest'),
    ('judge', 'supervisor', '监督仲裁组成员不能在本赛事任裁判', 'A supervisor may not judge in the same contest'),
    ('chief_judge', 'supervisor', '监督仲裁组成员不能在本赛事任裁判长', 'A supervisor may not be chief judge of the same contest'),
    ('award_authority', 'judge', '授奖单位经办人不能在本赛事任裁判', 'An award authority may not judge in the same contest');

CREATE TABLE access_grant (
    id          uuid PRIMARY KEY DEFAULT uuidv7(),
    account_id  uuid NOT NULL REFERENCES account (id),
    role        text NOT NULL REFERENCES role (code),
    scope_kind  text NOT NULL CONSTRAINT grant_scope_known
                CHECK (scope_kind IN ('organisation','contest','item','session','blind_layer')),
    scope_id    uuid NOT NULL,
    -- The contest the scope lies in, where there is one: forbidden pairs are per contest.
    contest_id  uuid,
    blind_layer smallint CHECK (blind_layer BETWEEN 1 AND 3),
    deputy_of   uuid REFERENCES account (id),
    support     boolean NOT NULL DEFAULT false,
    reason      text,
    valid_from  timestamptz NOT NULL DEFAULT now(),
    valid_to    timestamptz,
    granted_by  uuid REFERENCES account (id),
    granted_at  timestamptz NOT NULL DEFAULT now(),
    revoked_at  timestamptz,
    CONSTRAINT grant_period CHECK (valid_to IS NULL OR valid_to > valid_from),
    CONSTRAINT grant_layer_where_layered CHECK ((scope_kind = 'blind_layer') = (blind_layer IS NOT NULL)),
    CONSTRAINT support_grant_is_short CHECK (NOT support OR (reason IS NOT NULL AND length(btrim(reason)) >= 5
        AND scope_kind = 'contest' AND valid_to IS NOT NULL AND valid_to <= valid_from + interval '24 hours'))
);
CREATE INDEX access_grant_account ON access_grant (account_id) WHERE revoked_at IS NULL;
CREATE INDEX access_grant_contest ON access_grant (contest_id) WHERE revoked_at IS NULL;

CREATE FUNCTION hold_forbidden_pairs() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    other text;
BEGIN
    IF NEW.contest_id IS NULL OR NEW.revoked_at IS NOT NULL THEN
        RETURN NEW;
    END IF;
    -- One account's grants are judged one after the other, or two at once would both pass.
    PERFORM pg_advisory_xact_lock(hashtextextended('grant:' || NEW.account_id, 0));
    SELECT g.role INTO other
    FROM access_grant g
    JOIN forbidden_pair p ON p.role_a = least(g.role, NEW.role) AND p.role_b = greatest(g.role, NEW.role)
    WHERE g.account_id = NEW.account_id AND g.contest_id = NEW.contest_id AND g.id <> NEW.id AND g.revoked_at IS NULL
      AND tstzrange(g.valid_from, g.valid_to) && tstzrange(NEW.valid_from, NEW.valid_to)
    LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'role % and role % of one contest exclude each other', NEW.role, other
            USING ERRCODE = 'check_violation', CONSTRAINT = 'grant_forbidden_pair', TABLE = 'access_grant', DETAIL = other;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER access_grant_forbidden_pairs BEFORE INSERT OR UPDATE ON access_grant
    FOR EACH ROW EXECUTE FUNCTION hold_forbidden_pairs();

-- Sign-in sessions (not judging sessions): keyed by the hash of a token that the server chose.
CREATE TABLE sign_in_session (
    id          uuid PRIMARY KEY DEFAULT uuidv7(),
    token_hash  bytea NOT NULL CONSTRAINT sign_in_session_token_once UNIQUE,
    account_id  uuid NOT NULL REFERENCES account (id),
    kind        text NOT NULL CHECK (kind IN ('browser', 'judge')),
    device_id   uuid,
    second_factor boolean NOT NULL DEFAULT false,
    created_at  timestamptz NOT NULL DEFAULT now(),
    seen_at     timestamptz NOT NULL DEFAULT now(),
    expires_at  timestamptz NOT NULL,
    revoked_at  timestamptz
);
CREATE INDEX sign_in_session_account ON sign_in_session (account_id) WHERE revoked_at IS NULL;

CREATE TABLE sign_in_link (
    token_hash  bytea PRIMARY KEY,
    account_id  uuid NOT NULL REFERENCES account (id),
    target      text NOT NULL DEFAULT '/',
    -- Only the demo makes reusable links; the application refuses them elsewhere.
    reusable    boolean NOT NULL DEFAULT false,
    created_at  timestamptz NOT NULL DEFAULT now(),
    expires_at  timestamptz NOT NULL,
    used_at     timestamptz
);

CREATE TABLE api_token (
    id          uuid PRIMARY KEY DEFAULT uuidv7(),
    token_hash  bytea NOT NULL CONSTRAINT api_token_once UNIQUE,
    account_id  uuid NOT NULL REFERENCES account (id),
    name        text NOT NULL CHECK (length(name) BETWEEN 1 AND 60),
    hint        text NOT NULL,
    scopes      text[] NOT NULL CHECK (cardinality(scopes) >= 1),
    contest_ids uuid[],
    created_at  timestamptz NOT NULL DEFAULT now(),
    expires_at  timestamptz NOT NULL,
    revoked_at  timestamptz
);
CREATE INDEX api_token_account ON api_token (account_id) WHERE revoked_at IS NULL;

CREATE TABLE device (
    id          uuid PRIMARY KEY DEFAULT uuidv7(),
    secret_hash bytea NOT NULL CONSTRAINT device_secret_once UNIQUE,
    name        text NOT NULL CHECK (length(name) BETWEEN 1 AND 60),
    contest_id  uuid,
    enrolled_by uuid REFERENCES account (id),
    enrolled_at timestamptz NOT NULL DEFAULT now(),
    revoked_at  timestamptz
);

-- Wrong passwords and PINs in a row, per account and per device: in the database, so that it holds over processes.
CREATE TABLE sign_in_failure (
    subject    text PRIMARY KEY,
    failures   smallint NOT NULL DEFAULT 1,
    last_at    timestamptz NOT NULL DEFAULT now(),
    locked_until timestamptz
);

-- Who saw or did something that must be answered for (full document numbers, support grants, sign-ins).
CREATE TABLE access_event (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at         timestamptz NOT NULL DEFAULT now(),
    account_id uuid REFERENCES account (id),
    action     text NOT NULL,
    subject    text NOT NULL,
    contest_id uuid,
    details    jsonb NOT NULL DEFAULT '{}',
    request_id text
);
CREATE INDEX access_event_account ON access_event (account_id, at);
SELECT make_append_only('access_event');
