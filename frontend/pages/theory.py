"""Theory marks from a file: first what would happen, then the writing. The file travels with the form and is checked both times."""

import asyncio
import base64
from typing import Annotated, Any, Final

import msgspec
from litestar import Response, get, post
from litestar.datastructures import State, UploadFile
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler

from api.access.actor import Actor
from api.contests.queries.items import plan_of_item
from api.contests.schemas import Contest, Item
from api.dependencies import FromActor, FromDb
from api.jobs.schemas import Mode
from api.jobs.sheets import CSV, XLSX, read_sheet
from api.judging.commands.theory import enter_theory
from api.judging.queries.progress import progress_of_contest
from api.judging.schemas import TheoryReceipt, TheoryRow
from api.judging.theory_files import columns_of, rows_of
from api.plumbing.db import Db
from api.plumbing.ids import parse_id
from api.plumbing.problems import Problem
from api.registration.queries import EntryFilter, list_entries
from api.results.queries import board_columns
from frontend.locales import Locale
from frontend.pages.forms import require_answered
from frontend.pages.organising import contest_of, item_address, item_head, item_of, sentence
from frontend.pages.serving import PageRequest, form_fields, locale_of, show
from frontend.views.common import FieldError, FormState
from frontend.views.organiser import DryRun, RowError, TheoryPage
from scoring import Imported, Plan
from scoring.decimals import plain
from scoring.plans.nodes import walk

MOST_BYTES: Final = 2 * 1024 * 1024
MOST_NAMED: Final = 2000


class Kept(msgspec.Struct, frozen=True):
    """A checked file on its way to the commit. Whoever changes it on the way sends another file: it is checked again."""

    name: Annotated[str, msgspec.Meta(max_length=200)]
    headings: dict[str, str]
    rows: Annotated[list[tuple[int, TheoryRow]], msgspec.Meta(max_length=1000)]


@get("/org/c/{contest_id:str}/e/{item:str}/theory", opt={"right": "theory.import"})
async def show_theory(
    request: PageRequest, db: FromDb, actor: FromActor, contest_id: FromPath[str], item: FromPath[str]
) -> Response[str]:
    """Choose a file."""
    return await _page(request, db, actor, contest_id, item)


@get("/org/c/{contest_id:str}/e/{item:str}/theory.csv", opt={"right": "theory.import"})
async def send_template(
    request: PageRequest, db: FromDb, actor: FromActor, contest_id: FromPath[str], item: FromPath[str]
) -> Response[bytes]:
    """The file to fill in: every contest number of the item."""
    found = item_of(await contest_of(db, actor, contest_id), item)
    wanted = EntryFilter(item=found.id, states=("accepted",))
    entries = (await list_entries(db, actor, wanted, MOST_NAMED)).data
    lines = ["参赛号,成绩", *(f"{entry.number}," for entry in entries)]
    headers = {"Content-Disposition": f'attachment; filename="{item}.csv"', "Cache-Control": "no-store"}
    # With a byte order mark, without which spreadsheets read Chinese headings wrongly.
    return Response("\r\n".join([*lines, ""]).encode("utf-8-sig"), media_type=CSV, headers=headers)


@post("/org/c/{contest_id:str}/e/{item:str}/theory", opt={"right": "theory.import"}, status_code=200)
async def import_theory(
    request: PageRequest,
    db: FromDb,
    actor: FromActor,
    state: State,
    contest_id: FromPath[str],
    item: FromPath[str],
) -> Response[str]:
    """Check a file, or write what was checked."""
    found = item_of(await contest_of(db, actor, contest_id), item)
    fields = await form_fields(request)
    mode: Mode = "partial" if fields.get("act") == "commit" else "validate"
    try:
        kept = _unpacked(fields.get("upload", "")) if mode == "partial" else await _uploaded(request)
        receipt = await enter_theory(
            db, state.desk.nudges, actor, parse_id("item", found.id), mode, kept.rows, kept.headings
        )
    except Problem as problem:
        if problem.status not in {413, 415}:
            require_answered(problem)
        return await _page(request, db, actor, contest_id, item, problem=problem)
    return await _page(request, db, actor, contest_id, item, kept=kept, receipt=receipt)


