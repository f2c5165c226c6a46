"""`demo` answers, says where, survives kills, and leaves no process and no doubt."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from api.servers import DataFolder
from api.servers.processes import lives, living_in
from frontend.cli.answering import health_of
from frontend.cli.supervisor import _supervised

pytestmark = pytest.mark.faults
STAND_IN = Path(__file__).with_name("stand_in_demo.py")
ROOT = STAND_IN.parents[2]


@pytest.fixture
def data() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="shibaiqian-") as name:
        folder = Path(name)
        folder.chmod(0o711)
        yield folder
        kill_all(folder)


@pytest.fixture
def start(data: Path) -> Iterator[Callable[..., "Demo"]]:
    demos: list[Demo] = []

    def start_demo(*options: str) -> Demo:
        demos.append(Demo(data, options))
        return demos[-1]

    yield start_demo
    for demo in demos:
        demo.process.kill()
        demo.process.communicate()


class Demo:
    """A demo that has said it is ready."""

    def __init__(self, data: Path, options: tuple[str, ...]) -> None:
        self.data = data
        self.process = launch(data, *options)
        assert self.process.stdout is not None
        self.line = self.process.stdout.readline()
        self.ready = json.loads(self.line or "{}")

    def stop(self, number: signal.Signals) -> tuple[int, str, str]:
        self.process.send_signal(number)
        rest, errors = self.process.communicate(timeout=60)
        return self.process.returncode, rest, errors


def launch(data: Path, *options: str) -> subprocess.Popen[str]:
    words = [sys.executable, str(STAND_IN), "demo", "--port", "0", "--json", "--data", str(data), *options]
    environment = {
        name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")
    }
    environment["PYTHONPATH"] = str(ROOT)
    return subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)


def processes_of(data: Path) -> dict[psutil.Process, str]:
    """Every process of a demo but its supervisor, by name."""
    servers = [(data / "postgres" / "data", "postgres"), (data / "valkey", "valkey-server")]
    found = {process: name for home, name in servers for process in living_in(home, name)}
    # A worker and its sleeping child share a mark; the role stands in the argument list.
    return found | {process: (process.cmdline() or [""])[-1] for process in _supervised(data)}


def kill_all(data: Path) -> None:
    for process in processes_of(data):
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()


def eventually(happens: Callable[[], bool]) -> bool:
    """Whether it happens at all; the deadline is only there so that a failure ends."""
    deadline = time.monotonic() + 60
    while not happens():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def test_json_is_the_only_thing_on_standard_output(start: Callable[..., Demo], data: Path) -> None:
    demo = start()
    code, rest, errors = demo.stop(signal.SIGINT)

    assert set(demo.ready) == {"url", "links", "data"}
    assert demo.ready["links"]["judge"] == demo.ready["url"] + "/in/judge"
    assert demo.ready["data"] == str(data)
    assert rest == ""
    assert "a library that prints" in errors
    assert code == 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_stopping_leaves_no_process(start: Callable[..., Demo], data: Path, number: signal.Signals) -> None:
    demo = start()
    assert eventually(
        lambda: {"postgres", "valkey-server", "worker", "600"} <= set(processes_of(data).values())
    )
    running = processes_of(data)

    code, _, _ = demo.stop(number)

    assert code == 0
    assert [process for process in running if lives(process)] == []
    assert processes_of(data) == {}


def test_a_storm_of_signals_stops_it_once_and_cleanly(start: Callable[..., Demo], data: Path) -> None:
    demo = start()
    for _ in range(20):
        demo.process.send_signal(signal.SIGTERM)

    code, _, errors = demo.stop(signal.SIGINT)

    assert code == 0, errors
    assert "Traceback" not in errors
    assert processes_of(data) == {}


def test_stopping_while_it_starts_leaves_no_process(data: Path) -> None:
    process = launch(data)
    assert eventually(lambda: bool(processes_of(data)))

    process.terminate()
    output, errors = process.communicate(timeout=60)

    assert process.returncode == 0, errors
    assert output == ""
    assert processes_of(data) == {}


@pytest.mark.parametrize("victim", ["api", "worker", "postgres", "valkey"])
def test_what_is_killed_comes_back_on_its_port(start: Callable[..., Demo], data: Path, victim: str) -> None:
    demo = start()
    ports = (data / "ports.json").read_text()
    port = demo.ready["url"].rsplit(":", 1)[1]
    mark = {"api": port, "valkey": "valkey-server"}.get(victim, victim)
    old = min(
        (process for process, name in processes_of(data).items() if name == mark),
        key=lambda process: process.pid,
    )

    old.kill()

    assert eventually(
        lambda: any(name == mark and process != old for process, name in processes_of(data).items())
    )
    assert eventually(lambda: health_of(demo.ready["url"]) == 200)
    assert (data / "ports.json").read_text() == ports
    assert demo.stop(signal.SIGINT)[0] == 0
    assert processes_of(data) == {}


def test_start_after_kill_of_the_supervisor_alone(start: Callable[..., Demo], data: Path) -> None:
    first = start()
    first.process.kill()
    first.process.wait()

    second = start()

    assert health_of(second.ready["url"]) == 200
    assert list(processes_of(data).values()).count("worker") == 1
    assert second.stop(signal.SIGINT)[0] == 0
    assert processes_of(data) == {}


def test_start_after_kill_of_everything(start: Callable[..., Demo], data: Path) -> None:
    first = start()
    first.process.send_signal(signal.SIGSTOP)
    kill_all(data)
    first.process.kill()
    first.process.wait()

    second = start()

    assert health_of(second.ready["url"]) == 200
    assert second.stop(signal.SIGINT)[0] == 0


def test_children_left_alive_are_stopped_by_the_next_start(start: Callable[..., Demo], data: Path) -> None:
    """The kernel may not end children with their supervisor, so a start looks for them by their mark."""
    left = subprocess.Popen(["/bin/sleep", "600"], env={"SHIBAIQIAN_SUPERVISED": str(data)})
    stranger = subprocess.Popen(["/bin/sleep", "600"], env={"SHIBAIQIAN_SUPERVISED": "/elsewhere"})

    demo = start()

    assert left.wait(60) == -signal.SIGTERM
    assert stranger.poll() is None
    stranger.kill()
    stranger.wait()
    assert "Stopped what the last run had left behind." in demo.stop(signal.SIGINT)[2]


def test_second_demo_on_the_same_folder_names_the_address_of_the_first(
    start: Callable[..., Demo], data: Path
) -> None:
    first = start()

    second = launch(data)
    output, errors = second.communicate(timeout=60)

    assert second.returncode == 1
    assert output == ""
    assert first.ready["url"] in errors
    assert str(first.process.pid) in errors
    assert health_of(first.ready["url"]) == 200


def test_taken_port_is_named_with_the_way_out(start: Callable[..., Demo], data: Path) -> None:
    first = start()
    port = first.ready["url"].rsplit(":", 1)[1]
    with tempfile.TemporaryDirectory(prefix="shibaiqian-") as other:
        Path(other).chmod(0o711)
        second = launch(Path(other), "--port", port)
        _, errors = second.communicate(timeout=60)

    assert second.returncode == 1
    assert f"Port {port} is in use" in errors
    assert "--port 0" in errors


def test_note_of_a_killed_demo_does_not_hold_up_the_next(start: Callable[..., Demo], data: Path) -> None:
    folder = DataFolder(data)
    folder.write_private("running.json", '{"url": "http://127.0.0.1:1", "pid": 1}')

    assert health_of(start().ready["url"]) == 200
