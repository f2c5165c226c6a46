"""The draw: who works where. It makes the attempts, and a sheet for every judge of the session's panel. A redraw takes two people."""

import secrets
from typing import NamedTuple
from uuid import UUID

import asyncpg
import msgspec

from api.access.actor import Actor
from api.access.persons import one_person
from api.contests.scopes import ItemScope, item_scope
from api.judging import drawing
from api.judging.avoidance import require_no_conflict, require_one_per_unit
from api.judging.drawing import Place
from api.judging.queries.draws import draw_by_id, redraw_by_id
from api.judging.queries.judges import require_panel_size
from api.judging.rounds import hold_layers, layers_drawn, round_of_item
from api.judging.schemas import AskRedraw, Draw, Redraw
from api.plumbing.db import Connection, Db
from api.plumbing.ids import encode_id
from api.plumbing.problems import Problem
from api.plumbing.texts import needed_reason
from api.results.ledger import append_ledger
from scoring import draws

LONGEST_REASON = 200

# Held until the draw is made: nobody starts a session or changes a panel meanwhile.
HOLD_SESSIONS = """/* judging.hold_sessions */
SELECT s.id, s.state, s.stations, s.panel_id, p.name AS panel
FROM judging_session s JOIN panel p ON p.id = s.panel_id
WHERE s.item_id = $1 ORDER BY s.position FOR UPDATE
"""

ENTRIES_TO_DRAW = """/* judging.entries_to_draw */
SELECT id FROM entry WHERE item_id = $1 AND state = 'accepted' AND standing = 'present' ORDER BY id
"""

MARKED = """/* judging.item_is_marked */
SELECT EXISTS (SELECT FROM sheet WHERE item_id = $1 AND seq > 0)
"""


DRAWS_MADE = """/* judging.draws_made */
SELECT count(*) FROM draw WHERE item_id = $1
"""


async def make_draw(db: Db, actor: Actor, item_id: UUID) -> Draw:
    """Draw all sessions of the item at once.

    Raises draw_not_possible once a session has begun, draw_too_few_stations, panel_size, judge_avoidance; redraw_needs_two
    when there was a draw before.
    """
    async with db.transaction() as connection:
        item = await item_scope(connection, item_id, held=True)
        actor.require("draw.make", item.scope)
        if item.blind_layers:
            raise Problem("draw_is_blind", layers=item.blind_layers)
        ready = await _ready(connection, item)
        if ready.number > 1:
            raise Problem("redraw_needs_two")
        draw_id = await _record(connection, item, ready, actor.account_id)
        return await draw_by_id(connection, actor, item, draw_id)


ASK_REDRAW = """/* judging.ask_redraw */
INSERT INTO redraw_request (season_id, item_id, number, reason, by_account) VALUES ($1, $2, $3, $4, $5) RETURNING id
"""


async def ask_redraw(db: Db, actor: Actor, item_id: UUID, data: AskRedraw) -> Redraw:
    """Ask for a redraw, which somebody else has to confirm. Raises what make_draw raises; reason_needed, draw_not_possible before the first draw."""
    reason = needed_reason(data.reason, LONGEST_REASON)
    async with db.transaction() as connection:
        item = await item_scope(connection, item_id, held=True)
        actor.require("draw.make", item.scope)
        number = await _next_number(connection, item)
        if number == 1:
            raise Problem(
                "draw_not_possible", reason_zh="还没有抽过签。", reason_en="There has been no draw yet."
            )
        redraw_id = await connection.fetchval(
            ASK_REDRAW, item.season_id, item_id, number, reason, actor.account_id
        )
        await append_ledger(
            connection, item.season_id, item_id, "redraw.asked", redraw_id,
            msgspec.json.encode({"number": number, "reason": reason}).decode(), actor.account_id,
        )  # fmt: skip
        return await redraw_by_id(connection, actor, redraw_id)


REDRAW = """/* judging.redraw_to_confirm */
SELECT id, item_id, number, reason, by_account FROM redraw_request WHERE id = $1
"""


async def confirm_redraw(db: Db, actor: Actor, redraw_id: UUID) -> Draw | Redraw:
    """Make the redraw that somebody else asked for; the draw before it is void. In a blind item all layers are: they
    are drawn anew one by one, and the answer is the request.

    Raises redraw_needs_two for whoever asked, redraw_over once there was another draw, and what make_draw raises.
    """
    async with db.transaction() as connection:
        asked = await connection.fetchrow(REDRAW, redraw_id)
        if asked is None:
            raise Problem("not_found")
        item = await item_scope(connection, asked["item_id"], held=True)
        actor.require("draw.confirm", item.scope)
        await hold_layers(connection, item.item_id)
        if await one_person(connection, asked["by_account"], actor.account_id):
            raise Problem("redraw_needs_two")
        if await _next_number(connection, item) != asked["number"]:
            raise Problem("redraw_over")
        await _void(connection, item.item_id, actor)
        if item.blind_layers:
            return await _begin_round(connection, actor, item, asked)
        ready = await _ready(connection, item)
        draw_id = await _record(
            connection, item, ready, asked["by_account"], asked["reason"], actor.account_id
        )
        return await draw_by_id(connection, actor, item, draw_id)


