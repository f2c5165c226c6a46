"""One embedded PostgreSQL and Valkey for the whole run, one migrated database, one application; each test builds its own world."""

import asyncio
import os
from collections.abc import AsyncIterator, Iterator

import asyncpg
import httpx
import pytest
import pytest_asyncio
import redis
from arq.constants import default_queue_name

from api.app import Application, build
from api.plumbing.db import APP_ROLE, Db
from api.plumbing.migrating import migrate
from api.plumbing.settings import Settings
from api.servers import Servers, running_servers
from tests.world import World

PARTITIONED = ("mark_revision", "theory_mark", "ledger", "standings_snapshot")


@pytest.fixture(scope="session")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    """The servers of DATABASE_URL / REDIS_URL, or embedded ones."""
    with running_servers(
        tmp_path_factory.mktemp("servers"),
        tuning="test",
        database_url=os.environ.get("DATABASE_URL"),
        redis_url=os.environ.get("REDIS_URL"),
    ) as servers:
        yield servers


@pytest_asyncio.fixture(scope="session")
async def settings(servers: Servers, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings of a migrated database, with a place for the facts of seasons that no partition was opened for."""
    await migrate(servers.owner_url)
    connection = await asyncpg.connect(servers.owner_url)
    for parent in PARTITIONED:
        rest = f"{parent}_rest"
        await connection.execute(
            f"CREATE TABLE {rest} PARTITION OF {parent} DEFAULT; SELECT make_append_only('{rest}'); "
            f"GRANT SELECT, INSERT ON {rest} TO {APP_ROLE}"
        )
    await connection.close()
    return Settings(
        database_url=servers.app_url,
        owner_url=servers.owner_url,
        redis_url=servers.redis_url,
        data_dir=tmp_path_factory.mktemp("data"),
        secret_key="5b" * 32,
        demo=True,
    )


@pytest_asyncio.fixture(scope="session")
async def app(settings: Settings) -> AsyncIterator[Application]:
    """The JSON application, started."""
    app = build(settings)
    started, stop = asyncio.Event(), asyncio.Event()

    async def live() -> None:
        async with app.litestar.lifespan():
            started.set()
            await stop.wait()

    # A task of its own, because a lifespan must be left in the task that entered it and pytest changes tasks.
    task = asyncio.create_task(live())
    waiting = asyncio.create_task(started.wait())
    await asyncio.wait({task, waiting}, return_when=asyncio.FIRST_COMPLETED)
    if task.done():
        task.result()
    yield app
    stop.set()
    await task


@pytest_asyncio.fixture(scope="session")
async def db(app: Application) -> Db:
    """The application's database, under the application's role."""
    return app.litestar.state.db


@pytest_asyncio.fixture
async def world(app: Application, db: Db, settings: Settings) -> AsyncIterator[World]:
    """Builders of people, contests and marks; see tests/world.py."""
    async with World(app, db, settings) as world:
        yield world
    # Nobody works while tests mark. A worker that a later test starts would otherwise begin with the standings of hundreds.
    with redis.Redis.from_url(settings.redis_url) as broker:
        broker.delete(default_queue_name)
        # All tests come from one address: who shows their presence in one has not spent the tries of the next.
        for key in broker.scan_iter("limit:presence_address:*"):
            broker.delete(key)


@pytest_asyncio.fixture
async def anonymous(app: Application) -> AsyncIterator[httpx.AsyncClient]:
    """A client that nobody has signed in."""
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://testserver") as client:
        yield client
