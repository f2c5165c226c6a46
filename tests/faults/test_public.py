"""`shibaiqian public` goes on showing what was published when the database is gone, also after its own kill (issue: live results)."""

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from api.plumbing.ids import encode_id
from api.plumbing.migrating import migrate
from api.plumbing.settings import Settings
from api.servers import Servers, running_servers
from api.servers.folder import free_port
from frontend.app import application
from tests.results.builders import MARKS, THEORY, final_item, sign_off, step
from tests.world import World

pytestmark = pytest.mark.faults


class Public:
    """The process."""

    def __init__(self, settings: Settings, folder: Path) -> None:
        self.port = free_port()
        self.folder = folder
        self.environment = os.environ | {
            "DATABASE_URL": settings.database_url, "DATABASE_OWNER_URL": settings.owner_url, "REDIS_URL": settings.redis_url,
            "SHIBAIQIAN_SECRET_KEY_FILE": str(folder / "secret.key"),
        }  # fmt: skip
        (folder / "secret.key").write_text(settings.secret_key, "ascii")
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        words = ["public", "--port", str(self.port), "--data", str(self.folder)]
        log = (self.folder / "public.log").open("ab")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "frontend.cli", *words], env=self.environment, stdout=log, stderr=log
        )

    def kill(self) -> None:
        assert self.process is not None
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.wait()


async def until(check):
    """Wait for something to become true."""
    async with asyncio.timeout(60):
        while True:
            with contextlib.suppress(httpx.TransportError):
                if found := await check():
                    return found
            await asyncio.sleep(0.05)


@contextlib.asynccontextmanager
async def started(settings):
    """The main product, started in a task of its own."""
    site, ready, stop = application(settings), asyncio.Event(), asyncio.Event()

    async def live():
        async with site.litestar.lifespan():
            ready.set()
            await stop.wait()

    task = asyncio.create_task(live())
    await ready.wait()
    try:
        yield site
    finally:
        stop.set()
        await asyncio.wait_for(task, 30)


def kill_database(servers: Servers) -> None:
    engine = next(engine for engine in servers.engines if "postgres" in engine.name)
    assert engine.process is not None
    os.kill(engine.process.pid, signal.SIGKILL)
    engine.process.wait()


async def test_published_pages_outlive_the_database_and_a_kill(tmp_path):
    for name in ("main", "public"):
        (tmp_path / name).mkdir()
    with running_servers(tmp_path / "main", tuning="test") as servers:
        settings = Settings(
            database_url=servers.app_url, owner_url=servers.owner_url, redis_url=servers.redis_url,
            data_dir=tmp_path / "main", secret_key="5b" * 32,
        )  # fmt: skip
        await migrate(settings.owner_url)
        public = Public(settings, tmp_path / "public")
        async with (
            started(settings) as site,
            World(site, site.litestar.state.db, settings) as world,
            httpx.AsyncClient(base_url=f"http://127.0.0.1:{public.port}", timeout=20) as reader,
        ):
            contest = await world.contest()
            _, organiser = await final_item(world, contest, MARKS, THEORY)
            other = await world.contest()
            await final_item(world, other, MARKS, THEORY)
            slug = await world.fetchval("SELECT slug FROM contest WHERE id = $1", contest.contest)
            withdrawn = await world.fetchval("SELECT slug FROM contest WHERE id = $1", other.contest)
            rank, json = (
                f"/c/{slug}/e/fitter/rank",
                f"/api/v1/public/rankings/{encode_id('item', contest.item)}",
            )
            public.start()
            try:
                await until(lambda: said(reader, "/health", "true"))
                live = await until(lambda: said(reader, rank, "89.80"))
                assert 'data-state="stale"' not in live.text
                await sign_off(world, contest)
                await step(organiser, contest, "amended", reason="复核后更正")
                await until(lambda: said(reader, rank, "amended"))
                # Nobody looks at this one before the database is gone: the process has kept it by itself.
                host = await world.client("organiser", "contest", other.contest)
                assert (await step(host, other, "withdrawn", reason="第2场计时有误")).status_code == 200
                page = f"/c/{withdrawn}/e/fitter/rank"
                await until(lambda: kept(public.folder, f'"{page}"', "第2场计时有误"))
                await until(lambda: kept(public.folder, f'"{json}"'))
                assert (await reader.get("/org")).status_code == 404
                # What it says when it starts is its address, in words.
                log = (public.folder / "public.log").read_text()
                assert f"Public pages at http://127.0.0.1:{public.port}/" in log
                assert "INFO" not in log
                assert (await reader.post("/api/v1/sign-in", json={})).status_code == 404

                await asyncio.to_thread(kill_database, servers)
                stale = await until(lambda: said(reader, rank, 'data-state="stale"'))
                assert "89.80" in stale.text
                assert "content-security-policy" in stale.headers
                assert "第2场计时有误" in (await reader.get(page)).text

                await asyncio.to_thread(public.kill)
                public.start()
                again = await until(lambda: said(reader, rank, "89.80"))
                assert 'data-state="stale"' in again.text
                assert (await reader.get(json)).json()["rows"][0]["total"] == "89.80"
                assert (await reader.get("/health")).json()["database"] is False
                assert (
                    await reader.get(rank, headers={"If-None-Match": again.headers["etag"]})
                ).status_code == 304
                assert (await reader.get("/c/nowhere")).status_code == 503

                engine = next(engine for engine in servers.engines if "postgres" in engine.name)
                await asyncio.to_thread(engine.begin, keep_port=True)
                fresh = await until(lambda: without(reader, rank, 'data-state="stale"'))
                assert "89.80" in fresh.text
            finally:
                await asyncio.to_thread(public.kill)


async def said(reader, path, words):
    answer = await reader.get(path)
    return answer if answer.status_code == 200 and words in answer.text else None


async def without(reader, path, words):
    answer = await reader.get(path)
    return answer if answer.status_code == 200 and words not in answer.text else None


async def kept(folder, *words):
    """Whether one of the copies on disk holds all of these words."""
    copies = [path.read_bytes() for path in (folder / "public").glob("*.kept")]
    return any(all(word.encode() in copy for word in words) for copy in copies)
