"""What of an item's results may be seen, by whom. What the caller may not see is not loaded."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

import asyncpg

from api.access.actor import Actor
from api.contests.plans import plan_by_id
from api.contests.scopes import ItemScope, item_scope
from api.judging.queries.draws import may_know
from api.judging.rounds import is_decoded
from api.plumbing.db import Connection, Db
from api.plumbing.ids import encode_id, parse_id
from api.plumbing.problems import Problem
from api.results.ledger import verify_item
from api.results.publications import PUBLICATION, PUBLISHED
from api.results.schemas import (
    Audience,
    Board,
    BoardColumn,
    BoardCriterion,
    BoardRow,
    Verification,
    shown,
)  # fmt: skip
from api.results.snapshots import Snapshot, latest_snapshot, snapshot_by_number
from scoring import Plan, StandingRow, Tie, ranking_order
from scoring.decimals import plain
from scoring.plans.expanding import Place, expand
from scoring.plans.nodes import WeightedSum, walk

BOARD_HEAD = """/* results.board_head */
SELECT i.id, i.season_id, i.plan_id, i.name_zh, i.name_en, i.live, i.blind_layers, c.id AS contest_id, c.slug,
       c.name_zh AS contest_name, c.name_en AS contest_name_en, c.tier, c.state AS contest_state, p.state, p.snapshot, p.frozen,
       p.amendment, p.notice_closes_at, w.at AS withdrawn_at, w.reason AS withdrawn_reason, n.at AS amended_at,
       told.notes AS amended_note, z.at AS frozen_since
FROM item i
JOIN contest c ON c.id = i.contest_id
JOIN publication p ON p.item_id = i.id
LEFT JOIN LATERAL (
    SELECT at, reason FROM publication_transition WHERE item_id = i.id AND to_state = 'withdrawn' ORDER BY seq DESC LIMIT 1
) w ON p.state = 'withdrawn'
LEFT JOIN LATERAL (
    SELECT at FROM publication_transition
    WHERE item_id = i.id AND (to_state = 'amended' OR (from_state = 'provisional' AND to_state = 'provisional')) ORDER BY seq DESC LIMIT 1
) n ON p.amendment > 0 AND p.state IN ('provisional', 'final', 'amended')
-- What readers are told is what was written for them, of every correction since this result came out; reasons stay inside.
LEFT JOIN LATERAL (
    -- The second person writes the note where the first asked before anything was public.
    SELECT string_agg(note, '；' ORDER BY made_at, note) AS notes FROM (
        SELECT coalesce(m.note, o.note) AS note, min(o.at) AS made_at
        FROM mark_correction m JOIN correction_outcome o ON o.correction_id = m.id
        WHERE m.item_id = i.id AND coalesce(m.note, o.note) IS NOT NULL AND o.outcome = 'made' AND o.at <= n.at
        AND o.at > (SELECT max(at) FROM publication_transition
                    WHERE item_id = i.id AND to_state = 'provisional' AND from_state <> 'provisional')
        GROUP BY coalesce(m.note, o.note)
    ) each_note
) told ON n.at IS NOT NULL
LEFT JOIN LATERAL (
    SELECT at FROM ledger WHERE season_id = i.season_id AND chain = i.id AND kind = 'board.frozen' ORDER BY seq DESC LIMIT 1
) z ON p.frozen
WHERE i.id = $1
"""

ITEM_AT = """/* results.item_at */
SELECT i.id FROM contest c JOIN contest_item ci ON ci.contest_id = c.id JOIN item i ON i.id = ci.item_id
WHERE c.slug = $1 AND i.code = $2
"""

ENTRANTS = """/* results.entrants_of_board */
SELECT e.id, e.number, coalesce(string_agg(v.name, '、' ORDER BY m.position), '') AS name,
       coalesce(d.short_name, '') AS delegation, coalesce(o.name_zh, e.unit_name, '') AS unit,
       coalesce(o.short_name, e.unit_name, '') AS unit_short
