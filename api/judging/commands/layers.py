"""Blind numbers are given out layer by layer: the officer commits, then draws with the code that only the officer has (DOMAIN 5)."""

import re
import secrets
from typing import Final, NamedTuple
from uuid import UUID, uuid4

import asyncpg
import msgspec

from api.access.actor import Actor
from api.access.attempts import count_attempt, forget_attempts
from api.access.persons import accounts_of_person
from api.contests.scopes import ItemScope, item_scope
from api.judging import sealing
from api.judging.commands.draws import ENTRIES_TO_DRAW, HOLD_SESSIONS, add_places, places_of, require_possible
from api.judging.drawing import place_of
from api.judging.layer_schemas import CommittedLayer, DrawLayer, LayerList, ReadLayer
from api.judging.offices import holds_office
from api.judging.queries.layers import current_layer, item_of_layer, layer_of, lines_of
from api.judging.rounds import hold_layers, layers_drawn, round_of_item
from api.plumbing.db import Connection, Db
from api.plumbing.ids import encode_id, parse_id
from api.plumbing.problems import Problem
from api.plumbing.texts import clean_reason
from api.results.ledger import append_ledger
from scoring import draws

LONGEST_LOT: Final = 40
LINE_BREAKS: Final = re.compile(r"\s+")

Pairs = list[tuple[str, str]]

ADD_COMMITMENT = """/* judging.add_layer_commitment */
INSERT INTO layer_commitment (id, season_id, item_id, round, layer, algorithm, commitment, list_hash, inputs, outputs, sealing,
    officer_key, reserve_key, sealed_seed, by_account)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
"""


async def commit_layer(db: Db, actor: Actor, item_id: UUID) -> CommittedLayer:
    """Commit to seed and list of the next layer; gives the two codes, this once. A layer not yet drawn is committed to anew.

    Raises layer_none, layer_drawn, layer_not_yours, layer_officer_once, and what keeps stations from being drawn.
    """
    async with db.reading() as connection:
        actor.require("layer.draw", (await item_scope(connection, item_id)).scope)
    layer_id, key, seed = uuid4(), sealing.new_key(), secrets.token_bytes(draws.SEED_BYTES)
    # Before the transaction: keys are slow on purpose, and nobody should wait for them with a lock in hand.
    own = await sealing.wrap(key, context(layer_id, "officer"))
    reserve = await sealing.wrap(key, context(layer_id, "reserve"))
    sealed_seed = sealing.seal(key, seed, context(layer_id, "seed"))
    async with db.transaction() as connection:
        item = await item_scope(connection, item_id, held=True)
        actor.require("layer.draw", item.scope)
        if not item.blind_layers:
            raise Problem("layer_none")
        await hold_layers(connection, item_id)
        number = await round_of_item(connection, item_id)
        drawn = await layers_drawn(connection, item_id, number)
        layer = len(drawn) + 1
        if layer > item.blind_layers:
            raise Problem("layer_drawn")
        await _require_officer(connection, actor, item, layer, drawn)
        listed = await _list_of(connection, item, number, layer)
        commitment = draws.commitment(seed)
        await connection.execute(
            ADD_COMMITMENT, layer_id, item.season_id, item_id, number, layer, draws.ALGORITHM, commitment, listed.hash,
            listed.inputs, listed.outputs, sealing.SEALING, own.bytes, reserve.bytes, sealed_seed, actor.account_id,
        )  # fmt: skip
        await tell(
            connection, item, actor, layer_id, "layer.committed",
            {"round": number, "layer": layer, "algorithm": draws.ALGORITHM, "commitment": commitment.hex(),
             "list": listed.hash.hex(), "size": len(listed.inputs)},
        )  # fmt: skip
        row = await current_layer(connection, item, layer_id)
        return CommittedLayer(layer=layer_of(row, actor), code=own.code, reserve=reserve.code)


