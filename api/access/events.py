"""What somebody must answer for outside a contest's ledger: sign-ins, grants, support, looking at full numbers."""

from uuid import UUID

import msgspec
import structlog

from api.plumbing.db import Connection

NOTE_EVENT = """/* access.note_event */
INSERT INTO access_event (account_id, action, subject, contest_id, details, request_id) VALUES ($1, $2, $3, $4, $5, $6)
"""


async def note_event(
    connection: Connection,
    account_id: UUID | None,
    action: str,
    subject: str,
    contest_id: UUID | None = None,
    **details: str,
) -> None:
    """Note it in the act's own transaction. `subject` is an id, never a name or a number of a person."""
    request_id = structlog.contextvars.get_contextvars().get("request_id")
    await connection.execute(
        NOTE_EVENT, account_id, action, subject, contest_id, msgspec.json.encode(details).decode(), request_id
    )
