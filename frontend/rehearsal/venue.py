"""Everything that one rehearsal runs: PostgreSQL, Valkey, API and worker as a venue has them, the bad line, and the robots."""

import asyncio
import json
import os
import secrets
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

import msgspec

from api.plumbing.migrating import migrate
from api.plumbing.settings import Settings
from api.servers import DataFolder, running_servers
from api.servers.folder import free_port
from api.simulation.venue import Robot, Venue, build_venue
from frontend.cli.answering import wait_until_answering
from frontend.cli.installation import environment
from frontend.cli.supervisor import Child, EngineUnit, Supervisor, Unit, stop_all
from frontend.rehearsal.browsing import browser_program
from frontend.rehearsal.orders import Orders, Seat

Say = Callable[[str], None]

JUDGES_OF_A_PROCESS: Final = 25


class Size(msgspec.Struct, frozen=True, kw_only=True):
    """How hard a rehearsal is. Each of the four processes is killed `kills` times within `minutes`.

    A panel of `judges` goes round `round_of` stations. `pace`: mean rest of a judge between two sendings, in seconds.
    """

    stations: int = 40
    judges: int = 5
    round_of: int = 1
    minutes: float = 3.0
    kills: int = 5
    seed: int = 1
    browser_robots: int = 0
    pace: float = 1.0


class Rehearsal(msgspec.Struct, frozen=True, kw_only=True):
    """A venue that runs. `robots` are processes, `logs` what each writes down; `over` is the file that ends the marking."""

    size: Size
    settings: Settings
    venue: Venue
    units: tuple[Unit, ...]
    supervisor: Supervisor
    robots: tuple[Child, ...]
    logs: tuple[Path, ...]
    line: Child
    counts: Path
    over: Path
    url: str
    in_browsers: int
    browser: str | None


@contextmanager
def opened(size: Size, data: Path, say: Say) -> Iterator[Rehearsal]:
    """The venue in a data folder of its own, for as long as the block lasts. Robots begin at once. Call it from the main thread."""
    # The environment of the caller must not send a rehearsal that kills servers to servers of the caller's.
    environ = {
        name: value
        for name, value in os.environ.items()
        if name not in ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL")
    }
    data = data.absolute()
    with ExitStack() as stack:
        say("Starting PostgreSQL and Valkey …")
        servers = stack.enter_context(running_servers(data))
        api_port, line_port = free_port(), free_port()
        url = f"http://127.0.0.1:{line_port}"
        key = secrets.token_hex(32)
        DataFolder(data).write_private("secret.key", key)
        environ |= environment(data, servers) | {
            "SHIBAIQIAN_DEMO": "1", "SHIBAIQIAN_BASE_URL": url, "SHIBAIQIAN_SECRET_KEY_FILE": str(data / "secret.key")
        }  # fmt: skip
        settings = Settings(
            database_url=servers.app_url, owner_url=servers.owner_url, redis_url=servers.redis_url, data_dir=data, secret_key=key,
            base_url=url, demo=True,
        )  # fmt: skip
        say("Building the venue …")
        asyncio.run(migrate(settings.owner_url))
        venue = asyncio.run(build_venue(settings, size.stations, size.judges, size.round_of, size.seed))

        def child(name: str, *words: str) -> Child:
            return Child(name, [sys.executable, *words], environ, data)

        api, worker = (
            child("api", "-m", "frontend.cli", "serve", "--port", str(api_port)),
            child("worker", "-m", "frontend.cli", "worker"),
        )
        counts = data / "line.json"
        line = child(
            "line",
            "-m",
            "frontend.rehearsal.line",
            str(line_port),
            str(api_port),
            str(size.seed),
            str(counts),
        )
        children = [api, worker, line]
        stack.callback(stop_all, children)
        for each in children:
            each.revive()
        wait_until_answering(f"http://127.0.0.1:{api_port}", api)
        wait_until_answering(url, line)
        browser = browser_program() if size.browser_robots else None
        in_browsers = min(size.browser_robots, len(venue.robots)) if browser else 0
        robots, logs = [], []
        for number, (program, seats) in enumerate(_shifts(venue.robots, in_browsers), 1):
            log, file = data / f"told-{number}.jsonl", data / f"orders-{number}.json"
            orders = Orders(url, str(log), str(data / "over"), size.seed, size.pace, seats)
            file.write_bytes(msgspec.json.encode(orders))
            robots.append(child(f"robots-{number}", "-m", f"frontend.rehearsal.{program}", str(file)))
            logs.append(log)
        stack.callback(stop_all, robots)
        say(
            f"{len(venue.robots)} robot judges in {len(robots)} processes begin to mark, {in_browsers} of them in a browser."
        )
        for each in robots:
            each.revive()
        units: tuple[Unit, ...] = (*map(EngineUnit, servers.engines), api, worker)
        yield Rehearsal(
            size=size, settings=settings, venue=venue, units=units, supervisor=Supervisor(units, say), robots=tuple(robots), logs=tuple(logs),
            line=line, counts=counts, over=data / "over", url=f"http://127.0.0.1:{api_port}", in_browsers=in_browsers, browser=browser,
        )  # fmt: skip


def counted(rehearsal: Rehearsal) -> dict[str, int]:
    """End the line; what it did to the requests."""
    rehearsal.line.stop()
    return dict(json.loads(rehearsal.counts.read_text())) if rehearsal.counts.exists() else {}


def _shifts(robots: tuple[Robot, ...], in_browsers: int) -> Iterator[tuple[str, tuple[Seat, ...]]]:
    """Who works in which process: those with a browser in one, the others in several."""
    # One of each panel before the second of any: what a browser sends and what the others send meets at one station.
    seats = [Seat(*robot, f"10.77.{number // 250}.{number % 250 + 1}") for number, robot in enumerate(robots)]
    step = max(1, len(seats) // in_browsers) if in_browsers else 0
    pressing = seats[::step][:in_browsers] if step else []
    sending = [seat for seat in seats if seat not in pressing]
    if pressing:
        yield "browsing", tuple(pressing)
    for first in range(0, len(sending), JUDGES_OF_A_PROCESS):
        yield "robots", tuple(sending[first : first + JUDGES_OF_A_PROCESS])
