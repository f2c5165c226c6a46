"""A contest held for a change: nobody else changes it until the transaction ends."""

from uuid import UUID

from api.access.actor import Actor
from api.contests.queries.contests import contest_by_id
from api.contests.schemas import Contest
from api.contests.scopes import ContestScope, contest_scope
from api.plumbing.db import Connection
from api.plumbing.problems import Problem

HOLD_CONTEST = """/* contests.hold_contest */
SELECT 1 FROM contest WHERE id = $1 FOR UPDATE
"""


async def hold_contest(
    connection: Connection, actor: Actor, right: str, contest_id: UUID, base_rev: int | None
) -> tuple[ContestScope, Contest]:
    """The contest, held for a change, after right and version have been checked. Raises not_found, stale."""
    await connection.execute(HOLD_CONTEST, contest_id)
    found = await contest_scope(connection, contest_id)
    actor.require(right, found.scope)
    now = await contest_by_id(connection, contest_id)
    if base_rev is not None and now.rev != base_rev:
        raise Problem("stale", current=now)
    return found, now
