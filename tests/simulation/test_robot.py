"""Robot judges mark through the API, keep off a person's sheets, and go on when there is nothing left but to look again."""

import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from pathlib import Path
from random import Random

import httpx
import msgspec
import pytest
import pytest_asyncio

from api.plumbing.db import Db
from api.plumbing.settings import Settings
from api.servers.folder import free_port
from api.simulation.demo import prepare
from api.simulation.robot import SECONDS_OF_CORRECTION, SECONDS_OF_WAIT, Robot, Task, tasks
from tests.simulation.conftest import SCALE, Place, new_place, silent

ROOT = Path(__file__).parents[2]
LIVE = "SELECT id FROM item WHERE live = 'by_name'"
MARKS = f"""
SELECT a.login, count(m.*) AS marks FROM sheet s JOIN account a ON a.id = s.account_id
LEFT JOIN mark_revision m ON m.sheet_id = s.id WHERE s.item_id = ({LIVE}) GROUP BY a.login
"""


class Served(msgspec.Struct):
    """The product on a port of its own, over the demo's database. It can be killed and started again."""

    settings: Settings
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start, and wait until it answers."""
        settings = self.settings
        environment = {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "DATABASE_URL": settings.database_url,
            "DATABASE_OWNER_URL": settings.owner_url,
            "REDIS_URL": settings.redis_url,
            "SHIBAIQIAN_DATA": str(settings.data_dir),
            "SHIBAIQIAN_DEMO": "1",
            "SHIBAIQIAN_BASE_URL": settings.base_url,
        }
        (settings.data_dir / "secret.key").write_text(settings.secret_key)
        port = settings.base_url.rsplit(":", 1)[1]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "frontend.cli", "serve", "--port", port], cwd=ROOT, env=environment
        )
        deadline = time.monotonic() + 60
        while self.process.poll() is None and time.monotonic() < deadline:
            try:
                if httpx.get(f"{settings.base_url}/health").is_success:
                    return
            except httpx.HTTPError:
                time.sleep(0.1)
        raise AssertionError("the product does not answer")

    def kill(self) -> None:
        """End it at once."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()


@pytest_asyncio.fixture(scope="module")
async def demo(stack: ExitStack, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Place]:
    """A demo of its own, because robots change it."""
    place = await new_place(stack, tmp_path_factory)
    await prepare(place.settings, SCALE, silent)
    yield place
    await place.connection.close()


@pytest_asyncio.fixture(scope="module")
async def db(demo: Place) -> AsyncIterator[Db]:
    db = await Db.connect(demo.settings)
    yield db
    await db.close()


@pytest.fixture(scope="module")
def served(demo: Place) -> Iterator[Served]:
    settings = msgspec.structs.replace(demo.settings, base_url=f"http://127.0.0.1:{free_port()}")
    with ExitStack() as stack:
        served = Served(settings)
        stack.callback(served.kill)
        served.start()
        yield served


async def counts(demo: Place) -> dict[str, int]:
    return {row["login"]: row["marks"] for row in await demo.connection.fetch(MARKS)}


async def test_robots_mark_over_http_and_never_on_a_persons_sheets(demo, served, db):
    before = await counts(demo)
    robot = Robot(served.settings, db, seed=3)

    for _ in range(12):
        assert await robot.step() < SECONDS_OF_WAIT
    await robot.close()

    after = await counts(demo)
    assert sum(after.values()) == sum(before.values()) + 12
    assert after["demo-judge"] == before["demo-judge"]
    assert sum(after[login] > before[login] for login in after) >= 2


async def test_a_robot_outlives_a_restart_of_the_api(demo, served, db):
    robot = Robot(served.settings, db, seed=4)
    assert await robot.step() < SECONDS_OF_WAIT

    served.kill()
    assert await robot.step() == SECONDS_OF_WAIT
    served.start()

    before = sum((await counts(demo)).values())
    assert await robot.step() < SECONDS_OF_WAIT
    await robot.close()
    assert sum((await counts(demo)).values()) == before + 1


async def test_a_robot_whose_session_was_ended_signs_in_again(demo, served, db):
    robot = Robot(served.settings, db, seed=5)
    for _ in range(6):
        await robot.step()
    for client in robot._clients.values():
        client.cookies.clear()

    await robot.step()
    before = sum((await counts(demo)).values())
    for _ in range(4):
        await robot.step()
    await robot.close()

    assert sum((await counts(demo)).values()) > before


async def test_every_mark_that_a_robot_thinks_of_is_one_that_may_be_entered(demo):
    found = await tasks(demo.connection, Random(1))

    assert found
    assert {task.again for task in found} == {True, False}
    human = await demo.connection.fetch(
        "SELECT s.id FROM sheet s JOIN account a ON a.id = s.account_id WHERE a.login = 'demo-judge'"
    )
    assert {task.sheet for task in found}.isdisjoint(row["id"] for row in human)


def test_corrections_come_only_when_nothing_is_open(demo, db):
    robot = Robot(demo.settings, db, seed=1)
    fresh = Task(None, "sim-a", "a1", 0, "60", again=False)
    again = Task(None, "sim-b", "a1", 1, "60", again=True)

    assert robot._choose([again, fresh]) == fresh
    assert robot._choose([again]) == again
    assert robot._choose([]) is None


async def test_a_correction_is_a_second_revision(demo, served, db, monkeypatch):
    robot = Robot(served.settings, db, seed=6)
    monkeypatch.setattr(robot, "_choose", lambda found: next(task for task in found if task.again))
    before = await demo.connection.fetchval("SELECT count(*) FROM mark_revision WHERE rev > 1")

    assert await robot.step() == SECONDS_OF_CORRECTION
    await robot.close()

    assert await demo.connection.fetchval("SELECT count(*) FROM mark_revision WHERE rev > 1") == before + 1
