"""Claim: the public board of 500 rows is served at ≥ 0.8 of what a bare ASGI function reaches with the same bytes.

Floor: one ASGI function that sends the board's bytes, on the same uvicorn with the same settings, in the same run. Both servers
run alone, one after the other, in alternating rounds; the ratio of the medians counts.

    .venv/bin/python -m benchmarks.board --seconds 5 --rounds 3
"""

import asyncio
import secrets
import statistics
import tempfile
from decimal import Decimal
from pathlib import Path

import click
import httpx

from api.plumbing.db import Db
from api.plumbing.ids import encode_id
from api.plumbing.migrating import migrate
from api.plumbing.settings import Settings
from api.results.commands import refresh_standings
from api.servers import Servers, running_servers
from benchmarks.http_load import LoadResult, load
from benchmarks.serving import uvicorn_server

ROWS = 500
CLIENTS = 8

BARE = """
import os, pathlib
body = pathlib.Path(os.environ["BARE_BODY"]).read_bytes()
headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
async def app(scope, receive, send):
    if scope["type"] == "lifespan":
        while True:
            message = await receive()
            await send({"type": message["type"] + ".complete"})
            if message["type"] == "lifespan.shutdown":
                return
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})
"""


@click.command(help=__doc__)
@click.option("--seconds", default=5.0, show_default=True)
@click.option("--rounds", default=3, show_default=True)
def main(seconds: float, rounds: int) -> None:
    """Run and print the table."""
    with tempfile.TemporaryDirectory(prefix="sbq-bench-") as name:
        folder = Path(name)
        folder.chmod(0o711)
        with running_servers(folder / "data") as servers:
            item = asyncio.run(_build_board(servers, folder))
            _compare(servers, folder, item, seconds, rounds)


async def _build_board(servers: Servers, folder: Path) -> str:
    """One item with 500 marked entries, its standing computed as the product does it."""
    from tests.world import World

    await migrate(servers.owner_url)
    settings = Settings(
        database_url=servers.app_url,
        owner_url=servers.owner_url,
        redis_url=servers.redis_url,
        data_dir=folder,
        secret_key="5b" * 32,
    )
    db = await Db.connect(settings)
    try:
        async with World(None, db, settings) as world:
            contest = await world.contest()
            account = await world.account()
            for number in range(ROWS):
                entry = await world.entry(contest, name=f"试{number:03d}", unit_name="石家庄试验机械厂")
                await world.execute(
                    "INSERT INTO theory_mark (season_id, entry_id, node, rev, item_id, state, value, account_id, hash) "
                    "VALUES ($1, $2, 'theory', 1, $3, 'scored', $4, $5, '')",
                    contest.season, entry, contest.item, Decimal(secrets.randbelow(201)) / 2, account,
                )  # fmt: skip
            await refresh_standings(db, contest.item)
            return encode_id("item", contest.item)
    finally:
        await db.close()


def _compare(servers: Servers, folder: Path, item: str, seconds: float, rounds: int) -> None:
    path = f"/api/v1/public/rankings/{item}"
    environment = {
        "DATABASE_URL": servers.app_url,
        "DATABASE_OWNER_URL": servers.owner_url,
        "REDIS_URL": servers.redis_url,
        "SHIBAIQIAN_DATA": str(folder),
        "BARE_BODY": str(folder / "board.json"),
    }
    (folder / "bare_board.py").write_text(BARE)
    ours: list[float] = []
    floor: list[float] = []
    for _ in range(rounds):
        with uvicorn_server("frontend.app:create_app", environment, factory=True) as port:
            board = httpx.get(f"http://127.0.0.1:{port}{path}").raise_for_status()
            assert len(board.json()["rows"]) == ROWS
            (folder / "board.json").write_bytes(board.content)
            ours.append(_measure(port, path, seconds))
        with uvicorn_server("bare_board:app", environment, folder=folder) as port:
            floor.append(_measure(port, path, seconds))
    size = (folder / "board.json").stat().st_size
    ratio = statistics.median(ours) / statistics.median(floor)
    click.echo(f"board of {ROWS} rows, {size} bytes, {CLIENTS} clients, {rounds} rounds of {seconds:g} s")
    click.echo(f"bare ASGI   {statistics.median(floor):9.0f} answers/s   {[round(each) for each in floor]}")
    click.echo(f"Shibaiqian  {statistics.median(ours):9.0f} answers/s   {[round(each) for each in ours]}")
    click.echo(f"ratio       {ratio:9.2f}   target ≥ 0.80")


def _measure(port: int, path: str, seconds: float) -> float:
    request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: application/json\r\n\r\n".encode()
    result: LoadResult = asyncio.run(load(port, CLIENTS, seconds, lambda _: request))
    assert set(result.statuses) == {200}, result.statuses
    return result.per_second


if __name__ == "__main__":
    main()
