-- What the rules propose for one person from a final standing, with its reasons. A new run is a new generation.
CREATE TABLE award_proposal (
    id           uuid PRIMARY KEY DEFAULT uuidv7(),
    season_id    uuid NOT NULL,
    contest_id   uuid NOT NULL,
    generation   integer NOT NULL CHECK (generation >= 1),
    rule_code    text NOT NULL,
    rule_version text NOT NULL,
    authority    text NOT NULL,
    item_id      uuid NOT NULL,
    snapshot     integer NOT NULL,
    entry_id     uuid NOT NULL,
    person_id    uuid NOT NULL REFERENCES person (id),
    place        integer NOT NULL CHECK (place >= 1),
    outcome      text NOT NULL CONSTRAINT proposal_outcome_known CHECK (outcome IN ('eligible','needs_person','not_eligible')),
    target_level smallint CHECK (target_level BETWEEN 0 AND 7),
    reasons      jsonb NOT NULL CHECK (jsonb_array_length(reasons) >= 1),
    facts        jsonb NOT NULL DEFAULT '{}',
    at           timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT proposal_once UNIQUE (contest_id, generation, rule_code, item_id, person_id),
    CONSTRAINT proposal_contest_of_season FOREIGN KEY (season_id, contest_id) REFERENCES contest (season_id, id),
    CONSTRAINT proposal_entry_of_item FOREIGN KEY (item_id, entry_id) REFERENCES entry (item_id, id),
    CONSTRAINT proposal_snapshot FOREIGN KEY (season_id, item_id, snapshot)
        REFERENCES standings_snapshot (season_id, item_id, number)
);
CREATE INDEX award_proposal_list ON award_proposal (contest_id, rule_code, place);
SELECT make_append_only('award_proposal');

-- What an authority decided. A change of mind is a new revision with its reason.
CREATE TABLE award_decision (
    proposal_id uuid NOT NULL REFERENCES award_proposal (id),
    rev         integer NOT NULL CHECK (rev >= 1),
    decision    text NOT NULL CONSTRAINT decision_known CHECK (decision IN ('granted','refused','returned')),
    reason      text,
    by_account  uuid NOT NULL REFERENCES account (id),
    at          timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (proposal_id, rev),
    CONSTRAINT decision_against_has_reason CHECK ((decision = 'granted' AND rev = 1) OR length(btrim(reason)) >= 2)
);
SELECT make_append_only('award_decision');

-- Answers to checklist questions that no rule may answer by itself (DOMAIN 7: never silently automatic).
CREATE TABLE award_check (
    contest_id uuid NOT NULL REFERENCES contest (id),
    person_id  uuid NOT NULL REFERENCES person (id),
    question   text NOT NULL CONSTRAINT award_question_known CHECK (question IN
               ('worker_status','leader_or_civil_servant','discipline','unit_veto','already_holds')),
    rev        integer NOT NULL CHECK (rev >= 1),
    answer     boolean NOT NULL,
    note       text,
    by_account uuid NOT NULL REFERENCES account (id),
    at         timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (contest_id, person_id, question, rev)
);
SELECT make_append_only('award_check');
