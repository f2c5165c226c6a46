"""Who gets a place in the next tier, and why each one is in or out."""

from typing import TypedDict
from uuid import UUID
from zoneinfo import ZoneInfo

import asyncpg
import msgspec

from api.access.actor import Actor
from api.advancement.schemas import ReasonView, SlotList, SlotRow
from api.contests.columns import columns_of_items
from api.contests.plans import plan_by_id
from api.contests.rules import rules_of_contest
from api.contests.scopes import item_scope
from api.plumbing.db import Connection, Db
from api.plumbing.ids import encode_id, parse_id
from api.results.queries import ranks_told
from api.results.schemas import shown
from api.results.snapshots import Snapshot, latest_snapshot, snapshot_by_number
from scoring import Entrant, Plan, QuotaRule, SlotProposal, select, with_passed
from scoring.entrants.people import Answer

FINAL = frozenset({"final", "amended"})
GIVEN_UP = frozenset({"declined", "lapsed", "cancelled"})

# The one item of the same trade and group that the next contest runs; two or none give no row.
WAY_UP = """/* advancement.way_up */
SELECT i.season_id, i.code, i.contest_id, i.plan_id, p.state, p.snapshot, (
           SELECT CASE WHEN count(*) = 1 THEN (array_agg(n.id))[1] END
           FROM item n
           WHERE n.contest_id = c.next_contest_id AND n.trade_code = i.trade_code AND n.group_name IS NOT DISTINCT FROM i.group_name
       ) AS to_item_id
FROM item i JOIN contest c ON c.id = i.contest_id JOIN publication p ON p.item_id = i.id
WHERE i.id = $1
"""

ENTRANTS = """/* advancement.entrants */
SELECT e.id, e.number, coalesce(d.short_name, '') AS delegation,
       coalesce(string_agg(v.name, '、' ORDER BY m.position) FILTER (WHERE m.role = 'contestant'), '') AS name
FROM entry e
LEFT JOIN delegation d ON d.id = e.delegation_id
LEFT JOIN entry_member m ON m.entry_id = e.id
LEFT JOIN person_version v ON v.id = m.person_version_id
WHERE e.item_id = $1 AND e.state = 'accepted'
GROUP BY e.id, e.number, d.short_name
"""

SLOTS = """/* advancement.slots_of_item */
SELECT s.id, s.entry_id, s.state, s.rev, s.answer_by, c.timezone,
       (SELECT max(t.at) FROM slot_transition t WHERE t.slot_id = s.id AND t.to_state = s.state) AS answered_at
FROM slot s JOIN item i ON i.id = s.from_item_id JOIN contest c ON c.id = i.contest_id
WHERE s.from_item_id = $1
"""


class WayUp(msgspec.Struct, frozen=True):
    """From an item to the next tier: the rule, the item there, and the standing that counts."""

    season_id: UUID
    to_item_id: UUID | None
    rule: QuotaRule | None
    state: str
    snapshot: Snapshot | None
    plan: Plan
    columns: dict[UUID, dict[str, str]]


async def slots(db: Db, actor: Actor, item_id: UUID) -> SlotList:
    """The places of an item: a preview before its result is final, the offered slots after it. Without rows as long as the
    actor may not read the ranks behind them."""
    async with db.reading() as connection:
        item = await item_scope(connection, item_id)
        actor.require("slot.read", item.scope)
        told = await slot_list(connection, item_id)
        return told if await ranks_told(connection, actor, item) else msgspec.structs.replace(told, rows=[])


async def slot_list(connection: Connection, item_id: UUID) -> SlotList:
    """The same without a look at rights, for commands and pages that have taken them."""
    way = await way_up(connection, item_id)
    entrants = {row["id"]: row for row in await connection.fetch(ENTRANTS, item_id)}
    offered = {row["entry_id"]: row for row in await connection.fetch(SLOTS, item_id)}
    proposals = propose_slots(way, entrants, offered)
    ranks = {row.entry: row for row in way.snapshot.standings.rows} if way.snapshot else {}
    rows = []
    for proposal in proposals:
        entry_id = parse_id("entry", proposal.entry)
        who, slot, standing = entrants.get(entry_id), offered.get(entry_id), ranks[proposal.entry]
        rows.append(
            SlotRow(
                entry=proposal.entry,
                number=(who["number"] or "") if who else "",
                name=who["name"] if who else "",
                delegation=who["delegation"] if who else "",
                rank=standing.rank,
                total=shown(standing.total),
                outcome=proposal.outcome,
                substitute_order=proposal.substitute_order,
                reasons=[ReasonView(reason.code, reason.zh, reason.en) for reason in proposal.reasons],
                slot=encode_id("slot", slot["id"]) if slot else None,
                state=slot["state"] if slot else None,
                rev=slot["rev"] if slot else None,
            )
        )
    return SlotList(
        item=encode_id("item", item_id),
        to_item=encode_id("item", way.to_item_id) if way.to_item_id else None,
        rule=way.rule.name if way.rule else "",
        rule_en=(way.rule.name_en or way.rule.name) if way.rule else "",
        preview=way.state not in FINAL,
        snapshot=way.snapshot.number if way.snapshot else None,
        rows=rows,
    )


async def way_up(connection: Connection, item_id: UUID) -> WayUp:
    """Where the item leads and by which rule; the published standing once there is one, else the latest."""
    row = await connection.fetchrow(WAY_UP, item_id)
    assert row is not None
    _, rules = await rules_of_contest(connection, row["contest_id"])
    if row["snapshot"] is not None:
        snapshot: Snapshot | None = await snapshot_by_number(
            connection, item_id, row["season_id"], row["snapshot"]
        )
    else:
        snapshot = await latest_snapshot(connection, item_id, row["season_id"])
    return WayUp(
        season_id=row["season_id"],
        to_item_id=row["to_item_id"],
        rule=rules.quota_of(row["code"]),
        state=row["state"],
        snapshot=snapshot,
        plan=await plan_by_id(connection, row["plan_id"]),
        columns=await columns_of_items(connection, [item_id]),
    )


def propose_slots(
    way: WayUp, entrants: dict[UUID, asyncpg.Record], offered: dict[UUID, asyncpg.Record]
) -> tuple[SlotProposal, ...]:
    """What the rule says of every entry; who declined or let a place lapse counts as declined."""
    if way.rule is None or way.snapshot is None:
        return ()
    known = [
        Entrant(
            entry=encode_id("entry", entry_id),
            delegation=(columns := way.columns.get(entry_id, {})).get("delegation"),
            columns=columns,
            **_answer(offered.get(entry_id)),
        )
        for entry_id in entrants
    ]
    standings = way.snapshot.standings
    return select(way.rule, standings, with_passed(way.plan, standings, known))


class _Answer(TypedDict, total=False):
    declined: bool
    answer: Answer
    answered_on: str
    answer_by: str


def _answer(slot: asyncpg.Record | None) -> _Answer:
    """What became of an offered place, by days of the contest's zone. A lapsed place is given up on the day it was noted."""
    if slot is None:
        return {}
    zone = ZoneInfo(slot["timezone"])
    said: _Answer = {"declined": slot["state"] in GIVEN_UP}
    if slot["state"] == "accepted":
        said["answer"] = "accepted"
    if slot["answered_at"] is not None:
        said["answered_on"] = slot["answered_at"].astimezone(zone).date().isoformat()
    if slot["answer_by"] is not None:
        said["answer_by"] = slot["answer_by"].astimezone(zone).date().isoformat()
    return said
