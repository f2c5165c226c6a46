"""SJ3: one sheet. With script every tap goes through the tablet's own store (static/js/judge); without, the whole form does the
same. Nothing is ever overwritten unseen."""

from datetime import UTC, datetime
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.datastructures import State
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from api.access.actor import Actor
from api.dependencies import FromActor, FromDb
from api.judging.broadcasts import receive_broadcast
from api.judging.commands.marks import enter_marks
from api.judging.commands.sheets import move_sheet
from api.judging.desk import MarkDesk
from api.judging.queries.sessions import station_grid
from api.judging.queries.sheets import sheet_for
from api.judging.schemas import MOST_OPERATIONS, EnterMarks, MoveSheet, Sheet
from api.plumbing.db import Db
from api.plumbing.ids import parse_id
from api.plumbing.problems import Problem
from frontend.locales import Locale, texts
from frontend.pages.broadcasts import unread_lines
from frontend.pages.forms import require_answered
from frontend.pages.serving import PageRequest, form_fields, form_state, go, locale_of, show
from frontend.pages.session_heads import STATES, head_of, station_text
from frontend.pages.sheet_form import entered_row
from frontend.pages.sheet_rows import Outcome, groups_of
from frontend.views.common import FormState
from frontend.views.formats import fragment
from frontend.views.judging import BroadcastLine, JudgeHead, SheetPage, SheetState
from scoring import Plan


class OnTheDesk(msgspec.Struct, frozen=True):
    """A sheet that is being shown: what it holds now, and what became of what was just entered."""

    sheet: Sheet
    plan: Plan
    broadcasts: tuple[BroadcastLine, ...] = ()
    outcomes: dict[str, Outcome] = {}

    @property
    def trouble(self) -> int:
        """How many rows the judge still has to look at."""
        return sum(not outcome.stands for outcome in self.outcomes.values())


@get("/judge/s/{session:str}/w/{station:int}", opt={"right": "sheet.read"})
async def show_sheet(
    request: PageRequest,
    db: FromDb,
    actor: FromActor,
    state: State,
    session: FromPath[str],
    station: FromPath[int],
) -> Response[str]:
    """The judge's sheet of one station."""
    grid = await station_grid(db, actor, parse_id("session", session), own=True)
    sheet_id = next((each.sheets[0].sheet for each in grid.stations if each.station == station), None)
    if sheet_id is None:
        raise Problem("not_found")
    shown = await _on_the_desk(db, state.desk, actor, parse_id("sheet", sheet_id))
    return show(request, _sheet_page(actor, shown, locale_of(request)), "judge")


@post("/judge/s/{session:str}/w/{station:int}", opt={"right": "sheet.mark"}, status_code=200)
async def send_sheet(
    request: PageRequest,
    db: FromDb,
    actor: FromActor,
    state: State,
    session: FromPath[str],
    station: FromPath[int],
) -> Response[str] | Redirect:
    """The whole form: save what has changed, and submit if everything stands as the judge saw it."""
    fields = await form_fields(request)
    shown = await _entered(db, state.desk, actor, fields)
    here = f"/judge/s/{session}/w/{station_text(station)}"
    if shown.trouble:
        return show(request, _sheet_page(actor, shown, locale_of(request)), "judge", status=422)
    if fields.get("read"):
        # A notice was read on the sheet: what was typed has been saved with it.
        await receive_broadcast(db, actor, parse_id("broadcast", fields["read"]))
    if fields.get("act") != "submit":
        return go(request, here)
    if shown.sheet.state == "submitted":
        # The same form, sent twice.
        return go(request, f"/judge/s/{session}")
    try:
        _require_seen(shown, fields)
        move = MoveSheet("submitted", shown.sheet.seq)
        await move_sheet(db, actor, parse_id("sheet", shown.sheet.id), move)
    except Problem as problem:
        require_answered(problem)
        form = form_state(request, {}, problem)
        return show(
            request, _sheet_page(actor, shown, locale_of(request), form), "judge", status=problem.status
        )
    return go(request, f"/judge/s/{session}")


