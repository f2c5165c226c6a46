"""The draw, as a pure function: who has the seed and the list can replay it, by program or by hand.

Algorithm `sha256-order:1`: each entry's key is SHA-256 of the seed followed by the entry's id as outsiders see it; entries are put in
the order of their keys, and the first takes the first place. Places are in the order of sessions, and of stations in a session.
"""

import hashlib
from collections.abc import Iterable, Sequence
from typing import NamedTuple

ALGORITHM = "sha256-order:1"
SEED_BYTES = 32


class Place(NamedTuple):
    """A station of a session; `session` is its id as outsiders see it."""

    session: str
    station: int


def drawn(seed: bytes, entries: Iterable[str], places: Sequence[Place]) -> list[tuple[Place, str]]:
    """Which entry has which place, in the order of places; places left over stay empty. Raises ValueError where entries are left over."""
    ordered = sorted(set(entries), key=lambda entry: hashlib.sha256(seed + entry.encode()).digest())
    if len(ordered) > len(places):
        raise ValueError(f"{len(ordered)} entries, {len(places)} places")
    return list(zip(places, ordered, strict=False))


def result_hash(algorithm: str, seed: bytes, result: Iterable[tuple[Place, str]]) -> bytes:
    """SHA-256 over algorithm, seed and one line `session station entry` for each entry: what is printed and signed."""
    lines = [algorithm, seed.hex(), *(f"{place.session} {place.station} {entry}" for place, entry in result)]
    return hashlib.sha256("\n".join(lines).encode()).digest()