FROM entry e
LEFT JOIN entry_member m ON m.entry_id = e.id AND m.role = 'contestant'
LEFT JOIN person_version v ON v.id = m.person_version_id
LEFT JOIN delegation d ON d.id = e.delegation_id
LEFT JOIN organisation o ON o.id = e.unit_id
WHERE e.item_id = $1 AND e.state = 'accepted'
GROUP BY e.id, e.number, d.short_name, o.name_zh, o.short_name, e.unit_name
"""

STALE_BOARDS = """/* results.stale_boards */
SELECT p.item_id FROM publication p
LEFT JOIN LATERAL (
    SELECT facts FROM standings_snapshot WHERE season_id = p.season_id AND item_id = p.item_id ORDER BY number DESC LIMIT 1
) latest ON true
WHERE p.state = 'open' AND count_item_facts(p.season_id, p.item_id) <> coalesce(latest.facts, 0)
"""

# Ranking criteria that are no value of a node of the plan.
CRITERIA = {
    "time": ("用时", "Time"),
    "decision": ("裁判长裁定", "Chief judge's decision"),
    "lot": ("抽签号", "Lot"),
    "column": ("报名登记信息", "Recorded at registration"),
    "highest_mark": ("最高单个评分", "Highest single mark"),
    "countback": ("各部分从优到劣", "Parts from the best on"),
}


async def public_board(db: Db, item: str) -> Board:
    """What anybody may see: nothing, progress, live ranks of an open item, or the published standing (DESIGN 3.5, 3.9)."""
    async with db.reading() as connection:
        board = await board_for_anybody(connection, parse_id("item", item))
    if board is None:
        raise Problem("not_found")
    return board


async def board_for_anybody(connection: Connection, item_id: UUID) -> Board | None:
    """The same inside a transaction; None where the item is nobody's business yet."""
    head = await connection.fetchrow(BOARD_HEAD, item_id)
    if head is None or head["contest_state"] in ("draft", "cancelled"):
        return None
    audience = _audience(head["state"], head["live"], head["blind_layers"], head["frozen"])
    return await _board(connection, head, audience)


async def public_board_at(db: Db, slug: str, item_code: str) -> Board:
    """The same by the address of a page. Raises not_found."""
    async with db.reading() as connection:
        item_id = await connection.fetchval(ITEM_AT, slug, item_code)
    if item_id is None:
        raise Problem("not_found")
    return await public_board(db, encode_id("item", item_id))


async def published_board(connection: Connection, item_id: UUID) -> Board | None:
    """The published standing, frozen for the public or not; None before it is. For commands that have asked for the right."""
    head = await connection.fetchrow(BOARD_HEAD, item_id)
    audience = PUBLISHED.get(head["state"]) if head else None
    return None if head is None or audience is None else await _board(connection, head, audience)


async def staff_board(db: Db, actor: Actor, item_id: UUID) -> Board:
    """The latest standing for those who run the item, whatever the public sees; of a blind item that is being marked, or
    whose layers are sealed, progress only.

    A name beside a total says whose work stands at the station with that total, and a chief judge may still return its sheets.
    """
    async with db.reading() as connection:
        item = await item_scope(connection, item_id)
        actor.require("standings.read", item.scope)
        head = await connection.fetchrow(BOARD_HEAD, item_id)
        assert head is not None
        if not await _told_to_staff(connection, actor, item, head["state"]):
            return await _board(connection, head, "progress")
        return await _board(connection, head, PUBLISHED.get(head["state"], "live"))


async def ranks_told(connection: Connection, actor: Actor, item: ItemScope) -> bool:
    """Whether somebody may read ranks in what is computed from them (places, awards): who may not read the standing reads them
    as anybody does, once they are published and not frozen."""
    head = await connection.fetchrow(BOARD_HEAD, item.item_id)
    assert head is not None
    if actor.may("standings.read", item.scope):
        return await _told_to_staff(connection, actor, item, head["state"])
    return head["state"] in PUBLISHED and not head["frozen"]


async def _told_to_staff(connection: Connection, actor: Actor, item: ItemScope, state: str) -> bool:
    return state != "open" or (await is_decoded(connection, item.item_id) and may_know(actor, item))


def _audience(state: str, live: str, blind_layers: int, frozen: bool) -> Audience:
    if state == "withdrawn":
        return "withdrawn"
    if frozen:
        return "progress"
    if state in PUBLISHED:
        return PUBLISHED[state]
    if live == "off":
        return "none"
    # by_code belongs to a closed staff screen: the public sees progress of such an item.
    return "live" if live == "by_name" and blind_layers == 0 else "progress"