ADD_LAYER_DRAW = """/* judging.add_layer_draw */
INSERT INTO layer_draw (layer_id, season_id, item_id, round, layer, lot, result_hash, sealed_result, by_account)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
"""


async def draw_layer(db: Db, actor: Actor, layer_id: UUID, data: DrawLayer) -> LayerList:
    """Draw the layer that the actor committed to, and seal what it joins. The last layer makes the places and their sheets.

    The code proves that the envelope was written before anything depends on it. Raises layer_code_wrong, layer_over, layer_drawn,
    layer_list_changed.
    """
    lot = clean_reason(LINE_BREAKS.sub(" ", data.lot), LONGEST_LOT) or ""
    key = await _own_key(db, actor, layer_id, data.code)
    async with db.transaction() as connection:
        item = await item_of_layer(connection, layer_id, held=True)
        actor.require("layer.draw", item.scope)
        await hold_layers(connection, item.item_id)
        row = await current_layer(connection, item, layer_id)
        if row["drawn_at"]:
            raise Problem("layer_drawn")
        number, layer = row["round"], row["layer"]
        await _require_officer(
            connection, actor, item, layer, await layers_drawn(connection, item.item_id, number)
        )
        listed = await _list_of(connection, item, number, layer)
        if listed.hash != row["list_hash"]:
            raise Problem("layer_list_changed")
        seed = sealing.unseal(key, row["sealed_seed"], context(layer_id, "seed"))
        result = draws.drawn(seed, listed.inputs, listed.outputs, lot)
        digest = draws.result_hash(seed, result, lot)
        sealed = sealing.seal(key, msgspec.json.encode(result), context(layer_id, "result"))
        await connection.execute(
            ADD_LAYER_DRAW, layer_id, item.season_id, item.item_id, number, layer, lot, digest, sealed, actor.account_id
        )  # fmt: skip
        if layer == item.blind_layers:
            await _make_places(connection, actor, item, number, listed, digest)
        await tell(
            connection, item, actor, layer_id, "layer.drawn",
            {"round": number, "layer": layer, "lot": lot, "result": digest.hex()},
        )  # fmt: skip
        return await _listed(connection, actor, item, layer_id, result)


async def read_layer(db: Db, actor: Actor, layer_id: UUID, data: ReadLayer) -> LayerList:
    """The officer's own list once more, to print it. That it was read is in the ledger. Raises layer_code_wrong, layer_not_drawn."""
    key = await _own_key(db, actor, layer_id, data.code)
    async with db.transaction() as connection:
        item = await item_of_layer(connection, layer_id)
        actor.require("layer.draw", item.scope)
        row = await current_layer(connection, item, layer_id)
        if not row["drawn_at"]:
            raise Problem("layer_not_drawn")
        result = sealed_result(row, key)
        await tell(
            connection,
            item,
            actor,
            layer_id,
            "layer.read",
            {"round": row["round"], "layer": row["layer"]},
        )
        return await _listed(connection, actor, item, layer_id, result)


def sealed_result(row: asyncpg.Record, key: bytes) -> Pairs:
    """What the layer joins. Raises SealBroken."""
    text = sealing.unseal(key, row["sealed_result"], context(row["id"], "result"))
    return msgspec.json.decode(text, type=Pairs)


def context(layer_id: UUID, what: str) -> str:
    """What a cipher belongs to, so that none can be put in another's place."""
    return f"layer {layer_id} {what}"


async def tell(
    connection: Connection, item: ItemScope, actor: Actor, layer_id: UUID, kind: str, payload: dict[str, str | int | None]
) -> None:  # fmt: skip
    """One line in the item's ledger; hashes and numbers of layers, never a link."""
    await append_ledger(
        connection, item.season_id, item.item_id, kind, layer_id, msgspec.json.encode(payload).decode(), actor.account_id
    )  # fmt: skip


class _List(NamedTuple):
    inputs: list[str]
    outputs: list[str]
    sessions: list[asyncpg.Record]

    @property
    def hash(self) -> bytes:
        return draws.list_hash(self.inputs, self.outputs)