ADD_ROUND = """/* judging.add_round */
INSERT INTO layer_round (item_id, number, season_id, reason, by_account, second_account) VALUES ($1, $2, $3, $4, $5, $6)
"""


async def _begin_round(
    connection: Connection, actor: Actor, item: ItemScope, asked: asyncpg.Record
) -> Redraw:
    number, reason, by = asked["number"], asked["reason"], asked["by_account"]
    await connection.execute(ADD_ROUND, item.item_id, number, item.season_id, reason, by, actor.account_id)
    payload = {
        "round": number,
        "reason": reason,
        "by": encode_id("account", by),
        "second": encode_id("account", actor.account_id),
    }
    await append_ledger(
        connection, item.season_id, item.item_id, "layer.voided", item.item_id,
        msgspec.json.encode(payload).decode(), actor.account_id,
    )  # fmt: skip
    return await redraw_by_id(connection, actor, asked["id"])


async def _next_number(connection: Connection, item: ItemScope) -> int:
    """Which draw a redraw would be: 1 where there was none. Raises what keeps it from being made."""
    if not item.blind_layers:
        return (await _ready(connection, item)).number
    await hold_layers(connection, item.item_id)
    sessions = await connection.fetch(HOLD_SESSIONS, item.item_id)
    await require_unbegun(connection, item.item_id, sessions)
    current = await round_of_item(connection, item.item_id)
    return current + 1 if await layers_drawn(connection, item.item_id, current) else 1


class _Ready(NamedTuple):
    """What is drawn: the item's sessions, its entries by outside id, and which draw it will be."""

    sessions: list[asyncpg.Record]
    entries: dict[str, UUID]
    number: int


async def _ready(connection: Connection, item: ItemScope) -> _Ready:
    sessions = await connection.fetch(HOLD_SESSIONS, item.item_id)
    entries = {
        encode_id("entry", row["id"]): row["id"]
        for row in await connection.fetch(ENTRIES_TO_DRAW, item.item_id)
    }
    await require_possible(connection, item, sessions, len(entries))
    return _Ready(sessions, entries, 1 + int(await connection.fetchval(DRAWS_MADE, item.item_id)))


async def require_possible(
    connection: Connection, item: ItemScope, sessions: list[asyncpg.Record], entries: int
) -> None:
    """Raise draw_not_possible, draw_too_few_stations, panel_size or judge_avoidance where stations cannot be drawn."""
    if not sessions or not entries:
        raise Problem(
            "draw_not_possible",
            reason_zh="还没有场次或没有通过审核的选手。",
            reason_en="There is no session or no accepted entry.",
        )
    await require_unbegun(connection, item.item_id, sessions)
    stations = sum(session["stations"] for session in sessions)
    if entries > stations:
        raise Problem("draw_too_few_stations", entries=entries, stations=stations)
    for panel_id in {session["panel_id"] for session in sessions}:
        judges = [
            row["judge_id"]
            for row in await connection.fetch(
                "SELECT judge_id FROM panel_judge WHERE panel_id = $1", panel_id
            )
        ]
        await require_panel_size(connection, panel_id, item, len(judges))
        await require_no_conflict(connection, item.item_id, judges)
        await require_one_per_unit(connection, item.contest_id, judges)


async def require_unbegun(connection: Connection, item_id: UUID, sessions: list[asyncpg.Record]) -> None:
    """Raise draw_not_possible once a session has begun or a mark is there."""
    begun = any(session["state"] != "planned" for session in sessions)
    if begun or await connection.fetchval(MARKED, item_id):
        raise Problem("draw_not_possible", reason_zh="已有场次开始。", reason_en="A session has begun.")


VOID_ATTEMPTS = """/* judging.void_attempts */
UPDATE attempt SET voided = true WHERE item_id = $1 AND NOT voided
"""
# A sheet of a voided attempt takes no mark: it is closed, and says why.
CLOSE_VOIDED_SHEETS = """/* judging.close_voided_sheets */
WITH closed AS (
    UPDATE sheet SET state = 'submitted' FROM attempt a
    WHERE a.id = sheet.attempt_id AND a.voided AND sheet.item_id = $1 AND sheet.state = 'open'
    RETURNING sheet.id, sheet.season_id, sheet.seq, sheet.head
)
INSERT INTO sheet_transition (season_id, sheet_id, position, from_state, to_state, seq, head, reason, by_account)
SELECT season_id, id, (SELECT coalesce(max(position), 0) + 1 FROM sheet_transition t WHERE t.sheet_id = closed.id),
       'open', 'submitted', seq, head, '重新抽签，作废', $2 FROM closed
"""


