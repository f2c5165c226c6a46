-- The application role: read everything, add rows, change only what is not a fact. No DDL, no TRUNCATE, no DELETE but for
-- keys and codes that run out.
GRANT USAGE ON SCHEMA public TO shibaiqian_app;
REVOKE CREATE ON SCHEMA public FROM shibaiqian_app;
GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA public TO shibaiqian_app;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO shibaiqian_app;
REVOKE INSERT ON allowed_transition, role, forbidden_pair, migration FROM shibaiqian_app;
GRANT UPDATE ON
    idempotency_key, outbox, job, organisation, person, person_document, person_version, employment, skill_level,
    account, access_grant, sign_in_session, sign_in_link, api_token, device, sign_in_failure,
    season, delegation, event, contest, item, stage, entry, entry_member,
    judge, panel, panel_judge, judging_session, attempt, sheet, ledger_head, publication, slot
    TO shibaiqian_app;
GRANT DELETE ON idempotency_key, outbox, sign_in_failure, contest_organiser, panel_judge TO shibaiqian_app;
GRANT UPDATE ON contest_organiser, contest_filing TO shibaiqian_app;
