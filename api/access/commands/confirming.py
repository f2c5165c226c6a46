"""Once more, before somebody answers for something: the PIN of who came in by badge."""

from uuid import UUID

from api.access import passwords
from api.access.actor import Actor
from api.access.attempts import count_attempt, forget_attempts
from api.plumbing.db import Db
from api.plumbing.problems import Problem

PIN_OF_SESSION = """/* access.pin_of_session */
SELECT a.pin_hash, s.device_id FROM sign_in_session s JOIN account a ON a.id = s.account_id WHERE s.id = $1
"""


def asks_pin(actor: Actor) -> bool:
    """Whether there is a PIN to ask for: a password or a link has none."""
    return actor.session_kind == "judge"


async def confirm_pin(db: Db, actor: Actor, pin: str | None) -> None:
    """Ask who came in by badge for the PIN again; wrong ones count as at the door. Raises pin_wrong, sign_in_locked."""
    if not asks_pin(actor):
        return
    async with db.reading() as connection:
        kept = await connection.fetchrow(PIN_OF_SESSION, actor.session_id)
    device: UUID | None = kept["device_id"] if kept else None
    subjects = [f"pin:{actor.account_id}", *([f"device:{device}"] if device else [])]
    await count_attempt(db, *subjects)
    if not await passwords.matches(kept["pin_hash"] if kept else None, pin or ""):
        raise Problem("pin_wrong")
    await forget_attempts(db, *subjects)
