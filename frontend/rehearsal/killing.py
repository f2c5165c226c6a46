"""When which process is killed, and when a rehearsal is over. Nothing gentler than kill -9; the supervisor brings back what was killed."""

import os
import signal
import time
from pathlib import Path
from random import Random
from typing import Final

import msgspec

from api.servers import EngineError
from frontend.cli.supervisor import EngineUnit, Unit
from frontend.rehearsal.venue import Rehearsal

MARKS_BETWEEN_KILLS: Final = 8
"""So many marks are saved before the next kill, or it would meet an idle product."""
GRACE_SECONDS: Final = 120.0
TURN_SECONDS: Final = 0.05


class Kill(msgspec.Struct, frozen=True):
    """`at` in seconds of the epoch."""

    name: str
    at: float


class Course(msgspec.Struct):
    """What happened. `finished`: every process of robots came to its end by itself, and well."""

    began: float
    kills: list[Kill]
    ended: float = 0.0
    finished: bool = False


def conduct(rehearsal: Rehearsal) -> Course:
    """Kill in a shuffled order, spread over the time; then let the robots finish what they have in hand, and the standings catch up."""
    size = rehearsal.size
    names = [unit.name for unit in rehearsal.units] * size.kills
    Random(size.seed).shuffle(names)  # noqa: S311 - no secret
    began, pause = time.monotonic(), size.minutes * 60 / (len(names) + 1)
    course, saved = Course(time.time(), []), Counting(rehearsal.logs)
    deadline, goal = began + size.minutes * 60 + GRACE_SECONDS, MARKS_BETWEEN_KILLS
    while time.monotonic() < deadline:
        _tend(rehearsal)
        due = began + pause * (len(course.kills) + 1)
        if not names and time.monotonic() >= due:
            break
        unit = _unit(rehearsal, names[-1]) if names else None
        if unit is None or time.monotonic() < due or saved.marks() < goal or not _ready(unit):
            continue
        names.pop()
        _kill(unit)
        course.kills.append(Kill(unit.name, time.time()))
        goal = saved.marks() + MARKS_BETWEEN_KILLS
    rehearsal.over.touch()
    deadline = time.monotonic() + GRACE_SECONDS
    while time.monotonic() < deadline and any(robot.alive() for robot in rehearsal.robots):
        _tend(rehearsal)
    course.ended = time.time()
    course.finished = all(
        robot.process is not None and robot.process.poll() == 0 for robot in rehearsal.robots
    )
    while time.monotonic() < deadline and not all(map(_ready, rehearsal.units)):
        _tend(rehearsal)
    return course


class Counting:
    """How many lines the logs have by now; each byte is read once."""

    def __init__(self, logs: tuple[Path, ...]) -> None:
        self._offsets = dict.fromkeys(logs, 0)
        self._lines = 0

    def marks(self) -> int:
        for log, offset in self._offsets.items():
            if log.exists():
                with log.open("rb") as file:
                    file.seek(offset)
                    fresh = file.read()
                self._offsets[log] = offset + len(fresh)
                self._lines += fresh.count(b"\n")
        return self._lines


def _tend(rehearsal: Rehearsal) -> None:
    rehearsal.supervisor.tend(time.monotonic())
    time.sleep(TURN_SECONDS)


def _unit(rehearsal: Rehearsal, name: str) -> Unit:
    return next(unit for unit in rehearsal.units if unit.name == name)


def _ready(unit: Unit) -> bool:
    """Whether it runs; a server that still recovers is not killed again before it has come back."""
    if not unit.alive():
        return False
    if isinstance(unit, EngineUnit) and unit.engine.process is not None:
        try:
            return unit.engine.ready(unit.engine.process)
        except (EngineError, OSError):
            return False
    return True


def _kill(unit: Unit) -> None:
    process = unit.engine.process if isinstance(unit, EngineUnit) else getattr(unit, "process", None)
    assert process is not None
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
