"""Work outside a request: nothing is lost with Valkey, one bad piece holds up nothing."""

import asyncio
import contextlib
import itertools

import msgspec

from api import worker
from api.plumbing import jobs
from api.plumbing.ids import encode_id
from api.plumbing.jobs import Poker, add_work, drain_outbox
from api.simulation import robot
from tests.results.builders import mark


@contextlib.asynccontextmanager
async def running_worker(settings, db):
    """The real worker's jobs in this process; the clock's sweep is left out, so that a poke alone must be enough."""
    task = asyncio.create_task(jobs.run_worker(settings.redis_url, db, worker.JOBS, {}))
    yield
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


async def shown(anonymous, contest) -> int | None:
    return (await anonymous.get(f"/api/v1/public/rankings/{encode_id('item', contest.item)}")).json()[
        "version"
    ]


async def marked_item(world):
    contest = await world.contest()
    sheets = await world.sheets(contest, [await world.entry(contest)], await world.judges(contest))
    await mark(world, contest, sheets, ["甲"])
    return contest


async def test_a_poke_brings_new_marks_to_the_board(world, settings, db, anonymous):
    # Before the worker: making a season's partitions takes locks that a reader of all of them may wait for in a ring.
    contest = await marked_item(world)
    poker = Poker(settings.redis_url)

    async with running_worker(settings, db):
        await poker.poke("refresh_standings", str(contest.item))
        async with asyncio.timeout(20):
            while await shown(anonymous, contest) is None:
                await asyncio.sleep(0.02)
    await poker.close()


async def test_pages_that_do_jobs_bring_new_marks_to_the_board(world, settings, app, anonymous, monkeypatch):
    marking = asyncio.Event()

    async def robot_judges(_settings: object, _db: object) -> None:
        marking.set()
        await asyncio.Event().wait()

    monkeypatch.setattr(robot, "run", robot_judges)
    contest = await marked_item(world)
    poker = Poker(settings.redis_url)

    async with worker.beside_pages(app.litestar, msgspec.structs.replace(settings, jobs=True, demo=True)):
        await poker.poke("refresh_standings", str(contest.item))
        async with asyncio.timeout(20):
            while await shown(anonymous, contest) is None:
                await asyncio.sleep(0.02)
            await marking.wait()
    await poker.close()


async def test_jobs_beside_pages_open_no_connections_of_their_own(settings, app, monkeypatch):
    given: list[object] = []
    begun = asyncio.Event()

    async def note(_url: object, db: object, *_: object, **__: object) -> None:
        given.append(db)
        begun.set()
        await asyncio.Event().wait()

    monkeypatch.setattr(jobs, "run_worker", note)
    async with (
        worker.beside_pages(app.litestar, msgspec.structs.replace(settings, jobs=True, demo=False)),
        asyncio.timeout(20),
    ):
        await begun.wait()

    assert given == [app.litestar.state.db]


async def test_pages_alone_do_no_jobs(settings, app, monkeypatch):
    begun: list[object] = []

    async def note(*given: object, **_: object) -> None:
        begun.append(given)

    monkeypatch.setattr(jobs, "run_worker", note)
    monkeypatch.setattr(robot, "run", note)
    async with worker.beside_pages(app.litestar, msgspec.structs.replace(settings, jobs=False, demo=True)):
        await asyncio.sleep(0)

    assert begun == []


async def test_jobs_beside_pages_begin_again_after_a_failure(settings, app, monkeypatch):
    begun, again = itertools.count(1), asyncio.Event()

    async def fail_once(*_: object, **__: object) -> None:
        if next(begun) == 1:
            raise LookupError
        again.set()
        await asyncio.Event().wait()

    monkeypatch.setattr(jobs, "run_worker", fail_once)
    async with (
        worker.beside_pages(app.litestar, msgspec.structs.replace(settings, jobs=True, demo=False)),
        asyncio.timeout(20),
    ):
        await again.wait()


async def test_pokes_of_one_moment_are_not_lost_while_a_job_runs(settings):
    poker = Poker(settings.redis_url)

    for _ in range(3):
        await poker.poke("refresh_standings", "same item")

    waiting = await poker._redis.queued_jobs()
    assert 1 <= sum(job.args == ("same item",) for job in waiting) <= 3
    for job in waiting:
        await arq_drop(poker, job)
    await poker.close()


async def arq_drop(poker, job):
    await poker._redis.delete(f"arq:job:{job.job_id}")
    await poker._redis.zrem("arq:queue", job.job_id)


async def test_a_lost_poke_is_made_good_by_the_sweep(world, db, anonymous):
    contest = await marked_item(world)

    await worker.sweep(db, "")

    async with asyncio.timeout(20):
        while await shown(anonymous, contest) is None:
            await asyncio.sleep(0.02)


async def test_poking_without_valkey_costs_nothing_but_time():
    await Poker("redis://127.0.0.1:1").poke("refresh_standings", "x")


async def test_work_is_done_if_and_only_if_the_command_commits(world, db):
    done = []

    async def note(_db, payload):
        done.append(payload["name"])

    with contextlib.suppress(RuntimeError):
        async with db.transaction() as connection:
            await add_work(connection, "note", name="rolled back")
            raise RuntimeError
    async with db.transaction() as connection:
        await add_work(connection, "note", name="committed")

    await drain_outbox(db, {"note": note})

    assert done == ["committed"]


async def test_a_piece_that_fails_is_counted_and_the_rest_is_done(world, db):
    done = []

    async def fail_or_note(_db, payload):
        if payload["name"] == "bad":
            raise RuntimeError("no")
        done.append(payload["name"])

    async with db.transaction() as connection:
        for name in ("bad", "good"):
            await add_work(connection, "mixed", name=name)

    await drain_outbox(db, {"mixed": fail_or_note})

    (bad,) = await world.fetch(
        "SELECT attempts, done_at, last_error FROM outbox WHERE kind = 'mixed' AND done_at IS NULL"
    )
    assert done == ["good"]
    assert (bad["attempts"], bad["last_error"]) == (1, "RuntimeError")
    # Workers of later tests would meet it and have no hand for it.
    await world.execute("UPDATE outbox SET done_at = now() WHERE kind = 'mixed'")


async def test_what_has_run_out_is_tidied_away(world, db):
    account = await world.account()
    for key, age in (("old", "73 hours"), ("young", "71 hours")):
        await world.execute(
            "INSERT INTO idempotency_key (account_id, key, route, body_hash, created_at) VALUES ($1, $2, 'r', '', now() - $3::text::interval)",
            account, key, age,
        )  # fmt: skip

    await worker.tidy(db, "")

    assert [
        row["key"]
        for row in await world.fetch("SELECT key FROM idempotency_key WHERE account_id = $1", account)
    ] == ["young"]
