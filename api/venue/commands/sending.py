"""On the venue server: everything that was recorded since a session came, as one signed bundle. Making it changes nothing but a count."""

from datetime import datetime
from uuid import UUID

import asyncpg
import msgspec

from api.access.secret_texts import cipher_of
from api.plumbing.db import Connection, Db
from api.plumbing.ids import encode_id
from api.plumbing.problems import Problem
from api.plumbing.settings import Settings
from api.venue.bundles import pairing_of, public_bytes, seal
from api.venue.commands.arriving import PAIRING_CONTEXT
from api.venue.keys import own_key
from api.venue.queries.facts import session_facts
from api.venue.schemas import FactsBundle

# The latest hand-out of every session that came here.
ORIGINS = """/* venue.origins */
SELECT DISTINCT ON (o.session_id) o.session_id, o.handout_id, o.number, o.pairing_cipher, o.ledger_from, o.made, s.name_zh, s.state, i.name_zh AS item_name
FROM venue_origin o JOIN judging_session s ON s.id = o.session_id JOIN item i ON i.id = s.item_id
WHERE $1::uuid IS NULL OR o.session_id = $1 ORDER BY o.session_id, o.number DESC
"""
COUNT = "/* venue.count_bundle */ UPDATE venue_origin SET made = made + 1 WHERE handout_id = $1 RETURNING made, now()"


class Held(msgspec.Struct, frozen=True):
    """A session that is judged here."""

    session_id: UUID
    item_name: str
    name_zh: str
    state: str
    number: int


class Outgoing(msgspec.Struct, frozen=True):
    """A bundle of facts, ready to be sent or carried."""

    session: str
    name_zh: str
    content: bytes
    marks: int


async def sessions_held(db: Db) -> list[Held]:
    """Every session that came to this venue server."""
    async with db.reading() as connection:
        rows = await connection.fetch(ORIGINS, None)
    return [
        Held(row["session_id"], row["item_name"], row["name_zh"], row["state"], row["number"]) for row in rows
    ]


async def outgoing(db: Db, settings: Settings, session_id: UUID) -> Outgoing:
    """The facts of one session. Raises venue_nothing_here for one that did not come here."""
    # The number first, in a transaction of its own: a bundle that was begun and never sent costs a number, no fact.
    async with db.transaction() as connection:
        rows = await connection.fetch(ORIGINS, session_id)
        if not rows:
            raise Problem("venue_nothing_here")
        await own_key(connection, settings)
        made = await connection.fetchrow(COUNT, rows[0]["handout_id"])
    assert made is not None
    async with db.transaction() as connection:
        # One moment: marks go on coming in while it is made.
        await connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        facts = await session_facts(connection, session_id, ledger_from=rows[0]["ledger_from"])
        content = await _sealed(
            connection, settings, rows[0], facts=FactsBundle(facts=facts), made=tuple(made)
        )
    return Outgoing(
        session=encode_id("session", session_id),
        name_zh=rows[0]["name_zh"],
        content=content,
        marks=sum(sheet.seq for sheet in facts.sheets),
    )


async def _sealed(
    connection: Connection, settings: Settings, origin: asyncpg.Record, *, facts: FactsBundle, made: tuple[int, datetime]
) -> bytes:  # fmt: skip
    key = await own_key(connection, settings)
    pairing = ""
    if origin["pairing_cipher"] is not None:
        context = PAIRING_CONTEXT.format(origin["handout_id"])
        seed = bytes.fromhex(cipher_of(settings.secret_key).decrypt(origin["pairing_cipher"], context))
        pairing = pairing_of(seed, origin["handout_id"], public_bytes(key))
    number, at = made
    return seal(
        key, "facts", facts, session=origin["session_id"], handout=origin["handout_id"], number=number, made_at=at,
        pairing=pairing,
    )  # fmt: skip
