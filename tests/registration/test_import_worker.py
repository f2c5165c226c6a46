"""The worker may be killed, doubled or told to stop: what was committed is done once, the rest is done later or not at all."""

import asyncio
import os
import subprocess
import sys

import pytest

from api.plumbing.ids import parse_id
from api.plumbing.jobs import drain_outbox
from api.registration.imports.carrying import PIECE, carry_import
from api.registration.imports.uploading import WORK
from api.work import HANDLERS
from tests.registration.files import results, row, upload, work, xlsx

# Carries pieces out and says so before they are committed; the second one is never committed.
DOOMED_WORKER = """
import asyncio, os, sys
from pathlib import Path
from api.plumbing.db import Db
from api.plumbing.jobs import drain_outbox
from api.plumbing.settings import Settings
from api.registration.imports.carrying import carry_import

pieces = 0

async def carry(db, payload):
    global pieces
    await carry_import(db, payload)
    pieces += 1
    print(pieces, flush=True)
    if pieces == 2:
        await asyncio.Event().wait()

async def main():
    url = os.environ["DATABASE_URL"]
    db = await Db.connect(Settings(database_url=url, owner_url=url, redis_url="", data_dir=Path("."), secret_key="5b" * 32))
    await drain_outbox(db, {"registration.import": carry})

asyncio.run(main())
"""


async def test_worker_killed_midway_loses_no_row_and_doubles_none(door):
    # What other tests left waiting would be done first.
    await work(door)
    answer = await upload(door, xlsx([row() for _ in range(2 * PIECE + 50)]), "partial")
    worker = await asyncio.create_subprocess_exec(
        sys.executable, "-c", DOOMED_WORKER, stdout=subprocess.PIPE,
        env={**os.environ, "DATABASE_URL": door.world.settings.database_url},
    )  # fmt: skip
    assert worker.stdout is not None
    assert [await worker.stdout.readline(), await worker.stdout.readline()] == [b"1\n", b"2\n"]
    during = (await door.registrar.get(answer.headers["Location"])).json()
    worker.kill()
    await worker.wait()

    assert (during["state"], during["counts"]["done"]) == ("running", PIECE)
    # The dead worker's transaction ends when its connection is found dead; its lock on the work says when.
    await door.world.fetch("SELECT id FROM outbox WHERE done_at IS NULL FOR UPDATE")
    await work(door)

    job = (await door.registrar.get(answer.headers["Location"])).json()
    assert (job["state"], job["counts"]["accepted"]) == ("succeeded", 2 * PIECE + 50)
    entries = await door.world.fetchval("SELECT count(*) FROM entry WHERE item_id = $1", door.contest.item)
    people = await door.world.fetchval(
        "SELECT count(DISTINCT person_id) FROM entry_member WHERE item_id = $1", door.contest.item
    )
    assert entries == people == 2 * PIECE + 50


async def test_same_work_delivered_twice_is_done_once(door):
    answer = await upload(door, xlsx([row(), row()]), "partial")
    job_id = parse_id("job", answer.headers["Location"].rsplit("/", 1)[1])

    await work(door)
    await carry_import(door.world.db, {"job": str(job_id), "host": "no"})

    assert await door.world.fetchval("SELECT count(*) FROM entry WHERE item_id = $1", door.contest.item) == 2


async def test_cancelled_job_keeps_what_is_done_and_skips_the_rest(door):
    await work(door)
    answer = await upload(door, xlsx([row() for _ in range(PIECE + 5)]), "partial")
    pieces = 0

    async def one_piece(db, payload):
        nonlocal pieces
        if pieces == 1:
            raise asyncio.CancelledError
        pieces += 1
        await carry_import(db, payload)

    with pytest.raises(asyncio.CancelledError):
        await drain_outbox(door.world.db, {**HANDLERS, WORK: one_piece})
    cancelled = await door.registrar.post(
        f"{answer.headers['Location']}/transitions", json={"to": "cancelled"}
    )
    assert cancelled.json()["state"] == "cancelled"
    await work(door)

    job = (await door.registrar.get(answer.headers["Location"])).json()
    assert (job["counts"]["accepted"], job["counts"]["skipped"]) == (PIECE, 5)
    assert (
        await door.world.fetchval("SELECT count(*) FROM entry WHERE item_id = $1", door.contest.item) == PIECE
    )
    assert [r["row"] for r in await results(door, job, "skipped")] == list(range(PIECE + 2, PIECE + 7))
    again = await door.registrar.post(f"{answer.headers['Location']}/transitions", json={"to": "cancelled"})
    assert (again.status_code, again.json()["code"]) == (409, "forbidden_transition")


async def test_contest_cancelled_before_the_worker_came_takes_nobody(door):
    answer = await upload(door, xlsx([row(), row()]), "partial")
    await door.world.execute("UPDATE contest SET state = 'cancelled' WHERE id = $1", door.contest.contest)

    await work(door)

    job = (await door.registrar.get(answer.headers["Location"])).json()
    assert (job["state"], job["counts"]["rejected"]) == ("failed", 2)
