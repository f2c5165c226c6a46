"""Numbered standings: computed by `scoring`, appended with the hash of what they were made from."""

import hashlib
from uuid import UUID

import msgspec

from api.plumbing.db import Connection
from api.plumbing.problems import Problem
from api.results.facts import ItemFacts, count_facts, facts_of_item
from scoring import Standings, rank, standings_bytes

# One refresh of an item at a time; a reader of the publication row is not held up.
LOCK_BOARD = """/* results.lock_board */
SELECT season_id, state, snapshot FROM publication WHERE item_id = $1 FOR NO KEY UPDATE
"""

LATEST = """/* results.latest_snapshot */
SELECT number, input_hash, output_hash, facts, complete, body, at FROM standings_snapshot
WHERE season_id = $1 AND item_id = $2 ORDER BY number DESC LIMIT 1
"""

BY_NUMBER = """/* results.snapshot_by_number */
SELECT number, input_hash, output_hash, facts, complete, body, at FROM standings_snapshot
WHERE season_id = $1 AND item_id = $2 AND number = $3
"""

APPEND = """/* results.append_snapshot */
INSERT INTO standings_snapshot (season_id, item_id, number, input_hash, output_hash, facts, complete, entries, body)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
"""


# A rank that moved is shown as moved for a minute, whoever looks and however many standings came in between.
MINUTE_BEFORE = """/* results.minute_before */
SELECT number, body, output_hash, facts FROM standings_snapshot
WHERE season_id = (SELECT season_id FROM publication WHERE item_id = $1) AND item_id = $1 AND number < $2
  AND at <= (SELECT at - interval '1 minute' FROM standings_snapshot WHERE item_id = $1 AND number = $2)
ORDER BY number DESC LIMIT 1
"""


class Snapshot(msgspec.Struct, frozen=True):
    """One standing with its number. `fragment` is the start of the hash, as pages and paper show it."""

    number: int
    standings: Standings
    output_hash: bytes
    facts: int

    @property
    def fragment(self) -> str:
        """The start of the hash that names this standing."""
        return fragment_of(self.output_hash)


def fragment_of(digest: bytes) -> str:
    """Eight digits of a hash in two groups: 7F3A-91C0."""
    digits = digest.hex()[:8].upper()
    return f"{digits[:4]}-{digits[4:]}"


async def lock_board(connection: Connection, item_id: UUID) -> tuple[UUID, str, int | None]:
    """Take the item's publication row: (season, state, snapshot number). Raises not_found."""
    row = await connection.fetchrow(LOCK_BOARD, item_id)
    if row is None:
        raise Problem("not_found")
    return row["season_id"], row["state"], row["snapshot"]


async def take_snapshot(connection: Connection, item_id: UUID, season_id: UUID) -> tuple[Snapshot, bool]:
    """The standing of the facts as they are now, and whether it is new. The caller holds the board's lock."""
    latest = await latest_snapshot(connection, item_id, season_id)
    if latest is not None and latest.facts == await count_facts(connection, item_id, season_id):
        return latest, False
    facts = await facts_of_item(connection, item_id)
    standings, body, output_hash = _computed(facts)
    if latest is not None and latest.output_hash == output_hash and latest.facts == facts.count:
        return latest, False
    number = latest.number + 1 if latest else 1
    await connection.execute(
        APPEND, season_id, item_id, number, _digest(standings.input_hash), output_hash, facts.count,
        standings.complete, len(standings.rows), body,
    )  # fmt: skip
    return Snapshot(number, standings, output_hash, facts.count), True


async def latest_snapshot(connection: Connection, item_id: UUID, season_id: UUID) -> Snapshot | None:
    """The newest snapshot, if there is one."""
    row = await connection.fetchrow(LATEST, season_id, item_id)
    return None if row is None else _snapshot(row["number"], row["body"], row["output_hash"], row["facts"])


async def snapshot_by_number(connection: Connection, item_id: UUID, season_id: UUID, number: int) -> Snapshot:
    """The snapshot that a publication names."""
    row = await connection.fetchrow(BY_NUMBER, season_id, item_id, number)
    assert row is not None, "a publication names a snapshot that is not there"
    return _snapshot(row["number"], row["body"], row["output_hash"], row["facts"])


async def ranks_before(connection: Connection, item_id: UUID, number: int) -> dict[str, int]:
    """Rank by entry in the standing that was the latest one a minute before standing `number`."""
    row = await connection.fetchrow(MINUTE_BEFORE, item_id, number)
    if row is None:
        return {}
    standings = msgspec.json.decode(row["body"], type=Standings)
    return {each.entry: each.rank for each in standings.rows if each.rank is not None}


async def recomputed_hash(connection: Connection, item_id: UUID) -> bytes:
    """The hash of the standing computed afresh from raw facts: what a published one must equal byte for byte."""
    return _computed(await facts_of_item(connection, item_id))[2]


def _computed(facts: ItemFacts) -> tuple[Standings, bytes, bytes]:
    standings = rank(facts.plan, facts.entries)
    body = standings_bytes(standings)
    return standings, body, hashlib.sha256(body).digest()


def _snapshot(number: int, body: bytes, output_hash: bytes, facts: int) -> Snapshot:
    return Snapshot(number, msgspec.json.decode(body, type=Standings), output_hash, facts)


def _digest(named: str) -> bytes:
    """The bytes behind `sha256:…`, as scoring writes a hash."""
    return bytes.fromhex(named.partition(":")[2])
