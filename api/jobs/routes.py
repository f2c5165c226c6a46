"""Jobs over HTTP."""

from typing import Annotated, Any

import anyio.to_thread
from litestar import Response, get, post
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from api.access.secret_texts import cipher_of
from api.dependencies import FromActor, FromDb, FromSettings
from api.jobs import commands, queries
from api.jobs.schemas import JobTransition, JobView, Outcome, RowResult
from api.jobs.sheets import XLSX, read_sheet
from api.jobs.workbooks import annotated_workbook
from api.plumbing.crypto import Cipher
from api.plumbing.paging import DEFAULT_LIMIT, MAX_LIMIT, Page


@get("/jobs/{job:str}", opt={"right": "job.read"})
async def show_job(db: FromDb, actor: FromActor, job: FromPath[str]) -> JobView:
    """How far a job of yours has come."""
    return await queries.job_by_id(db, actor, job)


@get("/jobs/{job:str}/rows", opt={"right": "job.read"})
async def list_rows(
    db: FromDb,
    actor: FromActor,
    job: FromPath[str],
    outcome: Annotated[
        Outcome | None, QueryParameter(required=False, description="Only rows with this outcome")
    ] = None,
    limit: Annotated[int, QueryParameter(ge=1, le=MAX_LIMIT)] = DEFAULT_LIMIT,
    cursor: FromQuery[str | None] = None,
) -> Page[RowResult]:
    """What became of each row so far, in the order of the file."""
    return await queries.rows_of_job(db, actor, job, [outcome] if outcome else None, limit, cursor)


@get("/jobs/{job:str}/result.xlsx", opt={"right": "job.read"})
async def download_result(
    db: FromDb, actor: FromActor, settings: FromSettings, job: FromPath[str]
) -> Response[bytes]:
    """Your own table back with a column 错误说明; correct it there and send it again."""
    finished = await queries.finished_job(db, actor, job)
    cipher = cipher_of(settings.secret_key)
    return Response(
        await anyio.to_thread.run_sync(_annotate, cipher, finished),
        media_type=XLSX,
        headers={"Cache-Control": "no-store", "Content-Disposition": f'attachment; filename="{job}.xlsx"'},
    )


@post("/jobs/{job:str}/transitions", opt={"right": "job.cancel"}, status_code=200)
async def change_job(
    db: FromDb, actor: FromActor, job: FromPath[str], data: JSONBody[JobTransition]
) -> JobView:
    """Cancel a job of yours; rows carried out so far stay."""
    return await commands.cancel_job(db, actor, job)


def _annotate(cipher: Cipher, finished: queries.Finished) -> bytes:
    sheet = read_sheet(finished.media_type, commands.unpack_input(cipher, finished.input))
    return annotated_workbook(sheet, finished.results)


ROUTES: list[Any] = [show_job, list_rows, download_result, change_job]
