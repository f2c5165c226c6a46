"""Theory marks as they stand."""

from uuid import UUID

from api.access.actor import Actor
from api.contests.scopes import item_scope
from api.judging.queries.draws import require_apart
from api.judging.schemas import TheoryMark
from api.organisations.parameters import cursor_id
from api.plumbing.db import Db
from api.plumbing.ids import encode_id
from api.plumbing.paging import Page, decode_cursor, page_of

THEORY_MARKS = """/* judging.theory_marks */
SELECT e.id, e.number, t.node, t.state, t.value, t.rev, t.reason, t.received_at
FROM (
    SELECT DISTINCT ON (entry_id, node) entry_id, node, state, value, rev, reason, received_at FROM theory_mark
    WHERE season_id = $1 AND item_id = $2 AND ($3::uuid IS NULL OR (entry_id, node) > ($3, $4))
    ORDER BY entry_id, node, rev DESC
) t
JOIN entry e ON e.id = t.entry_id
ORDER BY t.entry_id, t.node LIMIT $5
"""


async def theory_marks_of_item(
    db: Db, actor: Actor, item_id: UUID, limit: int, cursor: str | None
) -> Page[TheoryMark]:
    """The current theory marks of an item. Raises not_found; and for those who mark a blind item, until it is decoded: numbers and
    entries are joinable."""
    after = decode_cursor(cursor, 2)
    async with db.reading() as connection:
        item = await item_scope(connection, item_id)
        await require_apart(connection, actor, "theory.read", item)
        entry, node = (None, None) if after is None else (cursor_id("entry", after[0]), after[1])
        rows = await connection.fetch(THEORY_MARKS, item.season_id, item_id, entry, node, limit + 1)
    marks = [
        TheoryMark(
            entry=encode_id("entry", row["id"]),
            number=row["number"],
            node=row["node"],
            state=row["state"],
            value=row["value"],
            rev=row["rev"],
            reason=row["reason"],
            received_at=row["received_at"],
        )
        for row in rows
    ]
    return page_of(marks, limit, [[mark.entry, mark.node] for mark in marks])
