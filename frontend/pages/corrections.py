"""O10: correcting a mark of a closed sheet. New mark and reason, what it moves, the request; another person signs in and confirms."""

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from api.access.actor import Actor
from api.control.commands.corrections import PUBLISHED, ask_correction, confirm_correction, refuse_correction
from api.control.queries.corrections import correction_by_id, preview_correction
from api.control.queries.detail import sheet_detail
from api.control.schemas import AskCorrection, ConfirmCorrection, CorrectionPreview, NewMark, RefuseCorrection
from api.dependencies import FromActor, FromDb
from api.plumbing.db import Db
from api.plumbing.ids import parse_id
from api.plumbing.problems import Problem
from api.results.publications import publication_view
from frontend.pages.forms import new_key, once_of_form, require_answered, rev_of
from frontend.pages.serving import PageRequest, form_fields, form_state, go, locale_of, named, show
from frontend.pages.session_heads import station_text
from frontend.views.common import FormState
from frontend.views.control import AskCorrectionPage, CorrectionPage
from scoring.decimals import plain


@get("/org/sheets/{sheet:str}/correct", opt={"right": "correction.ask"})
async def show_asking(
    request: PageRequest, db: FromDb, actor: FromActor, sheet: FromPath[str], criterion: FromQuery[str]
) -> Response[str]:
    """The mark as it is, and room for the new one."""
    return await _asking(request, db, actor, sheet, criterion[:80], FormState())


@post("/org/sheets/{sheet:str}/correct", opt={"right": "correction.ask"}, status_code=200)
async def ask(
    request: PageRequest, db: FromDb, actor: FromActor, sheet: FromPath[str]
) -> Response[str] | Redirect:
    """act=preview shows what moves; act=ask asks."""
    fields = await form_fields(request)
    criterion = fields.get("criterion", "")[:80]
    sheet_id = parse_id("sheet", sheet)
    missing = fields.get("not_attempted") == "yes"
    given = NewMark(
        criterion=criterion,
        state="not_attempted" if missing else "scored",
        value=None if missing else fields.get("value", "").strip()[:40] or None,
    )
    preview = None
    try:
        preview = await preview_correction(db, actor, sheet_id, given)
        if fields.get("act") != "ask":
            return await _asking(request, db, actor, sheet, criterion, FormState(fields), preview)
        data = AskCorrection(
            criterion=criterion,
            state=given.state,
            value=given.value,
            base_rev=rev_of(fields, "base_rev"),
            reason=fields.get("reason", "")[:500],
            note=fields.get("note", "")[:500] or None,
        )
        once = await once_of_form(request, db, actor, fields)
        answer = await once.answer(
            lambda: ask_correction(db, actor, sheet_id, data),
            lambda correction: f"/org/corrections/{correction.id}",  # type: ignore[attr-defined]
        )
    except Problem as problem:
        require_answered(problem)
        form = form_state(request, fields, problem)
        return await _asking(request, db, actor, sheet, criterion, form, preview, problem.status)
    # A form sent twice leads to the correction that it asked for the first time.
    return go(request, answer.headers["Location"])


async def _asking(
    request: PageRequest,
    db: Db,
    actor: Actor,
    sheet: str,
    criterion: str,
    form: FormState,
    preview: CorrectionPreview | None = None,
    status: int = 200,
) -> Response[str]:
    found = await sheet_detail(db, actor, parse_id("sheet", sheet))
    line = next((each for each in found.sheet.criteria if each.rule.key == criterion), None)
    if line is None:
        raise Problem("not_found")
    async with db.reading() as connection:
        item = await connection.fetchval("SELECT item_id FROM sheet WHERE id = $1", parse_id("sheet", sheet))
        state = (await publication_view(connection, item)).state
    now = line.current.value if line.current else None
    page = AskCorrectionPage(
        sheet=sheet,
        station=station_text(found.sheet.station),
        judge=found.sheet.judge,
        item_name=found.sheet.session.item_name,
        criterion=criterion,
        number=line.number,
        title=named(locale_of(request), line.rule.title, line.rule.title_en),
        limits=f"{plain(line.rule.minimum):f}–{plain(line.rule.maximum):f}",
        unit=line.rule.unit,
        value=None if now is None else format(plain(now), "f"),
        base_rev=preview.base_rev if preview else line.current.rev if line.current else 0,
        published=state in PUBLISHED,
        preview=preview,
        key=form.value("key") or new_key(),
        form=form,
    )
    return show(request, page, "organiser", status=status)


@get("/org/corrections/{correction:str}", opt={"right": "correction.read"})
async def show_correction(
    request: PageRequest, db: FromDb, actor: FromActor, correction: FromPath[str]
) -> Response[str]:
    """Old and new side by side, what moves, and the second person's buttons."""
    return await _page(request, db, actor, correction, FormState())


@post("/org/corrections/{correction:str}", opt={"right": "correction.read"}, status_code=200)
async def end_correction(
    request: PageRequest, db: FromDb, actor: FromActor, correction: FromPath[str]
) -> Response[str] | Redirect:
    """act=confirm makes it, act=refuse lets it be."""
    fields = await form_fields(request)
    correction_id = parse_id("correction", correction)
    try:
        once = await once_of_form(request, db, actor, fields)
        if fields.get("act") == "confirm":
            given = ConfirmCorrection(fields.get("note", "")[:500] or None)
            await once.answer(lambda: confirm_correction(db, actor, correction_id, given))
        else:
            refused = RefuseCorrection(fields.get("reason", "")[:500])
            await once.answer(lambda: refuse_correction(db, actor, correction_id, refused))
    except Problem as problem:
        require_answered(problem)
        form = form_state(request, fields, problem)
        return await _page(request, db, actor, correction, form, problem.status)
    return go(request, f"/org/corrections/{correction}")


async def _page(
    request: PageRequest, db: Db, actor: Actor, correction: str, form: FormState, status: int = 200
) -> Response[str]:
    found = await correction_by_id(db, actor, parse_id("correction", correction))
    confirms = found.outcome == "waiting" and not found.own and actor.holds("correction.confirm")
    async with db.reading() as connection:
        published = (await publication_view(connection, parse_id("item", found.item))).state in PUBLISHED
    page = CorrectionPage(
        correction=found,
        confirms=confirms,
        needs_note=confirms and published and found.note is None,
        key=new_key(),
        form=form,
    )
    return show(request, page, "organiser", status=status)


PAGES: list[ControllerRouterHandler] = [show_asking, ask, show_correction, end_correction]
