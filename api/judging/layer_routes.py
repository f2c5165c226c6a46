"""JSON handlers of blind numbers. None keeps its answer for a repeated request: two of them carry the codes of a seal."""

from typing import Any

from litestar import Request, Response, get, post
from litestar.datastructures import State
from litestar.params import FromPath, JSONBody

from api.access.sessions import caller_of
from api.dependencies import FromActor, FromDb
from api.judging.commands import layers, openings
from api.judging.layer_schemas import (
    CommitLayer,
    CommittedLayer,
    DrawLayer,
    LayerList,
    Layers,
    OpenLayer,
    ReadLayer,
)
from api.judging.queries import layers as queries
from api.plumbing.ids import parse_id
from scoring.draws import DrawRecord

NOT_KEPT = {"Cache-Control": "no-store"}


@get("/items/{item_id:str}/layers", opt={"right": "draw.read"})
async def show_layers(db: FromDb, actor: FromActor, item_id: FromPath[str]) -> Response[Layers]:
    """How far the layers of a blind item are. Nothing in it joins two numbers."""
    found = await queries.layers_of_item(db, actor, parse_id("item", item_id))
    return Response(found, headers=NOT_KEPT)


@post("/items/{item_id:str}/layers", opt={"right": "layer.draw"})
async def commit_layer(
    db: FromDb, actor: FromActor, item_id: FromPath[str], data: JSONBody[CommitLayer]
) -> Response[CommittedLayer]:
    """Commit to the next layer. The two codes are in this answer and nowhere else; without them commit again before you draw."""
    del data
    committed = await layers.commit_layer(db, actor, parse_id("item", item_id))
    return Response(
        committed, headers={**NOT_KEPT, "Location": f"/api/v1/layers/{committed.layer.id}/record"}
    )


@post("/layers/{layer_id:str}/draw", opt={"right": "layer.draw"})
async def draw_layer(
    db: FromDb, actor: FromActor, layer_id: FromPath[str], data: JSONBody[DrawLayer]
) -> Response[LayerList]:
    """Draw the layer that you committed to. A repeated request is told layer_drawn; read the list with the code."""
    listed = await layers.draw_layer(db, actor, parse_id("layer", layer_id), data)
    return Response(listed, headers=NOT_KEPT)


@post("/layers/{layer_id:str}/reading", opt={"right": "layer.draw"}, status_code=200)
async def read_layer(
    db: FromDb, actor: FromActor, layer_id: FromPath[str], data: JSONBody[ReadLayer]
) -> Response[LayerList]:
    """Your own list once more, with your code. The ledger says that it was read."""
    listed = await layers.read_layer(db, actor, parse_id("layer", layer_id), data)
    return Response(listed, headers=NOT_KEPT)


@post("/layers/{layer_id:str}/opening", opt={"right": "layer.open"})
async def open_layer(
    request: Request[Any, Any, State],
    db: FromDb,
    actor: FromActor,
    state: State,
    layer_id: FromPath[str],
    data: JSONBody[OpenLayer],
) -> Response[LayerList]:
    """Open a layer: officer and supervisor, each with their own PIN or password, and the code. The last layer is opened first."""
    opened = await openings.open_layer(
        db, state.desk.nudges, caller_of(request), actor, parse_id("layer", layer_id), data
    )
    return Response(opened, headers=NOT_KEPT)


@get("/layers/{layer_id:str}/record", opt={"right": "draw.read"})
async def show_layer_record(db: FromDb, actor: FromActor, layer_id: FromPath[str]) -> Response[DrawRecord]:
    """The layer as `shibaiqian draw verify` reads it; seed and result once it is opened."""
    record = await queries.record_of_layer(db, actor, parse_id("layer", layer_id))
    return Response(record, headers=NOT_KEPT)


@get("/draws/{draw_id:str}/record", opt={"right": "draw.read"})
async def show_draw_record(db: FromDb, actor: FromActor, draw_id: FromPath[str]) -> Response[DrawRecord]:
    """The draw of an item without layers as `shibaiqian draw verify` reads it."""
    record = await queries.record_of_draw(db, actor, parse_id("draw", draw_id))
    return Response(record, headers=NOT_KEPT)


ROUTES: list[Any] = [
    show_layers,
    commit_layer,
    draw_layer,
    read_layer,
    open_layer,
    show_layer_record,
    show_draw_record,
]
