"""Devices: tablets on which a judge's PIN counts, each for one contest."""

from uuid import UUID

from api.access.actor import Actor
from api.access.authentication import token_hash
from api.access.authority import scope_of
from api.access.events import note_event
from api.access.schemas import DeviceView, EnrolDevice
from api.access.views import device_view
from api.plumbing.db import Connection, Db
from api.plumbing.ids import encode_id, parse_id
from api.plumbing.problems import Problem
from api.plumbing.texts import clean_text

ENROL = """/* access.enrol_device */
INSERT INTO device (secret_hash, name, contest_id, enrolled_by) VALUES ($1, $2, $3, $4) RETURNING id
"""


async def add_device(connection: Connection, by: UUID, contest_id: UUID, name: str, secret: str) -> UUID:
    """Write a device that somebody may enrol, with its event. Raises invalid_fields for a name that is none."""
    shown = clean_text(name, "/name", 60)
    device_id: UUID = await connection.fetchval(ENROL, token_hash(secret), shown, contest_id, by)
    await note_event(connection, by, "device_enrolled", encode_id("device", device_id), contest_id)
    return device_id


async def enrol_device(db: Db, actor: Actor, data: EnrolDevice, secret: str) -> DeviceView:
    """Make the browser that will hold `secret` a device of the contest. Raises not_found, invalid_fields."""
    contest_id = parse_id("contest", data.contest_id)
    async with db.transaction() as connection:
        actor.require("device.enrol", await scope_of(connection, "contest", contest_id))
        device_id = await add_device(connection, actor.account_id, contest_id, data.name, secret)
        return await device_view(connection, device_id)


REVOKE = """/* access.revoke_device */
UPDATE device SET revoked_at = now() WHERE id = $1 AND revoked_at IS NULL RETURNING contest_id
"""


async def revoke_device(db: Db, actor: Actor, device_id: UUID) -> None:
    """A tablet is lost: no PIN counts on it any more, and what was signed in on it ends. Raises not_found."""
    async with db.transaction() as connection:
        contest_id = await connection.fetchval(REVOKE, device_id)
        if contest_id is None:
            raise Problem("not_found")
        actor.require("device.enrol", await scope_of(connection, "contest", contest_id))
        await note_event(
            connection, actor.account_id, "device_revoked", encode_id("device", device_id), contest_id
        )
