"""On the venue server: take in a session that was handed out to it. One transaction: after a kill it is there whole or not at all."""

import hashlib
from datetime import UTC, datetime
from uuid import UUID

import asyncpg
import msgspec

from api.access.secret_texts import cipher_of
from api.judging.schemas import SessionState
from api.plumbing.db import Connection, Db
from api.plumbing.problems import Problem
from api.plumbing.settings import Settings
from api.venue.bundles import Sealed, public_bytes, unseal
from api.venue.commands import framing
from api.venue.commands.bringing import FROM_VENUE
from api.venue.commands.taking import move_to, take_facts, unfit
from api.venue.keys import own_key
from api.venue.schemas import SessionBundle
from scoring import Plan, plan_hash

ORIGINS = """/* venue.origins_of_session */
SELECT handout_id, number, bundle_hash FROM venue_origin WHERE session_id = $1 ORDER BY number DESC
"""
KNOWN_CENTRE = "/* venue.known_centre */ SELECT centre_key FROM venue_origin ORDER BY at DESC LIMIT 1"
ADD_ORIGIN = """/* venue.add_origin */
INSERT INTO venue_origin (handout_id, session_id, number, keeper, centre_key, pairing_cipher, bundle_hash, ledger_from)
VALUES ($1, $2, $3, $4, $5, $6, $7, coalesce((SELECT seq FROM ledger_head WHERE chain = $8), 0))
"""
STATE = "/* venue.state_here */ SELECT state FROM judging_session WHERE id = $1"
PAIRING_CONTEXT = "venue-pairing:{}"


class Arrived(msgspec.Struct, frozen=True, kw_only=True):
    """What the person at the laptop is told. `centre` is the fingerprint of the key that signed; `again`: it was here already;
    `without_badge`: judges of the panel who cannot sign in here, because the bundle has no badge or no PIN of theirs."""

    session_id: UUID
    name_zh: str
    item_zh: str
    stations: int
    judges: int
    without_badge: tuple[str, ...]
    marks: int
    number: int
    made_at: datetime
    centre_key: bytes
    again: bool


async def venue_key(db: Db, settings: Settings) -> bytes:
    """By what the centre knows this venue server."""
    async with db.transaction() as connection:
        return public_bytes(await own_key(connection, settings))


async def take_in(db: Db, settings: Settings, content: bytes, session_id: UUID | None = None) -> Arrived:
    """Take a session bundle in; the same one again changes nothing. `session_id`: which session it has to be.

    Raises the faults of a bundle (see `unseal`), venue_wrong_session, venue_wrong_centre, venue_old_handout, venue_facts_differ.
    """
    sealed = unseal(content, "session")
    head = sealed.head
    if session_id is not None and head.session != session_id:
        raise Problem("venue_wrong_session")
    async with db.transaction() as connection:
        # One bundle after the other, however many come in.
        await connection.execute("SELECT pg_advisory_xact_lock(hashtextextended('venue.take_in', 0))")
        await _require_centre(connection, bytes.fromhex(head.key))
        origins = await connection.fetch(ORIGINS, head.session)
        if origins and origins[0]["number"] > head.number:
            raise Problem("venue_old_handout", number=head.number, latest=origins[0]["number"])
        bundle = sealed.body(SessionBundle)
        again = bool(origins and origins[0]["handout_id"] == head.handout)
        if again:
            # Over a link the bundle is made for this answer.
            await framing.renew_badges(connection, bundle, fresh=session_id is not None)
        else:
            await _build(connection, settings, sealed, bundle)
    return _arrived(sealed, bundle, again=again)


async def _require_centre(connection: Connection, key: bytes) -> None:
    """A venue server belongs to one centre: the first whose bundle it took."""
    known = await connection.fetchval(KNOWN_CENTRE)
    if known is not None and known != key:
        raise Problem("venue_wrong_centre")


async def _build(connection: Connection, settings: Settings, sealed: Sealed, bundle: SessionBundle) -> None:
    head = sealed.head
    plan = msgspec.json.decode(bundle.plan, type=Plan)
    if (
        plan_hash(plan).removeprefix("sha256:") != bundle.plan_hash
        or framing.id_of(bundle.session) != head.session
    ):
        raise Problem("venue_bundle_broken")
    # A setting, so that the guard lets in what was decided at the centre.
    await connection.execute("SELECT set_config($1, $2, true)", FROM_VENUE, str(head.handout))
    try:
        await framing.build(connection, bundle)
    except (asyncpg.IntegrityConstraintViolationError, asyncpg.DataError) as error:
        raise unfit("场次的框架", "the frame of the session") from error
    await take_facts(connection, head.session, bundle.facts)
    state: SessionState = await connection.fetchval(STATE, head.session)
    await move_to(connection, head.session, state, bundle.facts.state)
    pairing = None
    if bundle.pairing_seed is not None:
        context = PAIRING_CONTEXT.format(head.handout)
        pairing = cipher_of(settings.secret_key).encrypt(bundle.pairing_seed, context)
    await connection.execute(
        ADD_ORIGIN, head.handout, head.session, head.number, bundle.keeper, bytes.fromhex(head.key), pairing, sealed.hash,
        framing.id_of(bundle.item),
    )  # fmt: skip


def _arrived(sealed: Sealed, bundle: SessionBundle, *, again: bool) -> Arrived:
    let_in = {person.id for person in bundle.people if person.badge_hash and person.pin_hash}
    panel = [judge for judge in bundle.judges if judge.position is not None]
    return Arrived(
        session_id=sealed.head.session,
        name_zh=str(bundle.session["name_zh"]),
        item_zh=str(bundle.item["name_zh"]),
        stations=len(bundle.places),
        judges=len(panel),
        without_badge=tuple(judge.code for judge in panel if judge.account_id not in let_in),
        marks=sum(sheet.seq for sheet in bundle.facts.sheets),
        number=sealed.head.number,
        made_at=sealed.head.made_at,
        centre_key=bytes.fromhex(sealed.head.key),
        again=again,
    )


def file_name(content: bytes) -> str:
    """A name for a bundle's file, of its kind and bytes."""
    head = content.partition(b"\n")[0]
    kind = "facts" if b'"kind":"facts"' in head else "session"
    stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M")
    return f"venue-{kind}-{stamp}-{hashlib.sha256(content).hexdigest()[:6]}.sbq"
