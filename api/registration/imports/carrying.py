"""The worker's part: some hundred rows a transaction, each answered; what was committed is done, what was not is done again."""

from collections.abc import Iterator, Sequence
from uuid import UUID

import msgspec

from api.jobs.commands import HeldJob, finish_job, hold_job, report_rows, start_job
from api.jobs.schemas import RowError, RowResult
from api.plumbing.db import Connection, Db
from api.plumbing.ids import encode_id
from api.plumbing.jobs import Payload, add_work
from api.plumbing.problems import field_error
from api.registration.entering import Asker, Verdict, enter, judge
from api.registration.imports.uploading import WORK, ImportRow
from api.registration.rooms import ContestRoom, contest_room

# Rows a transaction: small enough that nobody at the same items waits long, and that a cancellation is heard.
PIECE = 200

NEXT_ROWS = """/* registration.next_import_rows */
SELECT position, candidate FROM registration_import_row WHERE job_id = $1 ORDER BY position LIMIT $2
"""

TAKE_ROWS = """/* registration.take_import_rows */
DELETE FROM registration_import_row WHERE job_id = $1 AND position <= $2
"""


async def carry_import(db: Db, payload: Payload) -> None:
    """Carry out the next piece of a job and note the piece after it; a dry run and an atomic job are one piece."""
    job_id = UUID(payload["job"])
    async with db.transaction() as connection:
        job = await hold_job(connection, job_id)
        if job is None:
            return
        over = job.state not in ("queued", "running")
        limit = PIECE if job.mode == "partial" and not over else None
        taken = await connection.fetch(NEXT_ROWS, job_id, limit)
        rows = [msgspec.json.decode(row["candidate"], type=ImportRow) for row in taken]
        if over:
            await report_rows(connection, job_id, _skipped(rows))
        else:
            await start_job(connection, job_id)
            room = await contest_room(connection, job.contest_id, held=True)
            asker = Asker(job.account_id, payload["host"] == "yes")
            await report_rows(connection, job_id, await _carry(connection, room, asker, job, rows))
        if taken:
            await connection.execute(TAKE_ROWS, job_id, taken[-1]["position"])
        if over:
            return
        if limit is not None and len(taken) == limit:
            await add_work(connection, WORK, **payload)
        else:
            await finish_job(connection, job)


async def _carry(
    connection: Connection, room: ContestRoom, asker: Asker, job: HeldJob, rows: Sequence[ImportRow]
) -> list[RowResult]:
    # In time is what was uploaded in time; a contest that was cancelled or has ended since takes nobody.
    late = room.window(job.opened_at) != "open"
    sound = [row for row in rows if row.candidate is not None and not late]
    candidates = [row.candidate for row in sound if row.candidate is not None]
    writes = job.mode != "validate"
    verdicts = await judge(connection, room, asker, candidates, held=writes)
    if job.mode == "atomic" and (len(sound) < len(rows) or any(v.code for v in verdicts)):
        writes = False
    fine = [c for c, v in zip(candidates, verdicts, strict=True) if v.code is None and v.duplicate_of is None]
    ids = iter(await enter(connection, room, asker, fine) if writes else ())
    by_row = {id(row): verdict for row, verdict in zip(sound, verdicts, strict=True)}
    results: list[RowResult] = []
    for row in rows:
        verdict = by_row.get(id(row), Verdict("registration_closed", "/item") if late else Verdict())
        results.extend(_results(row, verdict, ids, dropped=job.mode == "atomic" and not writes))
    return results


def _results(row: ImportRow, verdict: Verdict, ids: Iterator[UUID], *, dropped: bool) -> list[RowResult]:
    errors = dict(row.errors)
    if not errors and verdict.code is not None:
        line, error = _pointed(row, verdict.code, verdict.pointer)
        errors[line] = (error,)
    if errors:
        other = _error("", "team", "team_member_rejected")
        return [RowResult(line, "rejected", errors.get(line, (other,))) for line in row.lines]
    if verdict.duplicate_of is not None:
        ref = encode_id("entry", verdict.duplicate_of)
        return [RowResult(line, "duplicate", (), ref) for line in row.lines]
    if dropped:
        return _skipped([row])
    entry = next(ids, None)
    return [
        RowResult(line, "accepted", (), encode_id("entry", entry) if entry else None) for line in row.lines
    ]


def _pointed(row: ImportRow, code: str, pointer: str) -> tuple[int, RowError]:
    """The line and column a verdict points at."""
    parts = pointer.strip("/").split("/")
    if parts[0] == "members":
        return row.lines[int(parts[1])], _error(row.headings.get(parts[2], ""), parts[2], code)
    return row.lines[0], _error(row.headings.get(parts[0], ""), parts[0], code)


def _error(heading: str, field: str, code: str) -> RowError:
    found = field_error("", code)
    return RowError(heading, field, code, found.detail, found.detail_en)


def _skipped(rows: Sequence[ImportRow]) -> list[RowResult]:
    return [RowResult(line, "skipped") for row in rows for line in row.lines]
