"""The latest version of a result, and whether the chief judge's signature under it holds."""

from uuid import UUID

from api.access.actor import Actor
from api.contests.scopes import item_scope
from api.control.gates import LAST_SIGN_OFF
from api.control.schemas import SignedVersion
from api.plumbing.db import Connection, Db
from api.plumbing.ids import encode_id
from api.results.boards import touch_board
from api.results.facts import count_facts
from api.results.snapshots import Snapshot, latest_snapshot, lock_board, take_snapshot

# A sheet of somebody who did not come, or was withdrawn, has nobody to sign for.
UNSIGNED = """/* control.unsigned_sheets */
SELECT count(*) FROM sheet s JOIN attempt a ON a.id = s.attempt_id AND NOT a.voided
LEFT JOIN attempt_entry ae ON ae.attempt_id = a.id LEFT JOIN entry e ON e.id = ae.entry_id
WHERE s.item_id = $1 AND s.state <> 'signed' AND (e.id IS NULL OR e.standing = 'present' AND e.state = 'accepted')
"""


async def signed_version(db: Db, actor: Actor, item_id: UUID) -> SignedVersion:
    """The latest version and whether it is signed; facts that came since the last one are a version of their own."""
    async with db.transaction() as connection:
        item = await item_scope(connection, item_id)
        actor.require("standings.read", item.scope)
        latest = await latest_snapshot(connection, item_id, item.season_id)
        if latest is None or latest.facts != await count_facts(connection, item_id, item.season_id):
            await lock_board(connection, item_id)
            latest, _ = await take_snapshot(connection, item_id, item.season_id)
            # Who took the snapshot tells of it: the job that refreshes standings finds nothing new any more.
            await touch_board(connection, item_id)
        return await version_of(connection, item_id, latest)


async def version_of(connection: Connection, item_id: UUID, latest: Snapshot) -> SignedVersion:
    """A version with the last signature, for whoever has been let at it."""
    last = await connection.fetchrow(LAST_SIGN_OFF, item_id)
    return SignedVersion(
        item=encode_id("item", item_id),
        snapshot=latest.number,
        hash=latest.output_hash.hex(),
        complete=bool(latest.standings.rows) and not lacking(latest),
        unsigned=int(await connection.fetchval(UNSIGNED, item_id)),
        signed=last["snapshot"] if last else None,
        signed_hash=last["output_hash"].hex() if last else None,
        by=last["by"] if last else None,
        at=last["at"] if last else None,
        valid=bool(last and last["snapshot"] == latest.number),
        void=bool(last and last["snapshot"] != latest.number),
    )


def lacking(snapshot: Snapshot) -> int:
    """How many results are not complete."""
    return sum(
        row.state == "present" and (not row.complete or row.total is None) for row in snapshot.standings.rows
    )
