"""Answering checks, making proposals from final results, deciding them."""

from uuid import UUID

import asyncpg
import msgspec

from api.access.actor import Actor
from api.awards import queries
from api.awards.cases import CHECKLIST, AwardCase
from api.awards.schemas import AnswerCheck, AwardPreview, CheckView, DecideProposal, DecisionView
from api.contests.rules import rules_of_contest
from api.contests.scopes import contest_scope
from api.plumbing.db import Connection, Db
from api.plumbing.ids import encode_id, parse_id
from api.plumbing.problems import Problem, field_error, invalid_fields
from api.plumbing.texts import clean_reason
from api.results.ledger import append_ledger
from scoring import AwardProposal

LONGEST_REASON = 500

ADD_CHECK = """/* awards.add_check */
INSERT INTO award_check (contest_id, person_id, question, rev, answer, note, by_account)
SELECT $1, $2, $3, coalesce(max(rev), 0) + 1, $4, $5, $6 FROM award_check
WHERE contest_id = $1 AND person_id = $2 AND question = $3 RETURNING rev
"""

PERSON_TAKES_PART = """/* awards.person_takes_part */
SELECT EXISTS (SELECT FROM contest_item ci JOIN entry_member m ON m.item_id = ci.item_id WHERE ci.contest_id = $1 AND m.person_id = $2)
"""

ADD_PROPOSAL = """/* awards.add_proposal */
INSERT INTO award_proposal (season_id, contest_id, generation, rule_code, rule_version, authority, item_id, snapshot, entry_id,
                            person_id, place, outcome, target_level, reasons, facts)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
"""

PROPOSAL = """/* awards.proposal */
SELECT p.id, p.contest_id, p.season_id, p.rule_code, p.outcome, p.person_id, pub.snapshot, p.snapshot AS made_from, pub.state,
       p.generation = (SELECT max(generation) FROM award_proposal WHERE contest_id = p.contest_id) AS newest,
       (SELECT coalesce(max(rev), 0) FROM award_decision WHERE proposal_id = p.id) AS rev
FROM award_proposal p JOIN publication pub ON pub.item_id = p.item_id
WHERE p.id = $1
"""

ADD_DECISION = """/* awards.add_decision */
INSERT INTO award_decision (proposal_id, rev, decision, reason, by_account) VALUES ($1, $2, $3, $4, $5) RETURNING at
"""


async def answer_check(db: Db, actor: Actor, contest_id: UUID, check: AnswerCheck) -> CheckView:
    """Record the answer to a checklist question; a later answer replaces it, and both stay on record."""
    person_id = parse_id("person", check.person)
    note = clean_reason(check.note, LONGEST_REASON, "/note")
    async with db.transaction() as connection:
        contest = await contest_scope(connection, contest_id)
        actor.require("award.check", contest.scope)
        if not await connection.fetchval(PERSON_TAKES_PART, contest_id, person_id):
            raise Problem("not_found")
        await _require_asked(connection, contest_id, check.question)
        try:
            rev = await connection.fetchval(
                ADD_CHECK, contest_id, person_id, check.question, check.answer, note, actor.account_id
            )
        except asyncpg.UniqueViolationError as error:
            raise Problem("decision_changed") from error
        payload = msgspec.json.encode(
            {"person": check.person, "question": check.question, "answer": check.answer}
        )
        await append_ledger(
            connection,
            contest.season_id,
            contest_id,
            "award.checked",
            person_id,
            payload.decode(),
            actor.account_id,
        )
        return CheckView(check.person, check.question, check.answer, note, rev)


async def _require_asked(connection: Connection, contest_id: UUID, question: str) -> None:
    """Raise check_unknown for an item that is on no checklist of the contest's rules."""
    _, rules = await rules_of_contest(connection, contest_id)
    asked = {CHECKLIST + item.code for rule in rules.awards for item in rule.checklist}
    if question.startswith(CHECKLIST) and question not in asked:
        raise invalid_fields(field_error("/question", "check_unknown", question=question))


