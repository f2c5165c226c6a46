"""Layers of blind numbers: how far they are, and for whom it is what they join."""

from collections.abc import Iterable, Sequence
from uuid import UUID

import asyncpg

from api.access.actor import Actor
from api.contests.scopes import ItemScope, item_scope
from api.judging.drawing import place_of
from api.judging.layer_schemas import BlindItem, Layer, LayerLine, Layers
from api.judging.queries.draws import may_know, require_apart
from api.judging.rounds import is_decoded, round_of_item
from api.plumbing.db import Connection, Db
from api.plumbing.ids import encode_id, parse_id
from api.plumbing.problems import Problem
from scoring.draws import DrawRecord, list_hash

# The latest commitment of each layer: an earlier one that was not drawn is over.
LAYERS = """/* judging.layers */
SELECT DISTINCT ON (c.layer) c.layer, c.id, c.round, c.algorithm, c.commitment, c.list_hash, c.inputs, c.outputs, c.sealing,
       c.officer_key, c.reserve_key, c.sealed_seed, c.by_account, c.at AS committed_at, b.display_name AS officer, d.lot,
       d.result_hash, d.sealed_result, d.at AS drawn_at, o.seed, o.outputs AS opened_outputs, o.inputs AS opened_inputs, o.way,
       o.reason, o.at AS opened_at, p.display_name AS opened_by, s.display_name AS second
FROM layer_commitment c JOIN account b ON b.id = c.by_account
LEFT JOIN layer_draw d ON d.layer_id = c.id
LEFT JOIN layer_opening o ON o.layer_id = c.id
LEFT JOIN account p ON p.id = o.by_account LEFT JOIN account s ON s.id = o.second_account
WHERE c.item_id = $1 AND c.round = $2
ORDER BY c.layer, (d.layer_id IS NOT NULL) DESC, c.at DESC, c.id
"""

ITEM_OF_LAYER = """/* judging.item_of_layer */
SELECT item_id FROM layer_commitment WHERE id = $1
"""

ITEM_NAMES = """/* judging.item_names */
SELECT i.name_zh, i.name_en, c.name_zh AS contest_name, c.name_en AS contest_name_en
FROM item i JOIN contest c ON c.id = i.contest_id WHERE i.id = $1
"""

# A station where nobody came keeps a sheet without a mark; the session was closed over it, with a reason.
UNFINISHED = """/* judging.unfinished */
SELECT (SELECT count(*) FROM judging_session js WHERE js.item_id = $1 AND js.state <> 'closed'
        AND EXISTS (SELECT FROM attempt WHERE session_id = js.id AND NOT voided)) AS sessions,
       (SELECT count(*) FROM sheet s JOIN attempt a ON a.id = s.attempt_id AND NOT a.voided
        WHERE s.item_id = $1 AND s.state <> 'signed' AND NOT (s.state = 'open' AND s.seq = 0)) AS sheets,
       (SELECT count(*) FROM attempt WHERE item_id = $1 AND NOT voided) AS places
"""


async def layers_of_item(db: Db, actor: Actor, item_id: UUID) -> Layers:
    """How far the layers of an item are; nothing that joins two numbers. Raises not_found."""
    async with db.reading() as connection:
        item = await item_scope(connection, item_id)
        actor.require("draw.read", item.scope)
        return await layers_view(connection, actor, item)


async def layers_view(connection: Connection, actor: Actor, item: ItemScope) -> Layers:
    """The same without a look at rights, for commands that have taken them."""
    number = await round_of_item(connection, item.item_id)
    rows = {row["layer"]: row for row in await connection.fetch(LAYERS, item.item_id, number)}
    names = await connection.fetchrow(ITEM_NAMES, item.item_id)
    unfinished = await connection.fetchrow(UNFINISHED, item.item_id)
    assert names is not None
    assert unfinished is not None
    layers = tuple(
        layer_of(rows[layer], actor) if layer in rows else Layer(layer=layer, state="waiting")
        for layer in range(1, item.blind_layers + 1)
    )
    return Layers(
        item=encode_id("item", item.item_id),
        contest=encode_id("contest", item.contest_id),
        contest_name=names["contest_name"],
        contest_name_en=names["contest_name_en"],
        name_zh=names["name_zh"],
        name_en=names["name_en"],
        round=number,
        places=unfinished["places"],
        open_sessions=unfinished["sessions"],
        unsigned=unfinished["sheets"],
        decoded=bool(unfinished["places"]) and await is_decoded(connection, item.item_id),
        next=_next(layers),
        layers=layers,
    )


