"""Season simulation against its floor: the same bytes through COPY into the same tables of a second empty database.

    python -m benchmarks.simulation                 1,000, 3,000 and 10,000 workers
    python -m benchmarks.simulation 1000 10000 100000

Each size runs in a process of its own, so that its peak memory is its own. The floor replays what the simulation sent, table by
table, and makes nothing. Growth: 10 × the people in at most 12 × the time and 1.5 × the peak memory.
"""

import asyncio
import pickle
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from itertools import pairwise
from pathlib import Path
from typing import BinaryIO

import asyncpg
import msgspec

from api.plumbing.db import APP_ROLE
from api.plumbing.migrating import migrate
from api.plumbing.settings import Settings
from api.servers import Servers, running_servers
from api.simulation.rows import CopyInto, into
from api.simulation.season import build, peak_memory

SIZES = (1_000, 3_000, 10_000)
MOST_TIME = 12.0
MOST_MEMORY = 1.5
TENFOLD = 10
SEED = 1


class Measured(msgspec.Struct):
    """One size. Seconds are for the whole season, `processor` is what of them this program computed (on a machine that others use
    too, the rest is waiting for a turn or for PostgreSQL). Memory is the generating process's highest in MiB."""

    workers: int
    rows: int
    marks: int
    seconds: float
    processor: float
    floor_seconds: float
    peak_memory: float

    @property
    def ratio(self) -> float:
        """How near to the floor: 1 would be as fast as COPY alone."""
        return self.floor_seconds / self.seconds

    def __str__(self) -> str:
        return (
            f"{self.workers:>9,} {self.rows:>12,} {self.seconds:>9.1f} {self.processor:>9.1f} {self.floor_seconds:>9.1f} {self.ratio:>6.2f} "
            f"{self.workers / self.seconds:>9,.0f} {self.peak_memory:>9,.0f}"
        )


def main() -> int:
    """Measure each size, show the table; 1 where growth is beyond the target."""
    if sys.argv[1:2] == ["--one"]:
        print(msgspec.json.encode(asyncio.run(measure(int(sys.argv[2])))).decode())
        return 0
    sizes = [int(each) for each in sys.argv[1:]] or list(SIZES)
    print(
        f"{'workers':>9} {'rows':>12} {'seconds':>9} {'of CPU':>9} {'floor s':>9} {'ratio':>6} {'people/s':>9} {'MiB':>9}"
    )
    found = []
    for size in sizes:
        found.append(_alone(size))
        print(found[-1], flush=True)
    return _show_growth(found)


async def measure(workers: int) -> Measured:
    """One season into one database, and its bytes into another. Keeping the bytes counts as the simulation's time: about 1 %."""
    with tempfile.TemporaryDirectory() as folder:
        recorded = Path(folder, "rows")
        # Nothing else waits for this loop.
        with _server(Path(folder, "season")) as servers, recorded.open("wb") as tape:  # noqa: ASYNC230
            settings = await _migrated(servers)
            began = time.process_time()
            season = await build(
                settings, workers, SEED, lambda *_: None, live_at=None, wrap=lambda copy: _taped(copy, tape)
            )
            assert season is not None, "the database was not empty"
            processor, memory = time.process_time() - began, peak_memory()
            presets = await _presets(settings)
        with _server(Path(folder, "floor")) as servers:
            seconds = await _replay(await _migrated(servers), recorded, presets)
    return Measured(
        workers,
        sum(season.rows.values()),
        season.rows["mark_revision"],
        season.seconds,
        processor,
        seconds,
        memory,
    )


def _alone(size: int) -> Measured:
    command = [sys.executable, "-m", "benchmarks.simulation", "--one", str(size)]
    output = subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout
    return msgspec.json.decode(output.splitlines()[-1], type=Measured)


@contextmanager
def _server(folder: Path) -> Iterator[Servers]:
    """An embedded server as the product runs it, gone with its data when it has been used."""
    with running_servers(folder) as servers:
        yield servers
    shutil.rmtree(folder)


async def _migrated(servers: Servers) -> Settings:
    with redirect_stdout(sys.stderr):
        await migrate(servers.owner_url)
    return Settings(
        database_url=servers.app_url,
        owner_url=servers.owner_url,
        redis_url=servers.redis_url,
        data_dir=Path(tempfile.gettempdir()),
        secret_key="5b" * 32,
        demo=True,
    )


def _taped(copy: CopyInto, tape: BinaryIO) -> CopyInto:
    async def both(table: str, columns: tuple[str, ...], lines: bytes) -> None:
        pickle.dump((table, columns, lines), tape)
        await copy(table, columns, lines)

    return both


async def _replay(settings: Settings, recorded: Path, presets: dict[str, bytes]) -> float:
    """Send the tape in one transaction; gives the seconds from the first row to the commit."""
    own = await _presets(settings)
    connection = await asyncpg.connect(settings.database_url, server_settings={"role": APP_ROLE})
    try:
        began = time.monotonic()
        async with connection.transaction():
            copy = into(connection)
            with recorded.open("rb") as tape:
                for table, columns, lines in _batches(tape):
                    # Presets are the database's own; everything else has the keys of the seed.
                    sent = _renamed(lines, presets, own) if table == "contest" else lines
                    await copy(table, columns, sent)
                    if table == "season":
                        await connection.execute("SELECT open_season_partitions(id) FROM season")
        return time.monotonic() - began
    finally:
        await connection.close()


def _renamed(lines: bytes, names: dict[str, bytes], own: dict[str, bytes]) -> bytes:
    for code, name in names.items():
        lines = lines.replace(name, own[code])
    return lines


async def _presets(settings: Settings) -> dict[str, bytes]:
    connection = await asyncpg.connect(settings.database_url, server_settings={"role": APP_ROLE})
    try:
        return {
            row["code"]: str(row["id"]).encode()
            for row in await connection.fetch("SELECT code, id FROM preset")
        }
    finally:
        await connection.close()


def _batches(tape: BinaryIO) -> Iterator[tuple[str, tuple[str, ...], bytes]]:
    while True:
        try:
            # Written by this very program a moment ago.
            yield pickle.load(tape)
        except EOFError:
            return


def _show_growth(found: list[Measured]) -> int:
    """Growth between sizes, and over any tenfold step whether it stays within the target."""
    for less, more in pairwise(found):
        print(
            f"{more.workers / less.workers:.1f} × the people: {more.seconds / less.seconds:.1f} × the time, "
            f"{more.peak_memory / less.peak_memory:.2f} × the memory"
        )
    beyond = False
    for less in found:
        for more in found:
            if more.workers == TENFOLD * less.workers:
                times, memory = more.seconds / less.seconds, more.peak_memory / less.peak_memory
                held = times <= MOST_TIME and memory <= MOST_MEMORY
                beyond |= not held
                print(
                    f"{less.workers:,} → {more.workers:,}: {times:.1f} × the time (at most {MOST_TIME:.0f}), "
                    f"{memory:.2f} × the memory (at most {MOST_MEMORY}): {'held' if held else 'NOT HELD'}"
                )
    return 1 if beyond else 0


if __name__ == "__main__":
    sys.exit(main())