async def propose_awards(db: Db, actor: Actor, contest_id: UUID) -> AwardPreview:
    """Take what the rules say of final results into a new generation. Raises result_not_final, award_rules_refused."""
    async with db.transaction() as connection:
        contest = await contest_scope(connection, contest_id)
        actor.require("award.propose", contest.scope)
        # One generation at a time, and no result may change while it is made.
        await connection.execute("SELECT FROM contest WHERE id = $1 FOR NO KEY UPDATE", contest_id)
        case = await queries.load_case(connection, contest_id, contest.season_id)
        if not case.final:
            raise Problem("result_not_final")
        proposals, refused = queries.propose_all(case)
        if refused:
            raise Problem("award_rules_refused", reason_zh=refused[0].zh, reason_en=refused[0].en)
        generation = await _append(connection, contest_id, case, proposals)
        payload = msgspec.json.encode({"generation": generation, "proposals": len(proposals)})
        await append_ledger(
            connection,
            contest.season_id,
            contest_id,
            "awards.proposed",
            contest_id,
            payload.decode(),
            actor.account_id,
        )
    return await queries.preview(db, actor, contest_id, everyone=False)


async def decide_proposal(db: Db, actor: Actor, proposal_id: UUID, decide: DecideProposal) -> DecisionView:
    """An authority's word on one proposal. Raises proposal_outdated, decision_changed, reason_needed."""
    reason = clean_reason(decide.reason, LONGEST_REASON)
    async with db.transaction() as connection:
        row = await connection.fetchrow(PROPOSAL, proposal_id)
        if row is None:
            raise Problem("not_found")
        contest = await contest_scope(connection, row["contest_id"])
        actor.require("award.decide", contest.scope)
        if (
            not row["newest"]
            or row["snapshot"] != row["made_from"]
            or row["state"] not in ("final", "amended")
        ):
            raise Problem("proposal_outdated")
        if row["rev"] != decide.base_rev:
            raise Problem("decision_changed")
        # Against the rule, or a change of mind: both need words.
        against = decide.decision != "granted" or row["outcome"] != "eligible" or row["rev"] > 0
        if against and reason is None:
            raise Problem("reason_needed")
        at = await connection.fetchval(
            ADD_DECISION, proposal_id, row["rev"] + 1, decide.decision, reason, actor.account_id
        )
        payload = msgspec.json.encode(
            {"proposal": encode_id("proposal", proposal_id), "decision": decide.decision}
        )
        await append_ledger(
            connection,
            row["season_id"],
            row["contest_id"],
            "award.decided",
            proposal_id,
            payload.decode(),
            actor.account_id,
        )
        return DecisionView(decide.decision, reason, actor.display_name, at, row["rev"] + 1)


async def _append(
    connection: Connection, contest_id: UUID, case: AwardCase, proposals: tuple[AwardProposal, ...]
) -> int:
    generation = 1 + await connection.fetchval(
        "SELECT coalesce(max(generation), 0) FROM award_proposal WHERE contest_id = $1", contest_id
    )
    rules = {rule.code: rule for rule in case.rules}
    rows = []
    for proposal in proposals:
        person = case.people.get((proposal.person or "") + proposal.entry)
        if person is None or proposal.award_rank is None:
            continue
        rule, item = rules[proposal.rule], case.items[person.item_id]
        rows.append((
            case.season_id, contest_id, generation, rule.code, str(rule.version), rule.authority, item.id, item.snapshot.number,
            person.entry_id, person.person_id, proposal.award_rank, proposal.outcome, queries.target_level(proposal),
            msgspec.json.encode(proposal.reasons).decode(),
            msgspec.json.encode(queries.facts_of(rule, item, proposal)).decode(),
        ))  # fmt: skip
    await connection.executemany(ADD_PROPOSAL, rows)
    return int(generation)
