"""How fast what has died comes back. Time is given by hand."""

import pytest

from api.servers import EngineError
from frontend.cli.supervisor import Supervisor


class Fragile:
    """A unit that dies whenever the test says so."""

    def __init__(self, name: str = "api") -> None:
        self.name = name
        self.living = True
        self.begun: list[float] = []
        self.now = 0.0
        self.refuses = False

    def alive(self) -> bool:
        return self.living

    def revive(self) -> None:
        self.begun.append(self.now)
        if self.refuses:
            raise EngineError("no room on the disk")
        self.living = True


def tend(unit: Fragile, supervisor: Supervisor, until: float, *, dies_at_once: bool = False) -> None:
    while unit.now < until:
        unit.now = round(unit.now + 0.05, 2)
        supervisor.tend(unit.now)
        unit.living = unit.living and not dies_at_once


def test_a_unit_that_lives_is_left_alone() -> None:
    unit = Fragile()

    tend(unit, Supervisor([unit], lambda text: None), 10)

    assert unit.begun == []


def test_a_unit_that_died_begins_again_at_once() -> None:
    unit = Fragile()
    supervisor = Supervisor([unit], lambda text: None)
    tend(unit, supervisor, 10)

    unit.living = False
    tend(unit, supervisor, 11)

    assert unit.begun == [10.05]


def test_a_unit_that_keeps_dying_is_begun_ever_slower_but_never_slower_than_two_seconds() -> None:
    unit = Fragile()
    unit.living = False

    tend(unit, Supervisor([unit], lambda text: None), 30, dies_at_once=True)

    pauses = [round(after - before, 2) for before, after in zip(unit.begun, unit.begun[1:], strict=False)]
    assert pauses[:4] == pytest.approx([0.3, 0.55, 1.05, 2.05], abs=0.06)
    assert max(pauses) < 2.2


def test_a_unit_that_lived_a_while_is_forgiven() -> None:
    unit = Fragile()
    supervisor = Supervisor([unit], lambda text: None)
    unit.living = False
    tend(unit, supervisor, 5, dies_at_once=True)
    unit.living = True
    tend(unit, supervisor, 20)

    unit.living = False
    tend(unit, supervisor, 20.5)

    assert unit.begun[-1] == 20.05


def test_a_unit_that_cannot_begin_does_not_stop_the_others() -> None:
    broken, sound = Fragile("postgres"), Fragile("worker")
    broken.living = sound.living = False
    broken.refuses = True
    said: list[str] = []

    supervisor = Supervisor([broken, sound], said.append)
    supervisor.tend(1.0)

    assert sound.living
    assert "postgres did not start: no room on the disk" in said
