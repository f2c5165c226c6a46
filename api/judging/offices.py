"""Who holds an office at a layer now: asked of the database, because a second person has no session of their own here."""

from typing import Literal
from uuid import UUID

from api.contests.scopes import ItemScope
from api.plumbing.db import Connection

# A grant of one layer is for that layer only; of a node, for the contests of that node; and a helper from above is nobody here.
HOLDS_OFFICE = """/* judging.holds_office */
SELECT EXISTS (
    SELECT FROM access_grant g JOIN account a ON a.id = g.account_id AND a.disabled_at IS NULL
    WHERE g.account_id = $1 AND g.role = $2 AND NOT g.support AND g.revoked_at IS NULL
      AND g.valid_from <= now() AND (g.valid_to IS NULL OR g.valid_to > now())
      AND CASE g.scope_kind
          WHEN 'blind_layer' THEN g.scope_id = $3 AND g.blind_layer = $4
          WHEN 'item' THEN g.scope_id = $3
          WHEN 'contest' THEN g.scope_id = $5
          WHEN 'organisation' THEN g.scope_id = $6
          ELSE false END
)
"""


async def holds_office(
    connection: Connection,
    account_id: UUID,
    role: Literal["encryption_officer", "supervisor"],
    item: ItemScope,
    layer: int,
) -> bool:
    """Whether the account holds the role at this layer of the item."""
    return bool(
        await connection.fetchval(
            HOLDS_OFFICE, account_id, role, item.item_id, layer, item.contest_id, item.host_id
        )
    )