MY_BLIND_ITEMS = """/* judging.my_blind_items */
SELECT i.id, i.name_zh, i.name_en, c.name_zh AS contest_name, c.name_en AS contest_name_en, i.blind_layers AS layers,
       count(d.layer_id) AS drawn, count(o.layer_id) AS opened
FROM item i JOIN contest c ON c.id = i.contest_id
LEFT JOIN layer_draw d ON d.item_id = i.id AND d.round = (SELECT coalesce(max(number), 1) FROM layer_round WHERE item_id = i.id)
LEFT JOIN layer_opening o ON o.layer_id = d.layer_id
WHERE i.blind_layers > 0 AND c.state IN ('published', 'running')
  AND (c.host_id = ANY ($1::uuid[]) OR c.id = ANY ($2::uuid[]) OR i.id = ANY ($3::uuid[]))
GROUP BY i.id, c.id ORDER BY c.starts_on, c.id, i.position, i.id LIMIT 200
"""


async def my_blind_items(db: Db, actor: Actor) -> list[BlindItem]:
    """The items of contests under way that the actor draws or decodes."""
    reach = actor.reach("layer.open")
    async with db.reading() as connection:
        rows = await connection.fetch(MY_BLIND_ITEMS, reach.organisations, reach.contests, reach.items)
    return [BlindItem(item=encode_id("item", row["id"]), **dict(list(row.items())[1:])) for row in rows]


def layer_of(row: asyncpg.Record, actor: Actor) -> Layer:
    """One layer without its links."""
    opened, drawn = row["opened_at"] is not None, row["drawn_at"] is not None
    return Layer(
        layer=row["layer"],
        state="opened" if opened else "drawn" if drawn else "committed",
        id=encode_id("layer", row["id"]),
        officer=row["officer"],
        own=row["by_account"] == actor.account_id,
        algorithm=row["algorithm"],
        commitment=row["commitment"].hex(),
        list_hash=row["list_hash"].hex(),
        size=len(row["inputs"]),
        committed_at=row["committed_at"],
        lot=row["lot"] or "",
        result_hash=row["result_hash"].hex() if drawn else None,
        drawn_at=row["drawn_at"],
        opened_at=row["opened_at"],
        opened_by=row["opened_by"],
        second=row["second"],
        way=row["way"],
        reason=row["reason"],
    )


def _next(layers: Sequence[Layer]) -> int | None:
    """The first layer that is not drawn, and once all are, the last that is not opened."""
    undrawn = [each.layer for each in layers if each.state in ("waiting", "committed")]
    sealed = [each.layer for each in layers if each.state == "drawn"]
    return undrawn[0] if undrawn else sealed[-1] if sealed else None


async def item_of_layer(connection: Connection, layer_id: UUID, *, held: bool = False) -> ItemScope:
    """The item that the layer belongs to. Raises not_found."""
    item_id = await connection.fetchval(ITEM_OF_LAYER, layer_id)
    if item_id is None:
        raise Problem("not_found")
    return await item_scope(connection, item_id, held=held)


async def current_layer(connection: Connection, item: ItemScope, layer_id: UUID) -> asyncpg.Record:
    """The layer's row, where it is its round's. Raises layer_over for a voided round or an earlier commitment."""
    number = await round_of_item(connection, item.item_id)
    for row in await connection.fetch(LAYERS, item.item_id, number):
        if row["id"] == layer_id:
            return row
    raise Problem("layer_over")


async def record_of_layer(db: Db, actor: Actor, layer_id: UUID) -> DrawRecord:
    """A layer as a document that anybody can replay; seed and result once it is opened, for those who may know. Raises layer_over."""
    async with db.reading() as connection:
        item = await item_of_layer(connection, layer_id)
        await require_apart(connection, actor, "draw.read", item)
        row = await current_layer(connection, item, layer_id)
        told = row["opened_at"] is not None and (
            may_know(actor, item) or await is_decoded(connection, item.item_id)
        )
    return DrawRecord(
        algorithm=row["algorithm"],
        about=f"{encode_id('item', item.item_id)} {row['round']}.{row['layer']}",
        commitment=row["commitment"].hex(),
        list_hash=row["list_hash"].hex(),
        inputs=tuple(row["inputs"]),
        outputs=tuple(row["outputs"]),
        lot=row["lot"] or "",
        seed=row["seed"].hex() if told else None,
        result=tuple(zip(row["opened_outputs"], row["opened_inputs"], strict=True)) if told else None,
        result_hash=row["result_hash"].hex() if row["result_hash"] else None,
    )


