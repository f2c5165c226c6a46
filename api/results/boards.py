"""What the public sees of an item, edition by edition: told only when it differs from the edition before.

Whoever watches from outside learns nothing from a change that they may not see: no version, no notice and no ETag moves by it.
"""

import hashlib
from typing import Final
from uuid import UUID

import msgspec

from api.live.commands import tell_item
from api.live.schemas import Audience
from api.plumbing.db import Connection
from api.plumbing.ids import encode_id
from api.results.queries import board_for_anybody
from api.results.schemas import Board
from api.results.snapshots import lock_board

LAST_EDITION = """/* results.last_edition */
SELECT p.season_id, p.state, p.frozen, e.number, e.after_hash,
       (SELECT max(number) FROM standings_snapshot s WHERE s.season_id = p.season_id AND s.item_id = p.item_id) AS standing
FROM publication p
LEFT JOIN LATERAL (
    SELECT number, after_hash FROM board_edition WHERE season_id = p.season_id AND item_id = p.item_id ORDER BY number DESC LIMIT 1
) e ON true
WHERE p.item_id = $1
"""

APPEND_EDITION = """/* results.append_edition */
INSERT INTO board_edition (season_id, item_id, number, audience, snapshot, before_hash, after_hash)
VALUES ($1, $2, $3, $4, $5, $6, $7)
"""

# Carries no result, only a number.
NOTIFY_BOARD = """/* results.notify_board */
WITH touched AS (
    UPDATE publication SET board_version = board_version + 1 WHERE item_id = $1 RETURNING board_version
)
SELECT pg_notify('board', $1::text || ':' || board_version) FROM touched
"""

ANYBODY: Final[tuple[Audience, ...]] = ("public", "unit", "org")


class Edition(msgspec.Struct, frozen=True):
    """What a notice says of a new edition: never a row, never a name. Hashes are of the board's JSON."""

    item: str
    number: int
    audience: str
    version: int | None
    judged: int
    to_judge: int
    before: str | None
    after: str
    href: str


class StandingNotice(msgspec.Struct, frozen=True):
    """What those who run the item are told of a change, seen by the public or not."""

    item: str
    standing: int | None
    state: str
    frozen: bool


async def touch_board(connection: Connection, item_id: UUID) -> None:
    """Tell who may see it that an item's board has changed; they are told when this transaction commits."""
    # Before anything is read: what is read in the statement that waits for a lock may be out of date.
    await lock_board(connection, item_id)
    last = await connection.fetchrow(LAST_EDITION, item_id)
    assert last is not None
    board = await board_for_anybody(connection, item_id)
    body = b"" if board is None else msgspec.json.encode(board)
    after = hashlib.sha256(body).digest()
    if after != last["after_hash"]:
        number = (last["number"] or 0) + 1
        before: bytes | None = last["after_hash"]
        await connection.execute(
            APPEND_EDITION, last["season_id"], item_id, number, board.audience if board else "none",
            board.version if board else None, before, after,
        )  # fmt: skip
        await connection.execute(NOTIFY_BOARD, item_id)
        if board is not None:
            await tell_item(connection, item_id, ANYBODY, "board", _edition(board, number, before, after))
    item = encode_id("item", item_id)
    notice = StandingNotice(item, last["standing"], last["state"], last["frozen"])
    await tell_item(connection, item_id, ("org",), "standings", notice)


def _edition(board: Board, number: int, before: bytes | None, after: bytes) -> Edition:
    return Edition(
        item=board.item,
        number=number,
        audience=board.audience,
        version=board.version,
        judged=board.judged,
        to_judge=board.to_judge,
        before=before.hex() if before else None,
        after=after.hex(),
        href=f"/api/v1/public/rankings/{board.item}",
    )
