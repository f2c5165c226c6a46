"""The draw of stations: which entry has which place. How it is drawn stands in `scoring.draws`, where anybody can replay it."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from scoring import draws
from scoring.draws import ALGORITHM, SEED_BYTES

__all__ = ["ALGORITHM", "SEED_BYTES", "Place", "drawn", "place_of", "result_hash"]


class Place(NamedTuple):
    """A station of a session; `session` is its id as outsiders see it."""

    session: str
    station: int

    @property
    def text(self) -> str:
        """The place as it stands in a record: places are in the order of sessions, and of stations in a session."""
        return f"{self.session} {self.station}"


def place_of(text: str) -> Place:
    """The place that a record names."""
    session, _, station = text.rpartition(" ")
    return Place(session, int(station))


def drawn(seed: bytes, entries: Iterable[str], places: Sequence[Place]) -> list[tuple[Place, str]]:
    """Which entry has which place, in the order of places; places left over stay empty. Raises ValueError where entries are left over."""
    result = draws.drawn(seed, entries, [place.text for place in places])
    return [(place, entry) for place, (_, entry) in zip(places, result, strict=False)]


def result_hash(algorithm: str, seed: bytes, result: Iterable[tuple[Place, str]]) -> bytes:
    """SHA-256 over algorithm, seed and one line `session station entry` for each entry: what is printed and signed."""
    pairs = [(place.text, entry) for place, entry in result]
    return draws.result_hash(seed, pairs, algorithm=algorithm)
