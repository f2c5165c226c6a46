"""Work outside a request: an outbox row says what is to be done, arq only says when to look.

Whatever has to happen after a command is written to `outbox` in the command's own transaction. The worker drains the table when
it is poked and every few seconds by itself, so a lost Valkey delays work and loses none. arq is used nowhere else.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import arq
import msgspec
import structlog
from arq.connections import ArqRedis, RedisSettings
from arq.cron import cron
from arq.typing import WorkerCoroutine
from redis.exceptions import RedisError

from api.plumbing.db import Connection, Db

log = structlog.get_logger()

POLL_SECONDS = 0.05
MAX_ATTEMPTS = 10
POKES_A_SECOND = 5
DRAIN = "drain_outbox"

TAKE_WORK = """/* plumbing.take_work */
SELECT id, kind, payload, attempts FROM outbox
WHERE done_at IS NULL AND attempts < $1 AND id > $2 ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED
"""

Payload = dict[str, str]
Work = Callable[[Db, Payload], Awaitable[None]]
Job = Callable[[Db, str], Awaitable[None]]


async def add_work(connection: Connection, kind: str, **payload: str | UUID) -> None:
    """Note work in the command's own transaction; it is done if and only if the command commits."""
    await connection.execute(
        "INSERT INTO outbox (kind, payload) VALUES ($1, $2)",
        kind,
        msgspec.json.encode({name: str(value) for name, value in payload.items()}).decode(),
    )


class Poker:
    """Tells the worker that there is something to look at. Losing a poke costs seconds, never work."""

    def __init__(self, redis_url: str) -> None:
        self._settings = RedisSettings.from_dsn(redis_url)
        self._settings.conn_retries = 0
        self._redis: ArqRedis | None = None

    async def poke(self, job: str = DRAIN, key: str = "") -> None:
        """Ask the worker to run `job` with `key` after this moment, at most five times a second over all processes."""
        slot = int(time.time() * POKES_A_SECOND)
        try:
            if self._redis is None:
                self._redis = await arq.create_pool(self._settings)
            asked = await self._redis.enqueue_job(job, key, _job_id=f"{job}:{key}:{slot}")
            if asked is None:
                # One of this slot waits or is at work, and may have read before our change: ask for the next slot too.
                due = datetime.fromtimestamp((slot + 1) / POKES_A_SECOND, UTC)
                await self._redis.enqueue_job(job, key, _job_id=f"{job}:{key}:{slot + 1}", _defer_until=due)
        except (RedisError, OSError):
            log.warning("poke_lost", job=job)

    async def close(self) -> None:
        """Close the connection, if one was opened."""
        if self._redis is not None:
            await self._redis.aclose()


async def drain_outbox(db: Db, handlers: dict[str, Work]) -> int:
    """Do what waits, each piece in a transaction of its own; gives how many pieces were done."""
    done = last = 0
    while True:
        async with db.transaction() as connection:
            # Onwards only: a piece that fails waits for the next drain, so that a passing fault does not use up its attempts.
            row = await connection.fetchrow(TAKE_WORK, MAX_ATTEMPTS, last)
            if row is None:
                return done
            last = row["id"]
            savepoint = connection.transaction()
            await savepoint.start()
            try:
                await handlers[row["kind"]](db, msgspec.json.decode(row["payload"], type=Payload))
            except Exception as error:
                # One piece of work that fails must not hold up the rest; it is tried again, and counted.
                await savepoint.rollback()
                log.error("work_failed", kind=row["kind"], outbox=row["id"], exc_info=error)
                await connection.execute(
                    "UPDATE outbox SET attempts = attempts + 1, last_error = $2 WHERE id = $1",
                    row["id"],
                    type(error).__name__,
                )
            else:
                await savepoint.commit()
                await connection.execute("UPDATE outbox SET done_at = now() WHERE id = $1", row["id"])
                done += 1


async def run_worker(
    redis_url: str, db: Db, jobs: dict[str, Job], by_clock: dict[str, tuple[Job, int]], *, at_once: int = 10
) -> None:
    """Run `jobs` as they are poked and `by_clock` every so many seconds, at most once over all workers and no more than `at_once` here.

    Ends when cancelled.

    A lost Valkey is waited for: the outbox keeps what is to be done.
    """
    while True:
        worker = arq.Worker(
            functions=[
                arq.worker.func(_bound(job, db), name=name, keep_result=0) for name, job in jobs.items()
            ],
            cron_jobs=[
                cron(_bound(job, db), name=name, second=set(range(0, 60, seconds)), keep_result=0)
                for name, (job, seconds) in by_clock.items()
            ],
            redis_settings=RedisSettings.from_dsn(redis_url),
            poll_delay=POLL_SECONDS,
            handle_signals=False,
            max_tries=1,
            max_jobs=at_once,
        )
        try:
            await worker.async_run()
        except (RedisError, OSError):
            log.warning("worker_without_valkey")
            await asyncio.sleep(1)
        finally:
            await _closed(worker)


def _bound(job: Job, db: Db) -> WorkerCoroutine:
    async def run(ctx: dict[Any, Any], *args: object, **_: object) -> None:
        await job(db, str(args[0]) if args else "")

    return run


async def _closed(worker: arq.Worker) -> None:
    try:
        await worker.close()
    except (RedisError, OSError):
        log.warning("worker_closed_without_valkey")
