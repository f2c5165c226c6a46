-- A rule may bring a checklist of its own; its items are answered like the five questions, as "check:" and their code, and yes
-- says that nothing stands against the award. Loosened only: every answer that is stored fits.
ALTER TABLE award_check DROP CONSTRAINT award_question_known;
ALTER TABLE award_check ADD CONSTRAINT award_question_known CHECK (
    question IN ('worker_status','leader_or_civil_servant','discipline','unit_veto','already_holds')
    OR question ~ '^check:[a-z0-9][a-z0-9_-]{0,59}$');
