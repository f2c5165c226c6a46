"""Decoding: two people open one layer after the other, the last first, once nothing is marked any more (DOMAIN 5).

Each layer is one transaction: whatever is killed in between, a layer is open or sealed, and whoever comes back goes on with the next.
"""

from typing import Final, Literal, NamedTuple
from uuid import UUID

import asyncpg
import msgspec

from api.access.actor import Actor
from api.access.attempts import count_attempt, forget_attempts
from api.access.commands.confirming import confirm_person, confirm_second_factor
from api.access.persons import one_person
from api.access.sessions import Caller
from api.contests.scopes import ItemScope
from api.judging import sealing
from api.judging.commands.draws import HOLD_SESSIONS
from api.judging.commands.layers import Pairs, context, sealed_result, tell
from api.judging.drawing import place_of
from api.judging.layer_schemas import LayerList, OpenLayer
from api.judging.nudging import Nudges
from api.judging.offices import holds_office
from api.judging.queries.layers import UNFINISHED, current_layer, item_of_layer, layer_of, lines_of
from api.judging.rounds import hold_layers, layers_drawn
from api.plumbing.db import Connection, Db
from api.plumbing.ids import encode_id, parse_id
from api.plumbing.problems import Problem
from api.plumbing.texts import clean_reason
from scoring import draws

LONGEST_REASON: Final = 200


class _Two(NamedTuple):
    """Who opens: an officer of the layer, and a supervisor."""

    officer: UUID
    supervisor: UUID


class _Key(NamedTuple):
    """The layer's key, and by which envelope."""

    key: bytes
    code: Literal["officer", "reserve"]


async def open_layer(
    db: Db, nudges: Nudges, caller: Caller, actor: Actor, layer_id: UUID, data: OpenLayer
) -> LayerList:
    """Open a layer; with the first one it is known who worked where. The reserve envelope, or another officer, needs a reason.

    Raises presence_failed, second_totp_needed, totp_wrong, layer_needs_two, layer_code_wrong, layer_not_finished, layer_not_next,
    layer_opened, session_at_venue, reason_needed.
    """
    async with db.reading() as connection:
        item = await item_of_layer(connection, layer_id)
        actor.require("layer.open", item.scope)
        row = await current_layer(connection, item, layer_id)
        await _require_openable(connection, item, row)
    await confirm_person(db, caller, data.secret, account_id=actor.account_id)
    second = await confirm_person(db, caller, data.second.secret, login=data.second.login)
    async with db.reading() as connection:
        two = await _two(connection, item, row["layer"], actor.account_id, second)
    unlocked = await _key(db, actor, row, data.code)
    reason = _reason(row, two, unlocked, data)
    # Whoever is signed in has shown theirs at the door.
    await confirm_second_factor(db, caller, second, data.second.totp, "/second/totp")
    async with db.transaction() as connection:
        item = await item_of_layer(connection, layer_id, held=True)
        actor.require("layer.open", item.scope)
        await _hold(connection, item)
        row = await current_layer(connection, item, layer_id)
        await _require_openable(connection, item, row)
        # The grants as they are now: somebody may have lost the office while the key was made.
        await _two(connection, item, row["layer"], actor.account_id, second)
        seed, result = _unsealed(row, unlocked.key)
        await _record(connection, actor, item, row, two, _Opened(seed, result, unlocked.code, reason))
        if row["layer"] == 1:
            await _name_places(connection, item, row["round"])
        opened = await current_layer(connection, item, layer_id)
        lines = await lines_of(connection, item, row["layer"], result)
    nudges.nudge(item.item_id)
    return LayerList(layer=layer_of(opened, actor), lines=lines)


class _Opened(NamedTuple):
    seed: bytes
    result: Pairs
    way: str
    reason: str | None


HOLD_PUBLICATION = """/* judging.hold_publication */
SELECT FROM publication WHERE item_id = $1 FOR UPDATE
"""


async def _hold(connection: Connection, item: ItemScope) -> None:
    # Whoever returns a sheet shares the publication, and whoever reopens a session holds it: neither happens meanwhile.
    await hold_layers(connection, item.item_id)
    await connection.fetch(HOLD_SESSIONS, item.item_id)
    await connection.execute(HOLD_PUBLICATION, item.item_id)


# What came back from there may be followed by more, and nobody marks what is known already.
ANY_AWAY = """/* judging.any_session_away */
SELECT EXISTS (
    SELECT FROM venue_handout h JOIN judging_session s ON s.id = h.session_id WHERE s.item_id = $1 AND h.ended_at IS NULL
)
"""

SEALED_ABOVE = """/* judging.sealed_above */
SELECT max(d.layer) FROM layer_draw d
WHERE d.item_id = $1 AND d.round = $2 AND d.layer > $3 AND NOT EXISTS (SELECT FROM layer_opening WHERE layer_id = d.layer_id)
"""


async def _require_openable(connection: Connection, item: ItemScope, row: asyncpg.Record) -> None:
    if not row["drawn_at"]:
        raise Problem("layer_not_drawn")
    if row["opened_at"]:
        raise Problem("layer_opened")
    drawn = await layers_drawn(connection, item.item_id, row["round"])
    unfinished = await connection.fetchrow(UNFINISHED, item.item_id)
    assert unfinished is not None
    if len(drawn) < item.blind_layers or unfinished["sessions"] or unfinished["sheets"]:
        raise Problem("layer_not_finished", sessions=unfinished["sessions"], sheets=unfinished["sheets"])
    if await connection.fetchval(ANY_AWAY, item.item_id):
        raise Problem("session_at_venue")
    above = await connection.fetchval(SEALED_ABOVE, item.item_id, row["round"], row["layer"])
    if above is not None:
        raise Problem("layer_not_next", layer=above)


