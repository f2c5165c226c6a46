"""Loads what the award rules ask about: the fields of a contest and what is known of each person on the contest's date.

A fact is yes, no or unknown, and unknown is left to a person: nobody's honour is refused or granted by a gap in a database.
"""

from collections import defaultdict
from datetime import date
from typing import Literal
from uuid import UUID

import asyncpg
import msgspec

from api.contests.columns import columns_of_items
from api.contests.plans import plan_by_id
from api.contests.rules import rules_of_contest
from api.plumbing.db import Connection
from api.plumbing.ids import encode_id
from api.results.snapshots import Snapshot, latest_snapshot, snapshot_by_number
from scoring import LEVELS, AwardField, AwardRule, Check, Entrant, Level, Member, passed_of
from scoring.awards import Authority

ITEMS = """/* awards.items_of_contest */
SELECT i.id, i.season_id, i.code, i.name_zh, i.name_en, i.group_name, i.team_size, i.plan_id, t.code AS trade, t.name_zh AS trade_zh,
       t.name_en AS trade_en, p.state, p.snapshot
FROM contest_item ci JOIN item i ON i.id = ci.item_id JOIN trade t ON t.code = i.trade_code JOIN publication p ON p.item_id = i.id
WHERE ci.contest_id = $1 ORDER BY i.position, i.id
"""

FILINGS = """/* awards.filings */
SELECT o.kind, bool_or(f.filed_on < c.starts_on) AS before
FROM contest_filing f JOIN contest c ON c.id = f.contest_id JOIN organisation o ON o.id = f.authority_id
WHERE f.contest_id = $1 GROUP BY o.kind
"""

PEOPLE = """/* awards.people_of_items */
SELECT e.id AS entry_id, e.item_id, e.number, i.team_size, coalesce(d.short_name, '') AS delegation,
       coalesce(o.name_zh, e.unit_name, '') AS unit, m.person_id, m.role, v.name, w.front_line, s.level, k.checks
FROM entry e
JOIN item i ON i.id = e.item_id
JOIN entry_member m ON m.entry_id = e.id
JOIN person_version v ON v.id = m.person_version_id
LEFT JOIN delegation d ON d.id = e.delegation_id
LEFT JOIN organisation o ON o.id = e.unit_id
LEFT JOIN employment w ON w.id = m.employment_id
LEFT JOIN LATERAL (
    SELECT level FROM skill_level
    WHERE person_id = m.person_id AND trade_code = i.trade_code AND valid_from <= $3 ORDER BY valid_from DESC LIMIT 1
) s ON true
LEFT JOIN LATERAL (
    SELECT json_object_agg(question, json_build_object('answer', answer, 'by', by, 'day', day)) AS checks FROM (
        SELECT DISTINCT ON (x.question) x.question, x.answer, a.display_name AS by, (x.at AT TIME ZONE c.timezone)::date::text AS day
        FROM award_check x JOIN account a ON a.id = x.by_account JOIN contest c ON c.id = x.contest_id
        WHERE x.contest_id = $2 AND x.person_id = m.person_id ORDER BY x.question, x.rev DESC
    ) latest
) k ON true
WHERE e.item_id = ANY ($1) AND e.state = 'accepted'
ORDER BY e.id, m.position
"""

CLASS_OF_CONTEST = "/* awards.class_of_contest */ SELECT class_code FROM contest WHERE id = $1"

AUTHORITY_OF_KIND: dict[str, Authority] = {
    "national_body": "union",
    "federation": "union",
    "authority": "hrss",
    "industry_line": "industry",
}
FINAL = frozenset({"final", "amended"})
LADDER: tuple[Level, ...] = tuple(LEVELS)
# Items of a rule's own checklist are answered under their code with this before it; yes: nothing stands against it.
CHECKLIST = "check:"


class CaseItem(msgspec.Struct, frozen=True):
    """One item whose results count, with its standing, and which of its parts each entry has passed."""

    id: UUID
    code: str
    name_zh: str
    name_en: str
    final: bool
    snapshot: Snapshot
    passed: dict[str, dict[str, bool]]


class CheckAnswer(msgspec.Struct, frozen=True):
    """The last answer to a question, and who gave it on which day of the contest's zone."""

    answer: bool
    by: str
    day: str


class _Contest(msgspec.Struct, frozen=True):
    class_code: str
    filed: dict[Authority, bool]


class CasePerson(msgspec.Struct, frozen=True):
    """Whom a proposal names."""

    person_id: UUID
    entry_id: UUID
    item_id: UUID
    number: str
    name: str
    delegation: str
    unit: str


class AwardCase(msgspec.Struct, frozen=True):
    """A contest as the award rules see it."""

    season_id: UUID
    rules: tuple[AwardRule, ...]
    fields: tuple[AwardField, ...]
    entrants: tuple[Entrant, ...]
    items: dict[UUID, CaseItem]
    people: dict[str, CasePerson]

    @property
    def final(self) -> bool:
        """Whether every item with a standing is final."""
        return bool(self.items) and all(item.final for item in self.items.values())


