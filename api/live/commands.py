"""Telling what happened."""

from uuid import UUID

import msgspec

from api.live.schemas import Audience
from api.plumbing.db import Connection, Db
from api.plumbing.ids import encode_id

TELL_CONTEST = "/* live.tell_contest */ SELECT append_live_event($1, $2, $3, $4, $5)"

TELL_ITEM = "/* live.tell_item */ SELECT append_item_event($1, $2, $3, $4)"

FORGET = "/* live.forget */ SELECT forget_live_events()"


async def tell_contest(
    connection: Connection,
    contest_id: UUID,
    audiences: tuple[Audience, ...],
    kind: str,
    notice: msgspec.Struct,
    item_id: UUID | None = None,
) -> None:
    """Note an event in the transaction of the change; it is told if and only if that commits.

    `notice` names what changed and its number; nothing stands in it that one of the audiences may not know.
    """
    body = msgspec.json.encode(notice).decode()
    await connection.execute(TELL_CONTEST, contest_id, list(audiences), kind, item_id, body)


async def tell_item(
    connection: Connection, item_id: UUID, audiences: tuple[Audience, ...], kind: str, notice: msgspec.Struct
) -> None:
    """The same in every contest that takes the item's results."""
    await connection.execute(TELL_ITEM, item_id, list(audiences), kind, msgspec.json.encode(notice).decode())


class NewMarks(msgspec.Struct, frozen=True):
    """That marks have come in, and nothing of them."""

    item: str


async def tell_marks(db: Db, item_id: UUID) -> None:
    """Tell those who watch a session that marks have come in; whose and where they ask with their own rights.

    A notice, not a fact: it waits for no disk, and is gone with the machine that did.
    """
    async with db.transaction() as connection:
        await connection.execute("SET LOCAL synchronous_commit = off")
        await tell_item(connection, item_id, ("judge", "org"), "marks", NewMarks(encode_id("item", item_id)))


async def forget_events(db: Db) -> None:
    """Drop what is too old to be asked for."""
    async with db.reading() as connection:
        await connection.execute(FORGET)
