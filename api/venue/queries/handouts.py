"""Whether a session is at a venue, and what has become of its hand-outs."""

from uuid import UUID

import asyncpg
import msgspec

from api.access.actor import Actor
from api.contests.scopes import session_scope
from api.plumbing.db import Connection, Db
from api.plumbing.ids import encode_id
from api.plumbing.problems import Problem
from api.plumbing.settings import Settings
from api.venue.bundles import fingerprint, public_bytes, seal
from api.venue.keys import own_key, pairing_seed
from api.venue.queries.packing import session_bundle
from api.venue.schemas import Handout, Report, Settlement, VenueState

HANDOUTS = """/* venue.handouts */
SELECT h.session_id, h.number, h.label, b.display_name AS by, h.at, h.venue_key, h.imports, h.ended_at, e.display_name AS ended_by,
       h.reason, h.rev, i.report::text AS report,
       (SELECT coalesce(json_agg(json_build_object('difference', s.difference, 'reason', s.reason, 'by', a.display_name, 'at', s.at)
                                 ORDER BY s.at, s.difference), '[]')::text
        FROM venue_settlement s JOIN account a ON a.id = s.by_account WHERE s.handout_id = h.id) AS settlements
FROM venue_handout h
JOIN account b ON b.id = h.by_account
LEFT JOIN account e ON e.id = h.ended_by
LEFT JOIN LATERAL (SELECT report FROM venue_import WHERE handout_id = h.id ORDER BY position DESC LIMIT 1) i ON true
WHERE h.session_id = $1 ORDER BY h.number DESC
"""

SESSION = """/* venue.session */
SELECT name_zh, name_en, state FROM judging_session WHERE id = $1
"""

WITHOUT_BADGE = """/* venue.judges_without_badge */
SELECT j.code FROM judging_session s JOIN panel_judge pj ON pj.panel_id = s.panel_id JOIN judge j ON j.id = pj.judge_id
JOIN account a ON a.id = j.account_id WHERE s.id = $1 AND (a.badge_hash IS NULL OR a.pin_hash IS NULL) ORDER BY j.code
"""

OPEN = """/* venue.open_handout */
SELECT id, number, venue_key, by_account, at FROM venue_handout WHERE session_id = $1 AND ended_at IS NULL
"""


async def venue_state(db: Db, settings: Settings, actor: Actor, session_id: UUID) -> VenueState:
    """How the session stands between centre and venue. Raises not_found."""
    async with db.reading() as connection:
        place = await session_scope(connection, session_id)
        actor.require("venue.read", place.scope)
        session = await connection.fetchrow(SESSION, session_id)
        handouts = [handout_of(row) for row in await connection.fetch(HANDOUTS, session_id)]
        key = await own_key(connection, settings)
        without_badge = [row["code"] for row in await connection.fetch(WITHOUT_BADGE, session_id)]
    assert session is not None
    return VenueState(
        session=encode_id("session", session_id),
        **session,
        without_badge=tuple(without_badge),
        out=bool(handouts and handouts[0].ended_at is None),
        centre=fingerprint(public_bytes(key)),
        handouts=tuple(handouts),
    )


async def latest_handout(connection: Connection, session_id: UUID) -> Handout:
    """The last hand-out of a session that has one."""
    return handout_of((await connection.fetch(HANDOUTS, session_id))[0])


def handout_of(row: asyncpg.Record) -> Handout:
    """A row of HANDOUTS as the outside sees it."""
    return Handout(
        session=encode_id("session", row["session_id"]),
        number=row["number"],
        label=row["label"],
        by=row["by"],
        at=row["at"],
        venue=None if row["venue_key"] is None else fingerprint(row["venue_key"]),
        imports=row["imports"],
        report=None if row["report"] is None else msgspec.json.decode(row["report"], type=Report),
        ended_at=row["ended_at"],
        ended_by=row["ended_by"],
        reason=row["reason"],
        rev=row["rev"],
        settlements=msgspec.json.decode(row["settlements"], type=tuple[Settlement, ...]),
    )


async def handed_out_bundle(db: Db, settings: Settings, actor: Actor, session_id: UUID) -> tuple[bytes, int]:
    """The signed bundle of the open hand-out, and its number. Raises not_found, session_not_handed_out."""
    # One moment for all of it: what comes back from the venue meanwhile is in it whole or not at all.
    async with db.transaction() as connection:
        await connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        place = await session_scope(connection, session_id)
        actor.require("venue.run", place.scope)
        row = await connection.fetchrow(OPEN, session_id)
        if row is None:
            raise Problem("session_not_handed_out")
        seed = None if row["venue_key"] is not None else pairing_seed(settings, row["id"])
        body = await session_bundle(connection, session_id, row["by_account"], seed)
        key = await own_key(connection, settings)
    content = seal(
        key, "session", body, session=session_id, handout=row["id"], number=row["number"], made_at=row["at"]
    )
    return content, row["number"]
