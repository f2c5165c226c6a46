"""Seasons in databases of their own: a simulation fills an empty database, and the one of the other tests is never empty."""

from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from typing import NamedTuple

import asyncpg
import pytest
import pytest_asyncio

from api.plumbing.db import Connection
from api.plumbing.migrating import migrate
from api.plumbing.settings import Settings
from api.servers import running_servers

NOW = datetime(2026, 11, 21, 2, tzinfo=UTC)
SCALE = 200


def silent(_text: str, _done: int, _total: int) -> None:
    """A progress that nobody watches."""


class Place(NamedTuple):
    """A migrated database, and a connection that may read everything in it."""

    settings: Settings
    connection: Connection


@pytest.fixture(scope="package")
def stack() -> Iterator[ExitStack]:
    """Servers that stop when this folder's tests are done."""
    with ExitStack() as stack:
        yield stack


async def new_place(stack: ExitStack, factory: pytest.TempPathFactory) -> Place:
    """An empty database."""
    servers = stack.enter_context(running_servers(factory.mktemp("season"), tuning="test"))
    await migrate(servers.owner_url)
    settings = Settings(
        database_url=servers.app_url,
        owner_url=servers.owner_url,
        redis_url=servers.redis_url,
        data_dir=factory.mktemp("data"),
        secret_key="5b" * 32,
        demo=True,
    )
    return Place(settings, await asyncpg.connect(servers.owner_url))


@pytest_asyncio.fixture(scope="package")
async def demo(stack: ExitStack, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Place]:
    """The demo's season at its smallest, whose final goes on at NOW."""
    from api.simulation.season import build

    place = await new_place(stack, tmp_path_factory)
    await build(place.settings, SCALE, 1, silent, live_at=NOW)
    yield place
    await place.connection.close()


@pytest_asyncio.fixture(scope="package")
async def finished(stack: ExitStack, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Place]:
    """A season as `shibaiqian simulate` leaves it."""
    from api.simulation.season import simulate

    place = await new_place(stack, tmp_path_factory)
    await simulate(place.settings, SCALE, 1, silent)
    yield place
    await place.connection.close()


@pytest_asyncio.fixture(scope="package")
async def empty(stack: ExitStack, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Place]:
    """A migrated database without a season, for those who build one themselves."""
    place = await new_place(stack, tmp_path_factory)
    yield place
    await place.connection.close()
