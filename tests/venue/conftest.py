"""A centre with a session that is to be handed out, and venue servers with databases of their own."""

import asyncio
import contextlib
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit, urlunsplit
from uuid import UUID, uuid4

import asyncpg
import httpx
import msgspec
import pytest
import pytest_asyncio

from api.app import Application, build
from api.plumbing.db import Db
from api.plumbing.ids import encode_id
from api.plumbing.migrating import migrate
from api.plumbing.settings import Settings
from api.servers import Servers
from api.venue.commands.arriving import Arrived, take_in
from api.venue.commands.sending import outgoing
from tests.judging.conftest import Marking, marking_of
from tests.world import Client, World

DATABASES = itertools.count(1)
OCTETS = {"Content-Type": "application/octet-stream"}


class Centre(msgspec.Struct):
    """A contest that is judged, its organiser, and one session of it."""

    world: World
    marking: Marking
    organiser: Client
    session: UUID
    path: str

    async def hand_out(self, **body: object) -> httpx.Response:
        return await self.organiser.post(
            self.path, json={"label": "一号车间", **body}, headers={"Idempotency-Key": str(uuid4())}
        )

    async def bundle(self) -> bytes:
        answer = await self.organiser.get(f"{self.path}/bundle")
        assert answer.status_code == 200, answer.text
        return answer.content

    async def handed_out(self, **body: object) -> bytes:
        answer = await self.hand_out(**body)
        assert answer.status_code == 201, answer.text
        return await self.bundle()

    async def bring(self, content: bytes) -> httpx.Response:
        return await self.organiser.post(f"{self.path}/facts", content=content, headers=OCTETS)

    async def brought(self, content: bytes) -> dict[str, Any]:
        answer = await self.bring(content)
        assert answer.status_code == 200, answer.text
        report: dict[str, Any] = answer.json()
        return report

    async def take_back(self, reason: str = "设备故障") -> httpx.Response:
        state = await self.organiser.get(self.path)
        return await self.organiser.post(
            f"{self.path}/return", json={"reason": reason}, headers={"If-Match": state.headers["etag"]}
        )


class Venue(msgspec.Struct):
    """A venue server: its database, its application, and builders on it."""

    settings: Settings
    world: World

    async def take_in(self, content: bytes, session: UUID | None = None) -> Arrived:
        return await take_in(self.world.db, self.settings, content, session)

    async def judge(self, of: Client) -> Client:
        """The same judge, signed in here."""
        return await self.world.client(account=of.account_id)

    async def run(self, session: UUID, to: str = "running", **body: object) -> httpx.Response:
        """Move the session, as its keeper."""
        keeper = await self.world.fetchval("SELECT keeper FROM venue_origin ORDER BY at DESC LIMIT 1")
        client = await self.world.client(account=keeper)
        rev = await self.world.fetchval("SELECT rev FROM judging_session WHERE id = $1", session)
        return await client.post(
            f"/api/v1/sessions/{encode_id('session', session)}/transitions",
            json={"to": to, **body}, headers={"If-Match": f'"r{rev}"'},
        )  # fmt: skip

    async def facts(self, session: UUID) -> bytes:
        return (await outgoing(self.world.db, self.settings, session)).content


async def centre_of(world: World, *, judges: int = 2, entries: int = 2, state: str = "planned") -> Centre:
    """A drawn session that has not begun."""
    marking = await marking_of(world, judges=judges, entries=entries, state=state)
    await world.grant(
        marking.judge.account_id, "chief_judge", "item", marking.contest.item, marking.contest.contest
    )
    organiser = await world.client("organiser", "contest", marking.contest.contest)
    session = await world.fetchval("SELECT session_id FROM sheet WHERE id = $1", marking.sheet)
    return Centre(
        world, marking, organiser, session, f"/api/v1/sessions/{encode_id('session', session)}/venue"
    )


@pytest_asyncio.fixture
async def centre(world: World) -> Centre:
    """Two entries before two judges, not begun."""
    return await centre_of(world)


def _url(url: str, database: str, user: tuple[str, str] | None = None) -> str:
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    netloc = f"{user[0]}:{user[1]}@{host}" if user else parts.netloc
    return urlunsplit(parts._replace(netloc=netloc, path=f"/{database}"))


async def _create(servers: Servers, name: str, template: str | None = None) -> None:
    engines = [engine for engine in servers.engines if engine.name == "postgres"]
    if not engines:
        pytest.skip("a second database needs the embedded PostgreSQL")
    password = engines[0].folder.secret("postgres")
    connection = await asyncpg.connect(_url(servers.owner_url, "postgres", ("postgres", password)))
    try:
        await connection.execute(
            f"CREATE DATABASE {name} OWNER shibaiqian_owner" + (f" TEMPLATE {template}" if template else "")
        )
        await connection.execute(f"GRANT CONNECT ON DATABASE {name} TO shibaiqian_app")
    finally:
        await connection.close()


@pytest_asyncio.fixture(scope="session")
async def empty_venue(servers: Servers) -> str:
    """A migrated database that venue servers begin with. Tests of pages borrow this fixture, and then there are two."""
    name = f"venue_empty_{next(DATABASES)}"
    await _create(servers, name)
    await migrate(_url(servers.owner_url, name))
    return name


@contextlib.asynccontextmanager
async def lived(app: Application) -> AsyncIterator[None]:
    """The application, started; in a task of its own, because pytest changes tasks."""
    started, stop = asyncio.Event(), asyncio.Event()

    async def live() -> None:
        async with app.litestar.lifespan():
            started.set()
            await stop.wait()

    task = asyncio.create_task(live())
    await asyncio.wait({task, asyncio.create_task(started.wait())}, return_when=asyncio.FIRST_COMPLETED)
    try:
        yield
    finally:
        stop.set()
        await task


NewVenue = Callable[[], Awaitable[Venue]]


@pytest_asyncio.fixture
async def new_venue(
    servers: Servers, empty_venue: str, settings: Settings, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[NewVenue]:
    """Makes venue servers."""
    async with contextlib.AsyncExitStack() as stack:

        async def made() -> Venue:
            number = next(DATABASES)
            name = f"venue_{number}"
            await _create(servers, name, empty_venue)
            own = msgspec.structs.replace(
                settings,
                database_url=_url(servers.app_url, name),
                owner_url=_url(servers.owner_url, name),
                data_dir=tmp_path_factory.mktemp(name),
                secret_key=f"{number:064x}",
                demo=False,
                pool_size=4,
            )
            app = build(own)
            await stack.enter_async_context(lived(app))
            db: Db = app.litestar.state.db
            world = await stack.enter_async_context(World(app, db, own))
            return Venue(own, world)

        yield made


@pytest_asyncio.fixture
async def venue(new_venue: NewVenue) -> Venue:
    """One venue server."""
    return await new_venue()