async def _board(connection: Connection, head: asyncpg.Record, audience: Audience) -> Board:
    item_id, season_id = head["id"], head["season_id"]
    plan = await plan_by_id(connection, head["plan_id"])
    snapshot = await _snapshot_for(connection, head, audience)
    rows = snapshot.standings.rows if snapshot else ()
    columns, order = board_columns(plan), ranking_order(plan)
    titles = {node.key: (node.title, node.title_en or node.title) for _, node in walk(plan.root)}
    ranked = audience in ("live", *PUBLISHED.values())
    entrants = {row["id"]: row for row in await connection.fetch(ENTRANTS, item_id)} if ranked else {}
    present = [row for row in rows if row.state == "present"]
    published = ranked and snapshot is not None
    return Board(
        item=encode_id("item", item_id),
        item_name=head["name_zh"],
        item_name_en=head["name_en"] or head["name_zh"],
        contest=encode_id("contest", head["contest_id"]),
        contest_slug=head["slug"],
        contest_name=head["contest_name"],
        contest_name_en=head["contest_name_en"] or head["contest_name"],
        tier=head["tier"],
        audience=audience,
        frozen=head["frozen"],
        frozen_since=head["frozen_since"],
        version=snapshot.number if published and snapshot else None,
        hash_fragment=snapshot.fragment if published and snapshot else None,
        at=await _snapshot_time(connection, season_id, item_id, snapshot.number)
        if published and snapshot
        else None,
        field=len(present),
        judged=0 if audience == "none" else sum(row.complete for row in present),
        to_judge=0 if audience == "none" else len(present),
        complete=bool(snapshot and snapshot.standings.complete),
        columns=columns,
        order=[
            BoardCriterion(tie.key, *CRITERIA.get(tie.of, titles.get(tie.key, (tie.key, tie.key))))
            for tie in order
        ],
        rows=[_board_row(row, entrants, columns, order) for row in rows] if ranked else [],
        notice_closes_at=head["notice_closes_at"] if audience == "provisional" else None,
        withdrawn_at=head["withdrawn_at"],
        withdrawn_reason=head["withdrawn_reason"],
        # Behind a freeze a correction would tell of the result that it corrects.
        amended_at=head["amended_at"] if audience in PUBLISHED.values() else None,
        amended_note=head["amended_note"] if audience in PUBLISHED.values() else None,
    )


async def _snapshot_for(connection: Connection, head: asyncpg.Record, audience: Audience) -> Snapshot | None:
    if audience in ("none", "withdrawn"):
        return None
    if head["snapshot"] is not None and audience in PUBLISHED.values():
        return await snapshot_by_number(connection, head["id"], head["season_id"], head["snapshot"])
    return await latest_snapshot(connection, head["id"], head["season_id"])


async def _snapshot_time(connection: Connection, season_id: UUID, item_id: UUID, number: int) -> datetime:
    at = await connection.fetchval(
        "SELECT at FROM standings_snapshot WHERE season_id = $1 AND item_id = $2 AND number = $3",
        season_id,
        item_id,
        number,
    )
    assert at is not None
    return at  # type: ignore[no-any-return]


def board_columns(plan: Plan) -> list[BoardColumn]:
    """The first parts below the total, with their weights in per cent where they have any; none below a panel."""
    places = {place.key: place for place in expand(plan.root)}
    whole = places[plan.root.key]
    while len(whole.parts) == 1 and not whole.panel:
        whole = places[whole.parts[0]]
    if whole.panel:
        return []
    node = whole.node
    weights = (
        [part.weight for part in node.parts]
        if isinstance(node, WeightedSum) and node.scale == "to_100"
        else []
    )
    shares = [_text(weight * 100 / sum(weights)) for weight in weights] or [""] * len(whole.parts)
    return [_column(places[key], share) for key, share in zip(whole.parts, shares, strict=True)]


def _column(place: Place, weight: str) -> BoardColumn:
    zh, en = place.node.title, place.node.title_en or place.node.title
    if place.attempt:
        zh, en = f"{zh}（第{place.attempt}次）", f"{en} (attempt {place.attempt})"
    return BoardColumn(place.key, zh, en, weight)


def _text(value: Decimal) -> str:
    return format(plain(value), "f")


def _board_row(
    row: StandingRow, entrants: dict[UUID, asyncpg.Record], columns: list[BoardColumn], order: tuple[Tie, ...]
) -> BoardRow:
    who = entrants.get(parse_id("entry", row.entry))
    return BoardRow(
        entry=row.entry,
        number=who["number"] or "" if who else "",
        name=who["name"] if who else "",
        delegation=who["delegation"] if who else "",
        unit=who["unit"] if who else "",
        unit_short=who["unit_short"] if who else "",
        rank=row.rank,
        award_rank=row.award_rank,
        shared=row.shared,
        state="hors_concours" if row.hors_concours and row.state == "present" else row.state,
        total=shown(row.total),
        parts=[shown(row.values.get(column.key)) for column in columns],
        complete=row.complete,
        decided_by=row.decided_by,
        # What was recorded of a person decides a tie, but it is not said to readers.
        compared=[
            None if tie.of == "column" else shown(value)
            for tie, value in zip(order, row.compared, strict=True)
        ]
        if row.compared
        else [],
    )


async def verification(db: Db, actor: Actor, item_id: UUID) -> Verification:
    """Recompute every chain and the published standing of the item from raw facts."""
    async with db.reading() as connection:
        item = await item_scope(connection, item_id)
        actor.require("ledger.verify", item.scope)
        row = await connection.fetchrow(PUBLICATION, item_id)
        assert row is not None
        return await verify_item(connection, item_id, row["season_id"], row["snapshot"])


async def stale_boards(connection: Connection) -> list[UUID]:
    """Open items that have facts which their latest snapshot does not know: a poke was lost."""
    return [row["item_id"] for row in await connection.fetch(STALE_BOARDS)]
