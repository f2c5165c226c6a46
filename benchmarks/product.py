"""The product as a benchmark needs it: servers with the product's durability, `shibaiqian serve` with one process, a worker, and a venue
whose judges are signed in."""

import asyncio
import contextlib
import os
import resource
import secrets
import tempfile
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import httpx
import msgspec
import psutil

from api.plumbing.ids import encode_id
from api.plumbing.migrating import migrate
from api.plumbing.settings import Settings
from api.servers import running_servers
from api.servers.folder import free_port
from api.simulation.venue import Robot, Venue, build_venue
from benchmarks.serving import Process, program, wait_until_healthy


class Product(msgspec.Struct, frozen=True):
    """`headers` are those of each judge of the venue, in its order; `api` is the process that answers."""

    port: int
    venue: Venue
    settings: Settings
    api: psutil.Process
    headers: list[str]

    @property
    def board(self) -> str:
        """The address of the public board."""
        return f"/api/v1/public/rankings/{encode_id('item', self.venue.item)}"


@contextlib.contextmanager
def running_product(stations: int, judges: int, *, worker: bool = True) -> Iterator[Product]:
    """A venue in which one panel goes round all stations."""
    with tempfile.TemporaryDirectory(prefix="sbq-bench-") as name, contextlib.ExitStack() as stack:
        folder = Path(name)
        folder.chmod(0o711)
        servers = stack.enter_context(running_servers(folder / "data"))
        key, port = secrets.token_hex(32), free_port()
        (folder / "secret.key").write_text(key)
        settings = Settings(
            database_url=servers.app_url, owner_url=servers.owner_url, redis_url=servers.redis_url, data_dir=folder / "data",
            secret_key=key, base_url=f"http://127.0.0.1:{port}", demo=True,
        )  # fmt: skip
        asyncio.run(migrate(settings.owner_url))
        venue = asyncio.run(build_venue(settings, stations, judges, stations, 1))
        environment = {
            "DATABASE_URL": servers.app_url, "DATABASE_OWNER_URL": servers.owner_url, "REDIS_URL": servers.redis_url, "SHIBAIQIAN_DEMO": "1",
            "SHIBAIQIAN_SECRET_KEY_FILE": str(folder / "secret.key"), "SHIBAIQIAN_BASE_URL": settings.base_url,
        }  # fmt: skip

        def run(*words: str) -> Process:
            return stack.enter_context(
                program(words, folder / "data", folder / f"{words[0]}.log", environment)
            )

        api = run("serve", "--port", str(port))
        if worker:
            run("worker")
        wait_until_healthy(port, api, folder / "serve.log")
        headers = [_sign_in(port, robot, number) for number, robot in enumerate(venue.robots)]
        yield Product(port, venue, settings, psutil.Process(api.pid), headers)


def mark_request(headers: str, sheet: str, marks: dict[str, str], base_rev: int) -> bytes:
    """A whole request that enters `marks` by criterion, each over `base_rev`."""
    ops = ",".join(
        f'{{"op_id":"{uuid4()}","criterion":"{criterion}","state":"scored","value":"{value}","base_rev":{base_rev},'
        f'"entered_at":"2021-03-01T14:31:07.114+08:00"}}'
        for criterion, value in marks.items()
    )
    body = f'{{"ops":[{ops}]}}'
    return (
        f"POST /api/v1/sheets/{sheet}/marks:batch HTTP/1.1\r\nHost: 127.0.0.1\r\n{headers}Content-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n{body}"
    ).encode()


def percentile(values: list[float], share: float) -> float:
    """The value that `share` of them do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def allow_files(count: int) -> None:
    """A connection is an open file, here and in the server, which inherits the limit."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(count, hard)), hard))


def load_average() -> str:
    """What else the machine was doing, for the line under the numbers."""
    return f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"


def _sign_in(port: int, robot: Robot, number: int) -> str:
    answer = httpx.post(
        f"http://127.0.0.1:{port}/api/v1/sign-in/link", json={"token": robot.token},
        headers={"x-forwarded-for": f"10.77.{number // 250}.{number % 250 + 1}"},
    ).raise_for_status()  # fmt: skip
    return f"Cookie: sbq_session={answer.cookies['sbq_session']}\r\nX-CSRF-Token: {answer.json()['csrf_token']}\r\n"
