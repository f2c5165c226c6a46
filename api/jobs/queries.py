"""How far a job has come and what it answers for each row. Only who opened a job sees it: its file holds document numbers."""

from uuid import UUID

import asyncpg
import msgspec

from api.access.actor import Actor
from api.jobs.schemas import JobCounts, JobView, Outcome, RowError, RowResult
from api.plumbing.db import Connection, Db
from api.plumbing.ids import encode_id, parse_id
from api.plumbing.paging import Page, decode_cursor, page_of
from api.plumbing.problems import Problem

JOB = """/* jobs.job */
SELECT j.id, j.kind, j.state, j.account_id, j.params->>'mode' AS mode, j.input_name, j.rows_total, j.rows_done,
       j.created_at, j.started_at, j.finished_at, coalesce(c.counts, '{}') AS counts
FROM job j
LEFT JOIN LATERAL (
    SELECT json_object_agg(outcome, n) AS counts
    FROM (SELECT outcome, count(*) AS n FROM job_row WHERE job_id = j.id GROUP BY outcome) o
) c ON true
WHERE j.id = $1
"""


async def visible_job(connection: Connection, actor: Actor, job_id: UUID) -> asyncpg.Record:
    """The job's row. Raises not_found for a job of somebody else."""
    row = await connection.fetchrow(JOB, job_id)
    if row is None or row["account_id"] != actor.account_id:
        raise Problem("not_found")
    return row


async def job_by_id(db: Db, actor: Actor, job: str) -> JobView:
    """A job and its counts."""
    async with db.reading() as connection:
        row = await visible_job(connection, actor, parse_id("job", job))
    counts = msgspec.json.decode(row["counts"], type=dict[Outcome, int])
    return JobView(
        id=encode_id("job", row["id"]),
        kind=row["kind"],
        mode=row["mode"],
        state=row["state"],
        file_name=row["input_name"],
        counts=JobCounts(total=row["rows_total"], done=row["rows_done"], **counts),
        created_at=row["created_at"],
        started_at=row["started_at"],
        finished_at=row["finished_at"],
    )


ROWS = """/* jobs.rows */
SELECT position, outcome, errors, ref FROM job_row
WHERE job_id = $1 AND position > $2 AND ($3::text[] IS NULL OR outcome = ANY($3)) ORDER BY position LIMIT $4
"""


async def rows_of_job(
    db: Db, actor: Actor, job: str, outcomes: list[str] | None, limit: int, cursor: str | None
) -> Page[RowResult]:
    """What became of the rows so far, in the order of the file."""
    job_id = parse_id("job", job)
    after = decode_cursor(cursor, 1)
    if after is not None and not (after[0].isascii() and after[0].isdigit() and len(after[0]) < 9):
        raise Problem("invalid_parameter")
    async with db.reading() as connection:
        await visible_job(connection, actor, job_id)
        rows = await connection.fetch(ROWS, job_id, int(after[0]) if after else 0, outcomes, limit + 1)
    results = [_result(row) for row in rows]
    return page_of(results, limit, [[str(result.row)] for result in results])


KEPT_INPUT = """/* jobs.kept_input */
SELECT input, input_name, params->>'media_type' AS media_type FROM job WHERE id = $1
"""


class Finished(msgspec.Struct, frozen=True):
    """A job's upload, still encrypted, with all its results."""

    input: bytes
    file_name: str
    media_type: str
    results: tuple[RowResult, ...]


async def finished_job(db: Db, actor: Actor, job: str) -> Finished:
    """What the annotated workbook is made from. Raises job_unfinished, or job_input_gone after 30 days."""
    job_id = parse_id("job", job)
    async with db.reading() as connection:
        head = await visible_job(connection, actor, job_id)
        if head["finished_at"] is None:
            raise Problem("job_unfinished")
        kept = await connection.fetchrow(KEPT_INPUT, job_id)
        rows = await connection.fetch(ROWS, job_id, 0, None, None)
    if kept is None or kept["input"] is None:
        raise Problem("job_input_gone")
    return Finished(kept["input"], kept["input_name"], kept["media_type"], tuple(map(_result, rows)))


def _result(row: asyncpg.Record) -> RowResult:
    errors = msgspec.json.decode(row["errors"], type=tuple[RowError, ...])
    return RowResult(row["position"], row["outcome"], errors, row["ref"])