async def award_case(connection: Connection, contest_id: UUID, season_id: UUID, starts_on: date) -> AwardCase:
    """Everything the rules of the contest ask about, as it is now."""
    _, rules = await rules_of_contest(connection, contest_id)
    rows = await connection.fetch(ITEMS, contest_id)
    items: dict[UUID, CaseItem] = {}
    for row in rows:
        snapshot = await _snapshot(connection, row)
        if snapshot is not None:
            final = row["state"] in FINAL
            plan = await plan_by_id(connection, row["plan_id"])
            passed = {each.entry: passed_of(plan, each) for each in snapshot.standings.rows}
            items[row["id"]] = CaseItem(
                row["id"],
                row["code"],
                row["name_zh"],
                row["name_en"] or row["name_zh"],
                final,
                snapshot,
                passed,
            )
    contest = _Contest(
        await connection.fetchval(CLASS_OF_CONTEST, contest_id), await _filed(connection, contest_id)
    )
    columns = await columns_of_items(connection, list(items))
    people = await connection.fetch(PEOPLE, list(items), contest_id, starts_on)
    return AwardCase(
        season_id=season_id,
        rules=rules.awards,
        fields=tuple(_fields([row for row in rows if row["id"] in items], items, contest)),
        entrants=_entrants(people, rules.awards, items, columns),
        items=items,
        people={
            encode_id("person", row["person_id"]) + encode_id("entry", row["entry_id"]): _person(row)
            for row in people
        },
    )


async def _snapshot(connection: Connection, row: asyncpg.Record) -> Snapshot | None:
    if row["snapshot"] is not None:
        return await snapshot_by_number(connection, row["id"], row["season_id"], row["snapshot"])
    return await latest_snapshot(connection, row["id"], row["season_id"])


async def _filed(connection: Connection, contest_id: UUID) -> dict[Authority, bool]:
    filed: dict[Authority, bool] = dict.fromkeys(("union", "hrss", "industry"), False)
    for row in await connection.fetch(FILINGS, contest_id):
        authority = AUTHORITY_OF_KIND.get(row["kind"])
        if authority is not None:
            filed[authority] = filed[authority] or row["before"]
    return filed


def _fields(rows: list[asyncpg.Record], items: dict[UUID, CaseItem], contest: _Contest) -> list[AwardField]:
    """One field per item, trade and group; the contest as a field only where it has one item: merging is not ours to invent."""
    fields = []
    by_trade: defaultdict[str, list[asyncpg.Record]] = defaultdict(list)
    by_group: defaultdict[str, list[asyncpg.Record]] = defaultdict(list)
    for row in rows:
        by_trade[row["trade"]].append(row)
        if row["group_name"]:
            by_group[row["group_name"]].append(row)
        fields.append(_field("item", row["code"], row["name_zh"], row["name_en"], [row], items, contest))
    for trade, members in by_trade.items():
        fields.append(
            _field("trade", trade, members[0]["trade_zh"], members[0]["trade_en"], members, items, contest)
        )
    for group, members in by_group.items():
        fields.append(_field("group", group, group, None, members, items, contest))
    if rows:
        fields.append(_field("contest", "contest", "全部项目", "All items", rows, items, contest))
    return fields


def _field(
    kind: Literal["trade", "item", "group", "contest"], code: str, name: str, name_en: str | None,
    rows: list[asyncpg.Record], items: dict[UUID, CaseItem], contest: _Contest,
) -> AwardField:  # fmt: skip
    sizes = {row["team_size"] for row in rows}
    return AwardField(
        kind=kind,
        code=code,
        name=name,
        name_en=name_en or name,
        items={row["code"]: items[row["id"]].snapshot.standings for row in rows},
        filed=contest.filed,
        contest_class=contest.class_code,
        team_size=sizes.pop() if len(sizes) == 1 else None,
    )


def _entrants(
    rows: list[asyncpg.Record],
    rules: tuple[AwardRule, ...],
    items: dict[UUID, CaseItem],
    columns: dict[UUID, dict[str, str]],
) -> tuple[Entrant, ...]:
    by_entry: defaultdict[UUID, list[asyncpg.Record]] = defaultdict(list)
    for row in rows:
        by_entry[row["entry_id"]].append(row)
    every_award = frozenset(code for rule in rules for code in (rule.code, *rule.barred_honours))
    return tuple(
        Entrant(
            entry=(name := encode_id("entry", entry)),
            delegation=columns.get(entry, {}).get("delegation"),
            members=tuple(_member(row, every_award) for row in members),
            columns=columns.get(entry, {}),
            team_size=members[0]["team_size"],
            passed=items[members[0]["item_id"]].passed.get(name, {}),
        )
        for entry, members in by_entry.items()
    )


def _member(row: asyncpg.Record, every_award: frozenset[str]) -> Member:
    answers = msgspec.json.decode(row["checks"], type=dict[str, CheckAnswer]) if row["checks"] else {}
    checks = {question: each.answer for question, each in answers.items()}
    holds = checks.get("already_holds")
    return Member(
        person=encode_id("person", row["person_id"]),
        role=row["role"],
        # A front-line worker has worker status; anybody else's is a question.
        worker=checks.get("worker_status", True if row["front_line"] else None),
        leader_or_official=checks.get("leader_or_civil_servant"),
        clear_record=_clear(checks.get("discipline"), checks.get("unit_veto")),
        # Which honours they are is not asked: any of them counts as every one that the rules name.
        honours=None if holds is None else every_award if holds else frozenset(),
        level=None if row["level"] is None else LADDER[row["level"] + 1],
        checks={
            question.removeprefix(CHECKLIST): Check(
                outcome="clear" if each.answer else "against", reviewer=each.by, on=each.day
            )
            for question, each in answers.items()
            if question.startswith(CHECKLIST)
        },
    )


def _clear(discipline: bool | None, veto: bool | None) -> bool | None:
    """Something against is enough for a no; a yes needs both questions answered."""
    if discipline or veto:
        return False
    return None if discipline is None or veto is None else True


def _person(row: asyncpg.Record) -> CasePerson:
    return CasePerson(
        row["person_id"],
        row["entry_id"],
        row["item_id"],
        row["number"] or "",
        row["name"] or "",
        row["delegation"],
        row["unit"],
    )
