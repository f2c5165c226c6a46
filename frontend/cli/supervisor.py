"""Keeps the processes of an installation alive: begins them again when they die, ends them all when it ends."""

import contextlib
import os
import signal
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Protocol

import psutil

from api.servers import Engine, EngineError
from api.servers.processes import Ending, begin, end

# Every child carries the name of its data folder, so that leftovers are known without trusting an old process number.
MARK = "SHIBAIQIAN_SUPERVISED"
_ENDINGS: Sequence[Ending] = ((signal.SIGTERM, 10.0), (signal.SIGKILL, 5.0))
# At once, then slower, never slower than two seconds: a venue waits for it.
_PAUSES = (0.0, 0.25, 0.5, 1.0, 2.0)
_HEALTHY_AFTER = 5.0


class Unit(Protocol):
    """One process to keep alive."""

    name: str

    def alive(self) -> bool: ...

    def revive(self) -> None: ...


class Child:
    """A program of ours in a process group of its own, with a log of its own."""

    def __init__(self, name: str, argv: Sequence[str], environment: Mapping[str, str], data: Path) -> None:
        self.name = name
        self.argv = argv
        self.environment = {**environment, MARK: str(data.resolve())}
        self.log = data / "logs" / f"{name}.log"
        self.process: psutil.Popen | None = None

    def revive(self) -> None:
        self.sweep()
        descriptor = os.open(self.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(descriptor, "ab") as log:
            self.process = begin(self.argv, cwd=Path.cwd(), env=self.environment, log=log)

    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def ask_to_end(self) -> None:
        if self.process is not None:
            with contextlib.suppress(psutil.NoSuchProcess):
                self.process.terminate()

    def stop(self) -> None:
        if self.process is not None:
            end(self.process, _ENDINGS)
            self.sweep()
            self.process = None

    def sweep(self) -> None:
        """End what a dead child left of its process group."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)


class EngineUnit:
    """An embedded server as a unit; it comes back on the port that its clients know."""

    def __init__(self, engine: Engine) -> None:
        self.name = engine.name
        self.engine = engine

    def alive(self) -> bool:
        return self.engine.alive()

    def revive(self) -> None:
        self.engine.begin(keep_port=True)


class Supervisor:
    """Tends units until told to stop."""

    def __init__(self, units: Sequence[Unit], say: Callable[[str], None]) -> None:
        self.units = units
        self.say = say
        self._began = {unit.name: 0.0 for unit in units}
        self._failures = dict.fromkeys(self._began, 0)
        self._due: dict[str, float] = {}

    def watch(self, signals: "StopSignals") -> None:
        signals.watching = True
        while not signals.received:
            self.tend(time.monotonic())
            time.sleep(0.1)

    def tend(self, now: float) -> None:
        """Begin again what is dead and due; `now` in seconds of any steady clock."""
        for unit in self.units:
            if unit.alive():
                if now - self._began[unit.name] >= _HEALTHY_AFTER:
                    self._failures[unit.name] = 0
                continue
            if unit.name not in self._due:
                failures = self._failures[unit.name]
                self._due[unit.name] = now + _PAUSES[min(failures, len(_PAUSES) - 1)]
                self._failures[unit.name] = failures + 1
            if now >= self._due[unit.name]:
                del self._due[unit.name]
                self._revive(unit, now)

    def _revive(self, unit: Unit, now: float) -> None:
        self.say(f"{unit.name} had stopped; starting it again.")
        self._began[unit.name] = now
        try:
            unit.revive()
        except (EngineError, OSError) as error:
            self.say(f"{unit.name} did not start: {error}")


def stop_all(children: Sequence[Child]) -> None:
    for child in reversed(children):
        child.ask_to_end()
    for child in reversed(children):
        child.stop()


def stop_leftovers(data: Path) -> list[int]:
    """End the children that a killed supervisor of this data folder left behind; gives their process numbers."""
    left = list(_supervised(data))
    for process in left:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.terminate()
    for process in left:
        end(process, _ENDINGS)
    return [process.pid for process in left]


def _supervised(data: Path) -> Iterator[psutil.Process]:
    folder = str(data.resolve())
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.NoSuchProcess, psutil.AccessDenied):
            if process.pid != os.getpid() and process.environ().get(MARK) == folder:
                yield process


class StopSignals:
    """Ctrl-C, SIGTERM and SIGHUP: the first one ends the start-up or the watch, later ones do not disturb the stopping.

    The flag is a plain one: an Event set in a handler waits for ever when the interrupted thread holds the Event's lock.
    """

    def __init__(self) -> None:
        self.received = False
        self.watching = False

    def __enter__(self) -> "StopSignals":
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._receive)
        return self

    def __exit__(self, *problem: object) -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_DFL if number != signal.SIGINT else signal.default_int_handler)

    @contextlib.contextmanager
    def quiet_on_the_way_out(self) -> Iterator[None]:
        """However the work inside ends, no signal interrupts what is then taken down."""
        try:
            yield
        finally:
            self.received = True

    def _receive(self, number: int, frame: object) -> None:
        first, self.received = not self.received, True
        if first and not self.watching:
            raise KeyboardInterrupt