async def _uploaded(request: PageRequest) -> Kept:
    """The file of the form. Raises what reading it raises."""
    file: Any = (await request.form()).get("file")
    if not isinstance(file, UploadFile) or not file.filename:
        raise Problem("file_unreadable")
    body = await file.read(MOST_BYTES + 1)
    if len(body) > MOST_BYTES:
        raise Problem("theory_too_many_rows")
    # What browsers call a CSV differs from machine to machine; its name does not.
    kind = XLSX if file.filename.lower().endswith(".xlsx") else CSV
    sheet = await asyncio.to_thread(read_sheet, kind, body)
    columns = columns_of(sheet)
    headings = {field: sheet.heading[place] for field, place in columns.items()}
    return Kept(file.filename[:200], headings, rows_of(sheet, columns))


def _packed(kept: Kept) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode(kept)).decode()


def _unpacked(text: str) -> Kept:
    try:
        return msgspec.json.decode(base64.urlsafe_b64decode(text), type=Kept)
    except (ValueError, msgspec.DecodeError) as error:
        raise Problem("file_unreadable") from error


async def _page(
    request: PageRequest, db: Db, actor: Actor, contest_id: str, code: str, *, problem: Problem | None = None,
    kept: Kept | None = None, receipt: TheoryReceipt | None = None,
) -> Response[str]:  # fmt: skip
    locale = locale_of(request)
    contest = await contest_of(db, actor, contest_id)
    item = item_of(contest, code)
    plan = (await plan_of_item(db, actor, parse_id("item", item.id)))[0].plan
    accepted, present = await _counts(db, actor, contest, item)
    weight, maximum = _paper(plan)
    saved = receipt is not None and receipt.saved
    form = FormState()
    if problem is not None:
        texts = [each.detail_en if locale == "en" else each.detail for each in problem.errors]
        form = FormState(
            errors=tuple(FieldError("file", text) for text in texts or [sentence(problem, locale)])
        )
    page = TheoryPage(
        item=item_head(contest, item, locale),
        weight=weight,
        maximum=maximum,
        entrants=accepted,
        present=present,
        template_url=item_address(contest_id, code, "theory.csv"),
        step="choose" if receipt is None else "done" if saved else "check",
        dry_run=_dry_run(kept, receipt, locale) if kept and receipt else None,
        form=form,
    )
    return show(request, page, "organiser", status=problem.status if problem else 200)


async def _counts(db: Db, actor: Actor, contest: Contest, item: Item) -> tuple[int, int]:
    progress = await progress_of_contest(db, actor, parse_id("contest", contest.id))
    return next(((each.accepted, each.with_theory) for each in progress if each.item == item.id), (0, 0))


def _paper(plan: Plan) -> tuple[str, str]:
    """Weight in per cent (empty where parts are not weighed) and full marks of the part that is imported."""
    leaf = next((node for _, node in walk(plan.root) if isinstance(node, Imported)), None)
    if leaf is None:
        raise Problem("not_found")
    weight = next((column.weight for column in board_columns(plan) if column.key == leaf.key), "")
    return weight, format(plain(leaf.maximum), "f")


def _dry_run(kept: Kept, receipt: TheoryReceipt, locale: Locale) -> DryRun:
    cells = dict(kept.rows)
    corrected = sum(1 for result in receipt.rows if result.outcome == "accepted" and cells[result.row].reason)
    return DryRun(
        upload="" if receipt.saved else _packed(kept),
        file_name=kept.name,
        rows=len(receipt.rows),
        new=receipt.accepted - corrected,
        changed=corrected,
        unchanged=receipt.duplicate,
        errors=tuple(
            RowError(
                result.row,
                error.column,
                str(getattr(cells[result.row], error.field, "") or ""),
                error.detail_en if locale == "en" else error.detail,
            )
            for result in receipt.rows
            for error in result.errors
        ),
    )


PAGES: list[ControllerRouterHandler] = [show_theory, send_template, import_theory]
