"""Where an item stands with its layers: which round, and what of it is drawn. Whoever decides by it holds the layers first."""

from uuid import UUID

from api.plumbing.db import Connection
from api.plumbing.problems import Problem

HOLD_LAYERS = """/* judging.hold_layers */
SELECT pg_advisory_xact_lock(hashtextextended('layers:' || $1, 0))
"""

ROUND_OF_ITEM = """/* judging.round_of_item */
SELECT coalesce(max(number), 1) FROM layer_round WHERE item_id = $1
"""

LAYERS_DRAWN = """/* judging.layers_drawn */
SELECT layer, by_account FROM layer_draw WHERE item_id = $1 AND round = $2 ORDER BY layer
"""

ANY_OPENED = """/* judging.any_layer_opened */
SELECT EXISTS (SELECT FROM layer_opening WHERE item_id = $1)
"""

IS_DECODED = """/* judging.item_is_decoded */
SELECT item_is_decoded($1)
"""


async def hold_layers(connection: Connection, item_id: UUID) -> None:
    """Until the end of the transaction nobody else draws, voids or opens a layer of this item."""
    await connection.execute(HOLD_LAYERS, str(item_id))


async def round_of_item(connection: Connection, item_id: UUID) -> int:
    """The current round: 1, and one more for each time that all layers were voided."""
    return int(await connection.fetchval(ROUND_OF_ITEM, item_id))


async def layers_drawn(connection: Connection, item_id: UUID, number: int) -> dict[int, UUID]:
    """Layers that are drawn in a round, with who drew them."""
    rows = await connection.fetch(LAYERS_DRAWN, item_id, number)
    return {row["layer"]: row["by_account"] for row in rows}


async def require_sealed(connection: Connection, item_id: UUID) -> None:
    """Raise layer_opened_already: whose work it was may be known by now, so that nothing is marked any more."""
    if await connection.fetchval(ANY_OPENED, item_id):
        raise Problem("layer_opened_already")


async def is_decoded(connection: Connection, item_id: UUID) -> bool:
    """Whether it is known of every place who worked there."""
    return bool(await connection.fetchval(IS_DECODED, item_id))
