-- Idempotency keys, outbox, jobs: what makes a repeated request and a lost Redis harmless.
CREATE TABLE idempotency_key (
    account_id  uuid NOT NULL,
    key         text NOT NULL CHECK (length(key) BETWEEN 1 AND 200),
    route       text NOT NULL,
    body_hash   bytea NOT NULL,
    status      smallint,
    headers     jsonb,
    body        bytea,
    created_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (account_id, key)
);
CREATE INDEX idempotency_key_created_at ON idempotency_key (created_at);

CREATE TABLE outbox (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind        text NOT NULL,
    payload     jsonb NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT now(),
    done_at     timestamptz,
    attempts    smallint NOT NULL DEFAULT 0,
    last_error  text
);
CREATE INDEX outbox_waiting ON outbox (id) WHERE done_at IS NULL;

CREATE TABLE job (
    id          uuid PRIMARY KEY DEFAULT uuidv7(),
    kind        text NOT NULL,
    state       text NOT NULL DEFAULT 'queued'
                CONSTRAINT job_state_known CHECK (state IN ('queued','running','succeeded','partly','failed','cancelled')),
    account_id  uuid NOT NULL,
    contest_id  uuid,
    params      jsonb NOT NULL DEFAULT '{}',
    input       bytea,
    input_name  text,
    result      jsonb,
    rows_total  integer NOT NULL DEFAULT 0,
    rows_done   integer NOT NULL DEFAULT 0,
    rows_failed integer NOT NULL DEFAULT 0,
    created_at  timestamptz NOT NULL DEFAULT now(),
    started_at  timestamptz,
    finished_at timestamptz,
    CONSTRAINT job_counts_sane CHECK (rows_total >= 0 AND rows_done BETWEEN 0 AND rows_total AND rows_failed BETWEEN 0 AND rows_done)
);
CREATE TRIGGER job_state BEFORE UPDATE OF state ON job FOR EACH ROW EXECUTE FUNCTION hold_state_machine('job');

CREATE TABLE job_row (
    job_id    uuid NOT NULL REFERENCES job (id),
    position  integer NOT NULL CHECK (position >= 1),
    outcome   text NOT NULL CHECK (outcome IN ('accepted','duplicate','rejected','skipped')),
    errors    jsonb NOT NULL DEFAULT '[]',
    ref       text,
    PRIMARY KEY (job_id, position)
);