async def _entered(db: Db, desk: MarkDesk, actor: Actor, fields: dict[str, str]) -> OnTheDesk:
    """Save the rows that the form changes. The form names its sheet: after a redraw it must not write on the next one."""
    sheet_id: UUID = parse_id("sheet", fields.get("sheet", ""))
    place = await desk.sheet_of(sheet_id, actor.account_id)
    now = datetime.now(UTC)
    rows = [row for line in place.form.lines if (row := entered_row(line, fields)) is not None]
    outcomes: dict[str, Outcome] = {}
    for start in range(0, len(rows), MOST_OPERATIONS):
        part = rows[start : start + MOST_OPERATIONS]
        receipt = await enter_marks(desk, actor, sheet_id, EnterMarks([row.operation(now) for row in part]))
        outcomes |= {
            row.line.key: Outcome(row, result, now) for row, result in zip(part, receipt.results, strict=True)
        }
    return await _on_the_desk(db, desk, actor, sheet_id, outcomes)


async def _on_the_desk(
    db: Db, desk: MarkDesk, actor: Actor, sheet_id: UUID, outcomes: dict[str, Outcome] | None = None
) -> OnTheDesk:
    place = await desk.sheet_of(sheet_id, actor.account_id)
    sheet = await sheet_for(db, actor, sheet_id)
    unread = await unread_lines(db, actor, parse_id("session", sheet.session.id))
    return OnTheDesk(sheet, place.form.plan, unread, outcomes or {})


def _require_seen(shown: OnTheDesk, fields: dict[str, str]) -> None:
    """Who submits answers for what the form showed: raise sheet_moved when another tablet has changed a row since."""
    for line in shown.sheet.criteria:
        key = line.rule.key
        seen = fields.get(f"rev.{key}", "0")
        outcome = shown.outcomes.get(key)
        now = line.current.rev if line.current else 0
        if str(outcome.result.rev if outcome else seen) != str(now):
            raise Problem("sheet_moved", current=shown.sheet)


def _sheet_page(actor: Actor, shown: OnTheDesk, locale: Locale, form: FormState | None = None) -> SheetPage:
    sheet = shown.sheet
    signed = next((move for move in reversed(sheet.transitions) if move.to == "signed"), None)
    state = _sheet_state(sheet, trouble=bool(shown.trouble))
    return SheetPage(
        head=_head(actor, shown, locale),
        station=station_text(sheet.station),
        sheet=sheet.id,
        project=sheet.session.stage_name,
        plan_version=f"v{shown.plan.version}",
        hash_fragment=fragment(sheet.plan_hash)[:4],
        groups=groups_of(sheet.criteria, shown.outcomes, locale),
        state=state,
        locked_by=texts(locale)("judge.chief", code=signed.by or "") if signed else "",
        locked_at=signed.at if signed and state == "locked" else None,
        returned=sheet.transitions[-1].reason if sheet.state == "open" and sheet.transitions else None,
        broadcasts=shown.broadcasts,
        form=form or FormState(),
    )


def _head(actor: Actor, shown: OnTheDesk, locale: Locale) -> JudgeHead:
    head = head_of(actor, shown.sheet.session, shown.sheet.judge, locale)
    head = msgspec.structs.replace(head, hand_path=f"{head.hand_path}?station={shown.sheet.station}")
    if shown.trouble:
        return msgspec.structs.replace(head, saved="trouble", waiting=shown.trouble)
    return msgspec.structs.replace(head, saved="locked" if shown.sheet.state == "signed" else "saved")


def _sheet_state(sheet: Sheet, *, trouble: bool) -> SheetState:
    if trouble:
        # What was typed stays in its field until the judge has seen what became of it.
        return "open"
    if sheet.state != "open":
        return "locked" if sheet.state == "signed" else "submitted"
    session = STATES[sheet.session.state]
    return "open" if session == "running" else session


PAGES: list[ControllerRouterHandler] = [show_sheet, send_sheet]