async def _two(connection: Connection, item: ItemScope, layer: int, first: UUID, second: UUID) -> _Two:
    """Which of both is which. Raises layer_needs_two: one person with both offices is one person."""
    if not await one_person(connection, first, second):
        for officer, supervisor in ((first, second), (second, first)):
            if await holds_office(
                connection, officer, "encryption_officer", item, layer
            ) and await holds_office(connection, supervisor, "supervisor", item, layer):
                return _Two(officer, supervisor)
    raise Problem("layer_needs_two", layer=layer)


async def _key(db: Db, actor: Actor, row: asyncpg.Record, code: str) -> _Key:
    """The layer's key by either code. Raises layer_code_wrong, sign_in_locked."""
    subject = f"layer:{row['id']}:{actor.account_id}"
    await count_attempt(db, subject)
    envelopes: tuple[Literal["officer", "reserve"], ...] = ("officer", "reserve")
    for envelope in envelopes:
        try:
            key = await sealing.unwrap(row[f"{envelope}_key"], code, context(row["id"], envelope))
        except sealing.SealBroken:
            continue
        await forget_attempts(db, subject)
        return _Key(key, envelope)
    raise Problem("layer_code_wrong")


def _reason(row: asyncpg.Record, two: _Two, unlocked: _Key, data: OpenLayer) -> str | None:
    reason = clean_reason(data.reason, LONGEST_REASON)
    usual = unlocked.code == "officer" and two.officer == row["by_account"]
    if not usual and len(reason or "") < 2:
        raise Problem("reason_needed")
    return reason


def _unsealed(row: asyncpg.Record, key: bytes) -> tuple[bytes, Pairs]:
    """Seed and links, after the draw was replayed. Raises layer_seal_broken where they are not what was committed to."""
    try:
        seed = sealing.unseal(key, row["sealed_seed"], context(row["id"], "seed"))
        result = sealed_result(row, key)
    except (sealing.SealBroken, msgspec.DecodeError) as error:
        raise Problem("layer_seal_broken") from error
    replayed = draws.drawn(seed, row["inputs"], row["outputs"], row["lot"])
    sound = (
        draws.commitment(seed) == row["commitment"]
        and draws.list_hash(row["inputs"], row["outputs"]) == row["list_hash"]
        and draws.result_hash(seed, result, row["lot"]) == row["result_hash"]
    )
    if result != replayed or not sound:
        raise Problem("layer_seal_broken")
    return seed, result


ADD_OPENING = """/* judging.add_layer_opening */
INSERT INTO layer_opening (layer_id, season_id, item_id, seed, outputs, inputs, way, reason, by_account, second_account)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
"""


async def _record(
    connection: Connection, actor: Actor, item: ItemScope, row: asyncpg.Record, two: _Two, opened: _Opened
) -> None:
    outputs, inputs = [each for each, _ in opened.result], [each for _, each in opened.result]
    await connection.execute(
        ADD_OPENING, row["id"], item.season_id, item.item_id, opened.seed, outputs, inputs, opened.way, opened.reason,
        two.officer, two.supervisor,
    )  # fmt: skip
    await tell(
        connection, item, actor, row["id"], "layer.opened",
        {"round": row["round"], "layer": row["layer"], "way": opened.way, "reason": opened.reason, "size": len(outputs),
         "seed": opened.seed.hex(), "officer": encode_id("account", two.officer),
         "supervisor": encode_id("account", two.supervisor)},
    )  # fmt: skip


OPENED_LINKS = """/* judging.opened_links */
SELECT o.outputs, o.inputs FROM layer_opening o JOIN layer_draw d ON d.layer_id = o.layer_id
WHERE d.item_id = $1 AND d.round = $2 ORDER BY d.layer DESC
"""
# A place has one attempt for each time it was given out; only those of the last draw count.
NAME_PLACES = """/* judging.name_places */
INSERT INTO attempt_entry (attempt_id, item_id, entry_id, draw_id)
SELECT a.id, a.item_id, p.entry_id, a.draw_id
FROM unnest($2::uuid[], $3::smallint[], $4::uuid[]) AS p (session_id, station, entry_id)
JOIN attempt a ON a.item_id = $1 AND a.session_id = p.session_id AND a.station = p.station AND NOT a.voided
"""


async def _name_places(connection: Connection, item: ItemScope, number: int) -> None:
    """Follow every place through all layers to its entry."""
    layers = [dict(zip(row["outputs"], row["inputs"], strict=True)) for row in await connection.fetch(OPENED_LINKS, item.item_id, number)]  # fmt: skip
    found = []
    for output in layers[0]:
        each = output
        for links in layers:
            each = links[each]
        found.append((place_of(output), parse_id("entry", each)))
    await connection.execute(
        NAME_PLACES, item.item_id, [parse_id("session", place.session) for place, _ in found],
        [place.station for place, _ in found], [entry for _, entry in found],
    )  # fmt: skip
