"""The product in real processes that can be killed with SIGKILL and come back, and clients that mark meanwhile."""

import asyncio
import contextlib
import itertools
import os
import random
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID, uuid4

import httpx

from api.plumbing.db import Db
from api.plumbing.ids import encode_id
from api.plumbing.migrating import migrate
from api.plumbing.settings import Settings
from api.results.ledger import verify_item
from api.servers import Engine, Servers
from tests.world import Client, Contest, World

CLIENTS = 8
ENTRIES = 6
# Between two kills so many marks must have been acknowledged, or the kill would meet an idle product.
MARKS_BETWEEN_KILLS = 8


class Product:
    """API and worker as subprocesses on servers of their own."""

    def __init__(
        self, servers: Servers, folder: Path, port: int, app: str = "frontend.app:create_app"
    ) -> None:
        self.servers, self.folder, self.port, self.app = servers, folder, port, app
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.kills: dict[str, int] = {}

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self, *names: str) -> None:
        """Start the API, the worker or both."""
        commands = {
            "api": [sys.executable, "-m", "uvicorn", "--factory", self.app, "--host", "127.0.0.1", "--port", str(self.port),
                    "--no-access-log", "--log-level", "critical"],
            "worker": [sys.executable, "-c", "import asyncio; from api.plumbing.settings import Settings; from api.worker import run; "
                       "asyncio.run(run(Settings.from_environment()))"],
        }  # fmt: skip
        environment = os.environ | {
            "DATABASE_URL": self.servers.app_url,
            "DATABASE_OWNER_URL": self.servers.owner_url,
            "REDIS_URL": self.servers.redis_url,
            "SHIBAIQIAN_DATA": str(self.folder),
        }
        for name in names:
            log = (self.folder / f"{name}.log").open("ab")
            self.processes[name] = subprocess.Popen(commands[name], env=environment, stdout=log, stderr=log)

    def engine(self, name: str) -> Engine:
        return next(engine for engine in self.servers.engines if engine.name == name)

    def kill(self, name: str) -> None:
        """kill -9, nothing gentler."""
        process = self.processes.get(name) or self.engine(name).process
        assert process is not None
        assert process.poll() is None, f"{name} had died by itself"
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        self.kills[name] = self.kills.get(name, 0) + 1

    def revive(self, name: str) -> None:
        """Start again what was killed, on the same port."""
        if name in self.processes:
            self.start(name)
            return
        engine = self.engine(name)
        engine.begin(keep_port=True)
        engine.wait_until_ready()

    def stop(self) -> None:
        for process in self.processes.values():
            process.terminate()
        for process in self.processes.values():
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