DRAW_TO_RECORD = """/* judging.draw_to_record */
SELECT item_id, number, algorithm, seed, result_hash FROM draw WHERE id = $1
"""
DRAWN_TO_RECORD = """/* judging.drawn_to_record */
SELECT a.session_id, a.station, ae.entry_id FROM attempt a JOIN attempt_entry ae ON ae.attempt_id = a.id
JOIN judging_session s ON s.id = a.session_id WHERE a.draw_id = $1 ORDER BY s.position, a.station
"""
COMMITTED_DRAW = """/* judging.committed_draw */
SELECT payload->>'commitment' AS commitment, payload->>'list' AS list FROM ledger
WHERE season_id = $1 AND chain = $2 AND kind = 'draw.committed' AND subject = $3
"""


async def record_of_draw(db: Db, actor: Actor, draw_id: UUID) -> DrawRecord:
    """The draw of an item without layers as a document. Raises not_found, draw_is_blind where layers hold the records."""
    async with db.reading() as connection:
        draw = await connection.fetchrow(DRAW_TO_RECORD, draw_id)
        if draw is None:
            raise Problem("not_found")
        item = await item_scope(connection, draw["item_id"])
        actor.require("draw.read", item.scope)
        if item.blind_layers:
            raise Problem("draw_is_blind", layers=item.blind_layers)
        rows = await connection.fetch(DRAWN_TO_RECORD, draw_id)
        told = await connection.fetchrow(COMMITTED_DRAW, item.season_id, item.item_id, draw_id)
    result = tuple(
        (f"{encode_id('session', row['session_id'])} {row['station']}", encode_id("entry", row["entry_id"]))
        for row in rows
    )
    outputs, inputs = tuple(each for each, _ in result), tuple(sorted(each for _, each in result))
    return DrawRecord(
        algorithm=draw["algorithm"],
        about=f"{encode_id('item', item.item_id)} {draw['number']}",
        commitment=told["commitment"] if told else None,
        list_hash=told["list"] if told else list_hash(inputs, outputs).hex(),
        inputs=inputs,
        outputs=outputs,
        seed=draw["seed"].hex(),
        result=result,
        result_hash=draw["result_hash"].hex(),
    )


ENTRANTS = """/* judging.entrants_of_list */
SELECT e.id, e.number, string_agg(pv.name, '、' ORDER BY m.position) AS name, d.name_zh AS delegation
FROM entry e
LEFT JOIN entry_member m ON m.entry_id = e.id AND m.role = 'contestant' AND m.active
LEFT JOIN person_version pv ON pv.id = m.person_version_id
LEFT JOIN delegation d ON d.id = e.delegation_id
WHERE e.id = ANY ($1::uuid[]) GROUP BY e.id, d.name_zh
"""


async def lines_of(
    connection: Connection, item: ItemScope, layer: int, pairs: Iterable[tuple[str, str]]
) -> tuple[LayerLine, ...]:
    """The links of a layer as they are printed. Only the first layer's list names people; its officer meets them anyway."""
    pairs = list(pairs)
    entrants = {}
    if layer == 1:
        asked = [parse_id("entry", each) for _, each in pairs]
        entrants = {encode_id("entry", row["id"]): row for row in await connection.fetch(ENTRANTS, asked)}
    return tuple(_line(item, layer, output, each, entrants.get(each)) for output, each in pairs)


def _line(item: ItemScope, layer: int, output: str, each: str, entrant: asyncpg.Record | None) -> LayerLine:
    place = place_of(output) if layer == item.blind_layers else None
    return LayerLine(
        output=output,
        input=each,
        session=place.session if place else None,
        station=place.station if place else None,
        number=entrant["number"] if entrant else None,
        name=entrant["name"] if entrant else None,
        delegation=entrant["delegation"] if entrant else None,
    )
