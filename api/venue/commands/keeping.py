"""On the venue server: how its keeper comes in, and how tablets become devices on which a PIN counts."""

import hmac
from datetime import UTC, datetime, timedelta
from uuid import UUID

from api.access.actor import Actor
from api.access.authentication import token_hash
from api.access.commands.devices import add_device
from api.access.events import note_event
from api.access.secret_texts import new_token
from api.contests.scopes import session_scope
from api.plumbing.crypto import derived_key
from api.plumbing.db import Db
from api.plumbing.ids import encode_id
from api.plumbing.problems import Problem
from api.plumbing.settings import Settings

LINK_HOURS = 12
CODE_LENGTH = 20

LATEST_ORIGIN = """/* venue.latest_origin */
SELECT o.keeper, i.contest_id FROM venue_origin o JOIN judging_session s ON s.id = o.session_id JOIN item i ON i.id = s.item_id
ORDER BY o.at DESC LIMIT 1
"""
ADD_LINK = """/* venue.add_link */
INSERT INTO sign_in_link (token_hash, account_id, target, expires_at) VALUES ($1, $2, $3, $4)
"""


async def keeper_link(db: Db) -> str | None:
    """A link by which whoever fetched the session comes in once; None where no session has come yet."""
    async with db.transaction() as connection:
        origin = await connection.fetchrow(LATEST_ORIGIN)
        if origin is None:
            return None
        token = new_token()
        ends = datetime.now(UTC) + timedelta(hours=LINK_HOURS)
        await connection.execute(ADD_LINK, token_hash(token), origin["keeper"], "/venue", ends)
        await note_event(
            connection, origin["keeper"], "venue_link_made", encode_id("account", origin["keeper"])
        )
    return f"/login/link/{token}"


async def require_keeper(db: Db, actor: Actor, session_id: UUID) -> None:
    """Raise not_found unless the actor may enrol tablets for this session."""
    async with db.reading() as connection:
        actor.require("device.enrol", (await session_scope(connection, session_id)).scope)


def tablet_code(settings: Settings, day: datetime | None = None) -> str:
    """What lets a tablet enrol here: shown by the keeper, good for the day and the next."""
    day = day or datetime.now(UTC)
    key = derived_key(settings.secret_key, "venue-tablets")
    return hmac.digest(key, day.date().isoformat().encode(), "sha256").hex()[:CODE_LENGTH]


async def enrol_tablet(db: Db, settings: Settings, code: str, name: str, secret: str) -> UUID:
    """Make the browser that will hold `secret` a device. Raises not_found for a code that is not of today, invalid_fields."""
    require_code(settings, code)
    async with db.transaction() as connection:
        origin = await connection.fetchrow(LATEST_ORIGIN)
        if origin is None:
            raise Problem("not_found")
        return await add_device(connection, origin["keeper"], origin["contest_id"], name, secret)


def require_code(settings: Settings, code: str) -> None:
    """Raise not_found unless it is the code of today or of the day before."""
    now = datetime.now(UTC)
    good = [tablet_code(settings, now), tablet_code(settings, now - timedelta(days=1))]
    if not any(hmac.compare_digest(each.encode(), code.encode()) for each in good):
        raise Problem("not_found")