class Storm:
    """Eight judges who mark until told to stop. What a client was told is saved is in `acknowledged`."""

    def __init__(
        self, product: Product, contest: Contest, judges: list[Client], sheets: list[list[UUID]]
    ) -> None:
        self.product, self.contest = product, contest
        self.judges = judges
        self.sheets = [[row[judge] for row in sheets] for judge in range(len(judges))]
        self.acknowledged: dict[UUID, tuple[UUID, str, str, int]] = {}
        self.unexpected: list[str] = []
        self.over = asyncio.Event()

    async def run(self, driver: "Driver") -> None:
        """Mark while `driver` does its work, then let every client finish what it has in hand."""
        async with asyncio.TaskGroup() as group:
            for judge, sheets in zip(self.judges, self.sheets, strict=True):
                group.create_task(self._client(judge, sheets))
            try:
                await driver(self)
            finally:
                self.over.set()

    async def more_marks(self, count: int = MARKS_BETWEEN_KILLS) -> None:
        """Wait until so many more marks have been acknowledged."""
        goal = len(self.acknowledged) + count
        async with asyncio.timeout(60):
            while len(self.acknowledged) < goal:
                await asyncio.sleep(0.005)

    async def _client(self, judge: Client, sheets: list[UUID]) -> None:
        revisions = dict.fromkeys(itertools.product(sheets, ("C1", "C2")), 0)
        headers = {"x-csrf-token": judge.headers["x-csrf-token"]}
        async with httpx.AsyncClient(
            base_url=self.product.url, cookies=judge.cookies, headers=headers, timeout=5
        ) as client:
            while not self.over.is_set():
                sheet = random.choice(sheets)
                batch = []
                for criterion in ("C1", "C2"):
                    value = str(random.randint(0, 10))
                    batch.append((uuid4(), sheet, criterion, value, revisions[sheet, criterion]))
                await self._send(client, sheet, batch)
                for _, _, criterion, _, revision in batch:
                    revisions[sheet, criterion] = revision + 1

    async def _send(
        self, client: httpx.AsyncClient, sheet: UUID, batch: list[tuple[UUID, UUID, str, str, int]]
    ) -> None:
        """Send the same operations until they are answered, as a tablet does."""
        ops = [
            {"op_id": str(op), "criterion": criterion, "state": "scored", "value": value, "reasons": [], "base_rev": revision,
             "entered_at": datetime.now(UTC).isoformat()}
            for op, _, criterion, value, revision in batch
        ]  # fmt: skip
        while True:
            try:
                answer = await client.post(
                    f"/api/v1/sheets/{encode_id('sheet', sheet)}/marks:batch", json={"ops": ops}
                )
            except httpx.TransportError:
                await asyncio.sleep(0.05)
                continue
            if answer.status_code in (500, 503):
                await asyncio.sleep(0.05)
                continue
            if answer.status_code != 200:
                self.unexpected.append(f"{answer.status_code} {answer.text}")
                return
            for (op, _, criterion, value, revision), result in zip(
                batch, answer.json()["results"], strict=True
            ):
                if result["status"] in ("accepted", "duplicate"):
                    self.acknowledged[op] = (sheet, criterion, value, revision + 1)
                else:
                    self.unexpected.append(str(result))
            return


class Driver:
    """What happens to the product while the storm blows."""

    async def __call__(self, storm: Storm) -> None:
        raise NotImplementedError


class KillInTurn(Driver):
    """Kill each of `names` `times` times, in turn, while marks come in."""

    def __init__(self, *names: str, times: int) -> None:
        self.names, self.times = names, times

    async def __call__(self, storm: Storm) -> None:
        for _ in range(self.times):
            for name in self.names:
                await storm.more_marks()
                storm.product.kill(name)
                await asyncio.to_thread(storm.product.revive, name)
        await storm.more_marks()


async def losses(world: World, storm: Storm) -> list[str]:
    """What does not hold: acknowledged marks that are missing, doubled or different, and broken chains."""
    rows = await world.fetch(
        "SELECT op_id, sheet_id, criterion, value, rev FROM mark_revision WHERE season_id = $1",
        storm.contest.season,
    )
    kept = {row["op_id"]: (row["sheet_id"], row["criterion"], str(row["value"]), row["rev"]) for row in rows}
    found = [
        f"mark {op} was acknowledged and is {kept.get(op, 'missing')}"
        for op, mark in storm.acknowledged.items()
        if kept.get(op) != mark
    ]
    found += [f"{len(rows) - len(kept)} marks are doubled"] if len(rows) != len(kept) else []
    async with world.db.reading() as connection:
        verification = await verify_item(connection, storm.contest.item, storm.contest.season, None)
    return found + [f"chain of {sheet} is broken" for sheet in verification.broken] + storm.unexpected


@contextlib.asynccontextmanager
async def prepared(product: Product, owner_url: str) -> AsyncIterator[tuple[World, Storm]]:
    """A running session with a sheet for each of eight judges and six entries, and the storm that marks them."""
    await migrate(owner_url)
    settings = Settings(
        database_url=product.servers.app_url, owner_url=owner_url, redis_url=product.servers.redis_url, data_dir=product.folder,
        secret_key="5b" * 32,
    )  # fmt: skip
    db = await Db.connect(settings)
    try:
        async with World(None, db, settings) as world:
            contest = await world.contest()
            entries = [await world.entry(contest) for _ in range(ENTRIES)]
            judges = await world.judges(contest, CLIENTS)
            yield world, Storm(product, contest, judges, await world.sheets(contest, entries, judges))
    finally:
        await db.close()
