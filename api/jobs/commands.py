"""The life of a job: opened with the upload, reported row by row, finished or cancelled."""

import base64
import zlib
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

import msgspec

from api.access.actor import Actor
from api.jobs.queries import job_by_id, visible_job
from api.jobs.schemas import JobState, JobView, Mode, RowResult
from api.plumbing.crypto import Cipher
from api.plumbing.db import Connection, Db
from api.plumbing.ids import parse_id
from api.plumbing.states import require_transition

KEPT_DAYS = 30


class OpenJob(msgspec.Struct, frozen=True, kw_only=True):
    """A file to be carried out. `rows` counts its data rows."""

    kind: str
    mode: Mode
    contest_id: UUID
    rows: int
    body: bytes
    file_name: str
    media_type: str


class JobParams(msgspec.Struct, frozen=True):
    """What a job remembers of its upload."""

    mode: Mode
    media_type: str = ""


class HeldJob(msgspec.Struct, frozen=True):
    """A job locked for a piece of its work; `opened_at` is when the upload was complete."""

    id: UUID
    state: JobState
    account_id: UUID
    contest_id: UUID
    mode: Mode
    opened_at: datetime


OPEN_JOB = """/* jobs.open_job */
INSERT INTO job (kind, account_id, contest_id, params, input, input_name, rows_total) VALUES ($1, $2, $3, $4, $5, $6, $7)
RETURNING id
"""


async def open_job(connection: Connection, cipher: Cipher, actor: Actor, job: OpenJob) -> UUID:
    """Keep the upload, encrypted: it holds document numbers, and goes back to nobody but who sent it."""
    packed = base64.b64encode(zlib.compress(job.body, 1)).decode("ascii")
    job_id: UUID = await connection.fetchval(
        OPEN_JOB, job.kind, actor.account_id, job.contest_id,
        msgspec.json.encode(JobParams(job.mode, job.media_type)).decode(),
        cipher.encrypt(packed, "job"), job.file_name, job.rows,
    )  # fmt: skip
    return job_id


def unpack_input(cipher: Cipher, kept: bytes) -> bytes:
    """The uploaded bytes again."""
    return zlib.decompress(base64.b64decode(cipher.decrypt(kept, "job")))


HOLD_JOB = """/* jobs.hold_job */
SELECT id, state, account_id, contest_id, params, created_at FROM job WHERE id = $1 FOR NO KEY UPDATE
"""


async def hold_job(connection: Connection, job_id: UUID) -> HeldJob | None:
    """The job, kept as it is until the transaction ends, so that a cancellation comes before or after a piece of work."""
    row = await connection.fetchrow(HOLD_JOB, job_id)
    if row is None:
        return None
    params = msgspec.json.decode(row["params"], type=JobParams)
    return HeldJob(
        row["id"], row["state"], row["account_id"], row["contest_id"], params.mode, row["created_at"]
    )


REPORT_ROW = """/* jobs.report_row */
INSERT INTO job_row (job_id, position, outcome, errors, ref) VALUES ($1, $2, $3, $4, $5)
"""

COUNT_ROWS = """/* jobs.count_rows */
UPDATE job SET rows_done = rows_done + $2, rows_failed = rows_failed + $3 WHERE id = $1
"""


async def report_rows(connection: Connection, job_id: UUID, results: Iterable[RowResult]) -> None:
    """Note what became of rows, in the transaction that made it so; progress is what these transactions committed."""
    rows = list(results)
    await connection.executemany(
        REPORT_ROW,
        [(job_id, r.row, r.outcome, msgspec.json.encode(r.errors).decode(), r.ref) for r in rows],
    )
    failed = sum(r.outcome in ("rejected", "skipped") for r in rows)
    await connection.execute(COUNT_ROWS, job_id, len(rows), failed)


START_JOB = """/* jobs.start_job */
UPDATE job SET state = 'running', started_at = now() WHERE id = $1 AND state = 'queued'
"""


async def start_job(connection: Connection, job_id: UUID) -> None:
    """Queued becomes running; a job that runs already goes on."""
    await connection.execute(START_JOB, job_id)


# All, some or none of the rows: the state says which. A dry run that found faults has still succeeded as a dry run.
FINISH_JOB = """/* jobs.finish_job */
UPDATE job SET finished_at = now(), state = CASE
    WHEN rows_failed = 0 OR $2 THEN 'succeeded' WHEN rows_failed < rows_done THEN 'partly' ELSE 'failed' END
WHERE id = $1
"""


async def finish_job(connection: Connection, job: HeldJob) -> None:
    """Close a job whose rows have all been reported."""
    await connection.execute(FINISH_JOB, job.id, job.mode == "validate")


async def cancel_job(db: Db, actor: Actor, job: str) -> JobView:
    """Stop a job after the piece that is being carried out; what was committed stays. Raises forbidden_transition once it has ended."""
    job_id = parse_id("job", job)
    async with db.transaction() as connection:
        await visible_job(connection, actor, job_id)
        held = await hold_job(connection, job_id)
        assert held is not None
        require_transition("job", held.state, "cancelled")
        await connection.execute(
            "UPDATE job SET state = 'cancelled', finished_at = now() WHERE id = $1", job_id
        )
        return await job_by_id(db, actor, job)


FORGET_INPUTS = """/* jobs.forget_inputs */
UPDATE job SET input = NULL WHERE input IS NOT NULL AND created_at < now() - make_interval(days => $1)
"""


async def forget_inputs(connection: Connection) -> None:
    """Uploads hold personal data: they are kept for 30 days, for the file with the errors in it, and no longer."""
    await connection.execute(FORGET_INPUTS, KEPT_DAYS)
