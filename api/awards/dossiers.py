"""What an authority reads before it decides: lists by contest and award, and the file on one person."""

from datetime import datetime
from uuid import UUID

import msgspec

from api.access.actor import Actor
from api.awards.schemas import Outcome
from api.contests.rules import rules_of_contest
from api.contests.scopes import contest_scope
from api.plumbing.db import Db
from api.plumbing.ids import encode_id
from api.plumbing.problems import Problem
from api.results.snapshots import fragment_of
from scoring import CheckItem

LISTS = """/* awards.lists */
WITH newest AS (SELECT contest_id, max(generation) AS generation FROM award_proposal GROUP BY contest_id)
SELECT p.contest_id, c.name_zh, c.name_en, p.rule_code, min(p.facts ->> 'name_zh') AS award_zh, min(p.facts ->> 'name_en') AS award_en,
       min(p.at) AS at, count(*) AS people, count(*) FILTER (WHERE d.proposal_id IS NULL) AS open
FROM award_proposal p
JOIN newest n ON n.contest_id = p.contest_id AND n.generation = p.generation
JOIN contest c ON c.id = p.contest_id
JOIN organisation h ON h.id = c.host_id
LEFT JOIN LATERAL (SELECT proposal_id FROM award_decision WHERE proposal_id = p.id LIMIT 1) d ON true
WHERE (h.path && $1::uuid[] OR c.id = ANY ($2::uuid[])) AND ($3::uuid IS NULL OR c.id = $3) AND ($4::text IS NULL OR p.rule_code = $4)
GROUP BY p.contest_id, c.name_zh, c.name_en, p.rule_code
ORDER BY at DESC, p.contest_id, p.rule_code
"""

COUNTS = """/* awards.counts */
SELECT outcome, count(*) AS people FROM award_proposal
WHERE contest_id = $1 AND rule_code = $2 AND generation = (SELECT max(generation) FROM award_proposal WHERE contest_id = $1)
GROUP BY outcome
"""

DOSSIER = """/* awards.dossier */
SELECT p.contest_id, p.person_id, p.rule_code, p.snapshot, s.output_hash, s.entries, k.number_masked, w.post, w.front_line,
       coalesce(o.name_zh, w.unit_name, e.unit_name) AS unit, l.level, checks.answers,
       (SELECT array_agg(DISTINCT x.facts ->> 'name_zh') FROM award_proposal x
        JOIN LATERAL (SELECT decision FROM award_decision WHERE proposal_id = x.id ORDER BY rev DESC LIMIT 1) y ON y.decision = 'granted'
        WHERE x.person_id = p.person_id AND x.id <> p.id) AS honours
FROM award_proposal p
JOIN entry e ON e.id = p.entry_id
JOIN item i ON i.id = p.item_id
JOIN standings_snapshot s ON s.season_id = p.season_id AND s.item_id = p.item_id AND s.number = p.snapshot
LEFT JOIN entry_member m ON m.entry_id = p.entry_id AND m.person_id = p.person_id
LEFT JOIN person_document k ON k.person_id = p.person_id
LEFT JOIN employment w ON w.id = m.employment_id
LEFT JOIN organisation o ON o.id = w.organisation_id
LEFT JOIN LATERAL (
    SELECT level FROM skill_level WHERE person_id = p.person_id AND trade_code = i.trade_code ORDER BY valid_from DESC LIMIT 1
) l ON true
LEFT JOIN LATERAL (
    SELECT json_object_agg(question, answer) AS answers FROM (
        SELECT DISTINCT ON (question) question, answer FROM award_check
        WHERE contest_id = p.contest_id AND person_id = p.person_id ORDER BY question, rev DESC
    ) latest
) checks ON true
WHERE p.id = $1
"""


class AwardList(msgspec.Struct, frozen=True):
    """One award of one contest: how many people, how many without a decision."""

    contest: str
    contest_zh: str
    contest_en: str
    rule: str
    award_zh: str
    award_en: str
    at: datetime
    people: int
    open: int


class Dossier(msgspec.Struct, frozen=True):
    """The file on one person; the document number is masked, and shown in full only by the people room, which logs it.

    `checklist` is the rule's own, as the rules in force have it; `answers` are by question, see `AnswerCheck`.
    """

    person: str
    snapshot: int
    hash_fragment: str
    field: int
    document: str | None
    unit: str | None
    post: str | None
    front_line: bool | None
    level: int | None
    honours: list[str]
    answers: dict[str, bool]
    checklist: tuple[CheckItem, ...]


async def award_lists(
    db: Db, actor: Actor, contest_id: UUID | None = None, rule: str | None = None
) -> list[AwardList]:
    """The lists that the actor may read, newest first."""
    reach = actor.reach("award.read")
    async with db.reading() as connection:
        rows = await connection.fetch(LISTS, reach.organisations, reach.contests, contest_id, rule)
    return [
        AwardList(
            encode_id("contest", row["contest_id"]), row["name_zh"], row["name_en"] or row["name_zh"], row["rule_code"],
            row["award_zh"], row["award_en"], row["at"], row["people"], row["open"],
        )
        for row in rows
    ]  # fmt: skip


async def outcome_counts(db: Db, actor: Actor, contest_id: UUID, rule: str) -> dict[Outcome, int]:
    """How many people the rule proposes, asks about and refuses."""
    async with db.reading() as connection:
        actor.require("award.read", (await contest_scope(connection, contest_id)).scope)
        rows = await connection.fetch(COUNTS, contest_id, rule)
    counts: dict[Outcome, int] = {"eligible": 0, "needs_person": 0, "not_eligible": 0}
    return counts | {row["outcome"]: row["people"] for row in rows}


async def dossier(db: Db, actor: Actor, proposal_id: UUID) -> Dossier:
    """What is on file about the person of a proposal."""
    async with db.reading() as connection:
        row = await connection.fetchrow(DOSSIER, proposal_id)
        if row is None:
            raise Problem("not_found")
        actor.require("award.read", (await contest_scope(connection, row["contest_id"])).scope)
        _, rules = await rules_of_contest(connection, row["contest_id"])
    return Dossier(
        person=encode_id("person", row["person_id"]),
        snapshot=row["snapshot"],
        hash_fragment=fragment_of(row["output_hash"]),
        field=row["entries"],
        document=row["number_masked"],
        unit=row["unit"],
        post=row["post"],
        front_line=row["front_line"],
        level=row["level"],
        honours=row["honours"] or [],
        answers=msgspec.json.decode(row["answers"], type=dict[str, bool]) if row["answers"] else {},
        checklist=next((rule.checklist for rule in rules.awards if rule.code == row["rule_code"]), ()),
    )
