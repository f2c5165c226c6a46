"""The plan of an item in words, its change by a document, and the item's places."""

from typing import Any, Final

import msgspec
from litestar import Response, get, post
from litestar.datastructures import UploadFile
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from api.access.actor import Actor
from api.contests.commands.items import change_item, change_plan
from api.contests.presets import Live
from api.contests.queries.items import plan_of_item
from api.contests.schemas import ChangeItem
from api.dependencies import FromActor, FromDb
from api.plumbing.bodies import refuse_repeated_names
from api.plumbing.db import Db
from api.plumbing.ids import parse_id
from api.plumbing.problems import Problem, field_error, invalid_fields
from frontend.locales import texts
from frontend.pages.forms import rehearsed, require_answered, rev_of
from frontend.pages.organising import contest_of, item_address, item_head, item_of
from frontend.pages.plan_lines import compared_line, plan_lines, tie_lines
from frontend.pages.serving import PageRequest, form_fields, form_state, go, locale_of, named, show
from frontend.views.common import Choice, FieldError, FormState
from frontend.views.contest_info import PlanPage
from frontend.views.formats import fragment
from scoring import Plan

LIVES: Final[tuple[Live, ...]] = Live.__args__  # type: ignore[attr-defined]
OPEN_STATES: Final = frozenset({"draft", "published", "running"})
MOST_BYTES: Final = 1_000_000
MOST_ERRORS: Final = 20
MOST_LAYERS: Final = 3


@get("/org/c/{contest_id:str}/e/{item:str}/plan", opt={"right": "contest.read"})
async def show_plan(
    request: PageRequest, db: FromDb, actor: FromActor, contest_id: FromPath[str], item: FromPath[str]
) -> Response[str]:
    """The plan in force."""
    return await _page(request, db, actor, contest_id, item, FormState())


@get("/org/c/{contest_id:str}/e/{item:str}/plan.json", opt={"right": "contest.read"})
async def send_plan(
    request: PageRequest, db: FromDb, actor: FromActor, contest_id: FromPath[str], item: FromPath[str]
) -> Response[bytes]:
    """The plan as a document to edit."""
    found = item_of(await contest_of(db, actor, contest_id), item)
    view, _ = await plan_of_item(db, actor, parse_id("item", found.id))
    headers = {"Content-Disposition": f'attachment; filename="{item}.json"', "Cache-Control": "no-store"}
    return Response(_document(view.plan).encode(), media_type="application/json", headers=headers)


@post("/org/c/{contest_id:str}/e/{item:str}/plan", opt={"right": "plan.change"}, status_code=200)
async def put_plan(
    request: PageRequest, db: FromDb, actor: FromActor, contest_id: FromPath[str], item: FromPath[str]
) -> Response[str] | Redirect:
    """Check a document, put it in force, or set the item's places."""
    fields = await form_fields(request)
    found = item_of(await contest_of(db, actor, contest_id), item)
    item_id, act = parse_id("item", found.id), fields.get("act")
    try:
        if act == "settings":
            await change_item(db, actor, item_id, _settings(fields), rev_of(fields))
        elif act in ("check", "change"):
            fields["document"] = await _sent(request, fields)
            plan = _read(fields["document"])
            if act == "check":
                # Tried and taken back, so that what the check lets through can be put in force.
                await rehearsed(db, lambda: change_plan(db, actor, item_id, plan, rev_of(fields)))
                return await _page(request, db, actor, contest_id, item, FormState(fields), checked=plan)
            await change_plan(db, actor, item_id, plan, rev_of(fields))
        else:
            raise Problem("invalid_parameter")
    except Problem as problem:
        require_answered(problem)
        form = _fault(request, fields, problem)
        return await _page(request, db, actor, contest_id, item, form, status=problem.status)
    return go(request, item_address(contest_id, item, "plan"))


