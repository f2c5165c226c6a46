"""One small rehearsal for all tests of it: real processes, a bad line, and one kill -9 of each."""

from collections.abc import Iterator
from typing import NamedTuple

import pytest

from frontend.rehearsal.killing import Course, conduct
from frontend.rehearsal.venue import Rehearsal, Size, opened

SMALL = Size(stations=4, judges=2, round_of=2, minutes=0.15, kills=1, pace=0.02, seed=4)


class Held(NamedTuple):
    """A rehearsal that has been held; its servers, API and worker still run."""

    rehearsal: Rehearsal
    course: Course


@pytest.fixture(scope="package")
def held(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Held]:
    """Mark and kill, then leave everything as it is."""
    with opened(SMALL, tmp_path_factory.mktemp("venue"), print) as rehearsal:
        yield Held(rehearsal, conduct(rehearsal))