async def _require_officer(
    connection: Connection, actor: Actor, item: ItemScope, layer: int, drawn: dict[int, UUID]
) -> None:
    if not await holds_office(connection, actor.account_id, "encryption_officer", item, layer):
        raise Problem("layer_not_yours", layer=layer)
    if set(await accounts_of_person(connection, actor.account_id)) & set(drawn.values()):
        raise Problem("layer_officer_once")


INPUTS_OF_ROUND = """/* judging.inputs_of_round */
SELECT c.outputs FROM layer_draw d JOIN layer_commitment c ON c.id = d.layer_id
WHERE d.item_id = $1 AND d.round = $2 AND d.layer = $3
"""


async def _list_of(connection: Connection, item: ItemScope, number: int, layer: int) -> _List:
    """What the layer draws: entries or numbers of the layer before it, and as many new numbers or places."""
    if layer == 1:
        rows = await connection.fetch(ENTRIES_TO_DRAW, item.item_id)
        inputs = sorted(encode_id("entry", row["id"]) for row in rows)
    else:
        inputs = list(await connection.fetchval(INPUTS_OF_ROUND, item.item_id, number, layer - 1))
    if not inputs:
        raise Problem(
            "draw_not_possible", reason_zh="还没有通过审核的选手。", reason_en="There is no accepted entry."
        )
    if layer < item.blind_layers:
        width = max(3, len(str(len(inputs))))
        return _List(inputs, [f"{layer}-{each:0{width}}" for each in range(1, len(inputs) + 1)], [])
    sessions = await connection.fetch(HOLD_SESSIONS, item.item_id)
    await require_possible(connection, item, sessions, len(inputs))
    _, places = places_of(sessions)
    return _List(inputs, [place.text for place in places[: len(inputs)]], sessions)


# The seed stays in its layer: beside the list it would tell who works where.
ADD_SEALED_DRAW = """/* judging.add_sealed_draw */
INSERT INTO draw (season_id, item_id, number, algorithm, result_hash, by_account, reason, second_account)
SELECT $1, $2, $3, $4, $5, coalesce(r.by_account, $6), r.reason, r.second_account
FROM (SELECT) nothing LEFT JOIN layer_round r ON r.item_id = $2 AND r.number = $3
RETURNING id
"""


async def _make_places(
    connection: Connection, actor: Actor, item: ItemScope, number: int, listed: _List, digest: bytes
) -> None:
    draw_id = await connection.fetchval(
        ADD_SEALED_DRAW, item.season_id, item.item_id, number, draws.ALGORITHM, digest, actor.account_id
    )
    places = [place_of(each) for each in listed.outputs]
    sessions = [parse_id("session", place.session) for place in places]
    await add_places(connection, item, draw_id, sessions, [place.station for place in places])


async def _listed(
    connection: Connection, actor: Actor, item: ItemScope, layer_id: UUID, result: Pairs
) -> LayerList:
    row = await current_layer(connection, item, layer_id)
    return LayerList(layer=layer_of(row, actor), lines=await lines_of(connection, item, row["layer"], result))


async def _own_key(db: Db, actor: Actor, layer_id: UUID, code: str) -> bytes:
    """The layer's key, for its own officer. Raises not_found, layer_over, layer_code_wrong, sign_in_locked."""
    async with db.reading() as connection:
        item = await item_of_layer(connection, layer_id)
        actor.require("layer.draw", item.scope)
        row = await current_layer(connection, item, layer_id)
    if row["by_account"] != actor.account_id:
        raise Problem("layer_not_yours", layer=row["layer"])
    subject = f"layer:{layer_id}:{actor.account_id}"
    await count_attempt(db, subject)
    try:
        key = await sealing.unwrap(row["officer_key"], code, context(layer_id, "officer"))
    except sealing.SealBroken as error:
        raise Problem("layer_code_wrong") from error
    await forget_attempts(db, subject)
    return key