async def _void(connection: Connection, item_id: UUID, actor: Actor) -> None:
    await connection.execute(VOID_ATTEMPTS, item_id)
    await connection.execute(CLOSE_VOIDED_SHEETS, item_id, actor.account_id)


ADD_DRAW = """/* judging.add_draw */
INSERT INTO draw (season_id, item_id, number, algorithm, seed, result_hash, reason, by_account, second_account)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING id
"""
# In station order: the keys are random, so that neither order nor time of making tells who is who (DESIGN 3.5).
ADD_ATTEMPTS = """/* judging.add_attempts */
INSERT INTO attempt (season_id, item_id, session_id, draw_id, station)
SELECT $1, $2, p.session_id, $3, p.station FROM unnest($4::uuid[], $5::smallint[]) AS p (session_id, station)
ORDER BY p.session_id, p.station
"""
LINK_ENTRIES = """/* judging.link_entries */
INSERT INTO attempt_entry (attempt_id, item_id, entry_id, draw_id)
SELECT a.id, a.item_id, p.entry_id, a.draw_id
FROM unnest($2::uuid[], $3::smallint[], $4::uuid[]) AS p (session_id, station, entry_id)
JOIN attempt a ON a.draw_id = $1 AND a.session_id = p.session_id AND a.station = p.station
"""
ADD_SHEETS = """/* judging.add_sheets */
INSERT INTO sheet (season_id, item_id, session_id, attempt_id, judge_id, account_id, plan_id)
SELECT a.season_id, a.item_id, a.session_id, a.id, j.id, j.account_id, $2
FROM attempt a
JOIN judging_session s ON s.id = a.session_id
JOIN panel_judge pj ON pj.panel_id = s.panel_id
JOIN judge j ON j.id = pj.judge_id
WHERE a.draw_id = $1
ORDER BY a.session_id, a.station, pj.position
"""


async def add_places(
    connection: Connection, item: ItemScope, draw_id: UUID, sessions: list[UUID], stations: list[int]
) -> None:
    """The attempts of a draw, in the order of stations, and a sheet for every judge of each."""
    await connection.execute(ADD_ATTEMPTS, item.season_id, item.item_id, draw_id, sessions, stations)
    await connection.execute(ADD_SHEETS, draw_id, item.plan_id)


def places_of(sessions: list[asyncpg.Record]) -> tuple[dict[str, UUID], list[Place]]:
    """The stations of the sessions in the order in which they are given out, and the sessions by their outside ids."""
    ids = {encode_id("session", session["id"]): session["id"] for session in sessions}
    places = [
        Place(outside, station)
        for outside, session in zip(ids, sessions, strict=True)
        for station in range(1, session["stations"] + 1)
    ]
    return ids, places


async def _record(
    connection: Connection, item: ItemScope, ready: _Ready, by: UUID, reason: str | None = None, second: UUID | None = None
) -> UUID:  # fmt: skip
    """`by` has drawn, or asked for the redraw that `second` confirms."""
    sessions, entries, number = ready
    ids, places = places_of(sessions)
    places = places[: len(entries)]
    seed = secrets.token_bytes(drawing.SEED_BYTES)
    listed = draws.list_hash(entries, [place.text for place in places])
    committed = {"number": number, "commitment": draws.commitment(seed).hex(), "list": listed.hex()}
    result = drawing.drawn(seed, entries, places)
    digest = drawing.result_hash(drawing.ALGORITHM, seed, result)
    draw_id: UUID = await connection.fetchval(
        ADD_DRAW, item.season_id, item.item_id, number, drawing.ALGORITHM, seed, digest, reason, by, second
    )  # fmt: skip
    held = [ids[place.session] for place, _ in result]
    stations = [place.station for place, _ in result]
    await add_places(connection, item, draw_id, held, stations)
    await connection.execute(LINK_ENTRIES, draw_id, held, stations, [entries[entry] for _, entry in result])
    payload = {
        "number": number,
        "algorithm": drawing.ALGORITHM,
        "result": digest.hex(),
        "reason": reason,
        "by": encode_id("account", by),
        "second": None if second is None else encode_id("account", second),
    }
    for kind, told in (("draw.committed", committed), ("draw.made", payload)):
        await append_ledger(
            connection, item.season_id, item.item_id, kind, draw_id, msgspec.json.encode(told).decode(), second or by
        )  # fmt: skip
    return draw_id