def _settings(fields: dict[str, str]) -> ChangeItem:
    given: dict[str, object] = {
        name: fields.get(name, "").strip() or None for name in ("capacity", "per_delegation")
    }
    # Fixed once somebody has entered; the form leaves it out then.
    given |= {"blind_layers": fields["blind_layers"]} if "blind_layers" in fields else {}
    try:
        return msgspec.convert(given | {"live": fields.get("live", "")}, ChangeItem, strict=False)
    except msgspec.ValidationError as error:
        field = next((name for name in given if f".{name}" in str(error)), "live")
        raise invalid_fields(field_error(f"/{field}", "malformed_field", reason=str(error))) from error


async def _sent(request: PageRequest, fields: dict[str, str]) -> str:
    """The document: a chosen file before what stands in the box."""
    file: Any = (await request.form()).get("file")
    if not isinstance(file, UploadFile) or not file.filename:
        return fields.get("document", "")
    body = await file.read(MOST_BYTES + 1)
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise invalid_fields(field_error("/document", "malformed_field", reason="not UTF-8")) from error


def _read(text: str) -> Plan:
    """The plan of a document. Raises invalid_fields with the place in the document."""
    if len(text) > MOST_BYTES:
        raise invalid_fields(field_error("/document", "malformed_field", reason=f"> {MOST_BYTES}"))
    try:
        refuse_repeated_names(text.encode())
        return msgspec.json.decode(text, type=Plan)
    except Problem as problem:
        reason = problem.errors[0].detail_en
        raise invalid_fields(field_error("/document", "malformed_field", reason=reason)) from problem
    except (msgspec.DecodeError, RecursionError) as error:
        reason = "nested too deeply" if isinstance(error, RecursionError) else str(error)
        raise invalid_fields(field_error("/document", "malformed_field", reason=reason)) from error


def _fault(request: PageRequest, fields: dict[str, str], problem: Problem) -> FormState:
    """The refusal; what is wrong with a node names the way to it."""
    form = form_state(request, fields, problem)
    if fields.get("act") == "settings":
        return form
    english = locale_of(request) == "en"
    separator = ": " if english else "："
    errors = [
        (error.pointer.strip("/").replace("/", " › ").replace("~1", "/").replace("~0", "~"), error)
        for error in problem.errors[:MOST_ERRORS]
    ]
    said = tuple(
        FieldError(
            "document",
            ("" if path == "document" else path + separator) + (error.detail_en if english else error.detail),
        )
        for path, error in errors
    )
    return FormState(fields, said, form.problem)


def _document(plan: Plan) -> str:
    return msgspec.json.format(msgspec.json.encode(plan), indent=2).decode()


async def _page(
    request: PageRequest,
    db: Db,
    actor: Actor,
    contest_id: str,
    code: str,
    form: FormState,
    *,
    checked: Plan | None = None,
    status: int = 200,
) -> Response[str]:
    locale = locale_of(request)
    t = texts(locale)
    contest = await contest_of(db, actor, contest_id)
    item = item_of(contest, code)
    view, rev = await plan_of_item(db, actor, parse_id("item", item.id))
    plan = checked or view.plan
    settings = {
        "capacity": "" if item.capacity is None else str(item.capacity),
        "per_delegation": "" if item.per_delegation is None else str(item.per_delegation),
    }
    page = PlanPage(
        item=item_head(contest, item, locale),
        rev=rev,
        title=named(locale, plan.title, plan.title_en),
        version=f"v{view.plan.version} {fragment(view.hash)}",
        at=view.at,
        lines=plan_lines(plan, locale),
        ties=tie_lines(plan, locale),
        compared=compared_line(plan, locale),
        document=form.value("document") or _document(view.plan),
        lives=tuple(
            Choice(each, t(f"live.{each}"), each == (form.value("live") or item.live)) for each in LIVES
        ),
        layers=tuple(
            Choice(
                str(each),
                t(f"layers.{each}"),
                str(each) == (form.value("blind_layers") or str(item.blind_layers)),
            )
            for each in range(MOST_LAYERS + 1)
        ),
        layers_fixed=item.entries > 0,
        open=contest.state in OPEN_STATES,
        may_change=actor.holds("plan.change"),
        checked=checked is not None,
        form=msgspec.structs.replace(form, values=settings | form.values),
    )
    return show(request, page, "organiser", status=status)


PAGES: list[ControllerRouterHandler] = [show_plan, send_plan, put_plan]
