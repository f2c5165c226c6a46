"""The product as a visitor finds it: uvicorn on 127.0.0.1 with servers and a demo season of its own."""

import asyncio
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from os import environ
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import asyncpg
import uvicorn

from api.access.demo import demo_links
from api.plumbing.migrating import migrate
from api.plumbing.settings import Settings
from api.servers import running_servers
from api.simulation.demo import prepare
from frontend.app import application

SCALE = 200
READY_WITHIN = 60

Answer = TypeVar("Answer")


class Site(NamedTuple):
    """A running product. `links` are the demo's sign-in links by role, as `shibaiqian demo` prints them."""

    url: str
    links: dict[str, str]
    settings: Settings

    def ask(self, sql: str, *arguments: object) -> list[asyncpg.Record]:
        """Rows of the product's database, for what no page shows."""

        async def rows() -> list[asyncpg.Record]:
            connection = await asyncpg.connect(self.settings.owner_url)
            try:
                return await connection.fetch(sql, *arguments)
            finally:
                await connection.close()

        return apart(rows())


def apart(work: Coroutine[Any, Any, Answer]) -> Answer:
    """The result of asynchronous work, in a loop that leaves the browser's and the other tests' loops alone."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()


@contextmanager
def running_site(folder: Path, *, demo: bool = True) -> Iterator[Site]:
    """Everything but the worker, for as long as the block lasts; without `demo` as `migrate` leaves it: no season, nobody."""
    with running_servers(folder, tuning="test") as servers, socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        settings = Settings(
            database_url=servers.app_url,
            owner_url=servers.owner_url,
            redis_url=servers.redis_url,
            data_dir=folder,
            secret_key="5b" * 32,
            base_url=f"http://127.0.0.1:{door.getsockname()[1]}",
            demo=demo,
        )
        apart(migrate(settings.owner_url))
        if demo:
            apart(prepare(settings, SCALE, lambda _text, _done, _total: None))
        server = uvicorn.Server(uvicorn.Config(application(settings), log_level="error", access_log=False))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [door]}, daemon=True)
        thread.start()
        _wait_for(server)
        try:
            yield Site(settings.base_url, apart(demo_links(settings)) if demo else {}, settings)
        finally:
            server.should_exit = True
            thread.join()


def _wait_for(server: uvicorn.Server) -> None:
    until = time.monotonic() + READY_WITHIN
    while not server.started:
        assert time.monotonic() < until, "the product did not start"
        time.sleep(0.02)


def environment(site: Site) -> dict[str, str]:
    """What a command of this installation finds in its environment."""
    key = site.settings.data_dir / "secret.key"
    key.write_text(site.settings.secret_key, "ascii")
    return {
        **environ,
        "DATABASE_URL": site.settings.database_url,
        "DATABASE_OWNER_URL": site.settings.owner_url,
        "REDIS_URL": site.settings.redis_url,
        "SHIBAIQIAN_DATA": str(site.settings.data_dir),
        "SHIBAIQIAN_SECRET_KEY_FILE": str(key),
    }


@contextmanager
def running_worker(site: Site) -> Iterator[None]:
    """The worker that refreshes standings and reads imported files, in a process of its own."""
    process = subprocess.Popen(
        [sys.executable, "-m", "frontend.cli", "worker"], env=environment(site) | {"SHIBAIQIAN_DEMO": "1"}
    )
    try:
        yield
    finally:
        process.terminate()
        process.wait(20)
