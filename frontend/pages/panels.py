"""The judges of a contest and who of them sits on an item's panel. A judge who has no account yet gets one, and a link into it."""

from datetime import timedelta
from typing import Final
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler
from msgspec.structs import replace

from api.access.actor import Actor
from api.access.commands.accounts import create_account, make_link
from api.access.queries import accounts
from api.access.schemas import CreateAccount, Link, MakeLink
from api.contests.queries.items import plan_of_item
from api.contests.schemas import Contest, Item
from api.dependencies import FromActor, FromDb, FromSettings
from api.judging.avoidance import ConflictReason
from api.judging.commands.panels import add_judge, create_panel, replace_judge, set_seats
from api.judging.queries.conflicts import PanelConflicts, conflicts_of_candidates
from api.judging.queries.judges import (
    judges_of_contest,
    panel_size,
    panels_of_item,
    replacements_of_item,
)
from api.judging.schemas import AddJudge, CreatePanel, Judge, Panel, Replaced, ReplaceJudge, Seat, SetSeats
from api.plumbing.db import Db
from api.plumbing.ids import parse_id
from api.plumbing.problems import Problem, field_error, invalid_fields
from api.plumbing.settings import Settings
from frontend.locales import Locale, texts
from frontend.pages.forms import refusals, require_answered, rev_of
from frontend.pages.organising import contest_of, item_address, item_head, item_of, progress_of_item
from frontend.pages.serving import PageRequest, form_fields, form_state, go, locale_of, named, show
from frontend.planwords.panels import panel_words
from frontend.views.common import Choice, FormState
from frontend.views.organiser import NewWayIn, PanelJudge, PanelPage, SeatChange, StandsAside
from scoring import Plan
from scoring.plans.nodes import walk

PANEL_NAME: Final = "评分组"
LINK_HOURS: Final = 72


@get("/org/c/{contest_id:str}/e/{item:str}/panel", opt={"right": "panel.read"})
async def show_panel(
    request: PageRequest, db: FromDb, actor: FromActor, contest_id: FromPath[str], item: FromPath[str]
) -> Response[str]:
    """The judges and the panel."""
    return await _page(request, db, actor, contest_id, item)


@post("/org/c/{contest_id:str}/e/{item:str}/panel", opt={"right": "panel.change"}, status_code=200)
async def change_panel(
    request: PageRequest,
    db: FromDb,
    actor: FromActor,
    settings: FromSettings,
    contest_id: FromPath[str],
    item: FromPath[str],
) -> Response[str] | Redirect:
    """Add a judge to the contest, seat the panel, or replace one judge."""
    form = await request.form()
    fields = await form_fields(request)
    seated = [text for text in form.getall("seat", []) if isinstance(text, str)]
    contest = await contest_of(db, actor, contest_id)
    try:
        if fields.get("act") == "add":
            with refusals():
                way_in = await _add(db, settings, actor, contest, fields)
            if way_in is not None:
                # Shown once: nobody can look it up again.
                return await _page(request, db, actor, contest_id, item, way_in=way_in)
        elif fields.get("act") == "replace":
            await _replace(db, actor, item_of(contest, item), fields)
        else:
            await _seat(db, actor, item_of(contest, item), seated, fields)
    except Problem as problem:
        require_answered(problem)
        state = form_state(request, fields, problem, {"/display_name": "judge_name"})
        kept = seated if fields.get("act") == "seat" else None
        return await _page(
            request, db, actor, contest_id, item, seated=kept, form=state, status=problem.status
        )
    return go(request, item_address(contest_id, item, "panel"))


async def _add(
    db: Db, settings: Settings, actor: Actor, contest: Contest, fields: dict[str, str]
) -> NewWayIn | None:
    """Make an account a judge; a login that nobody has becomes an account with a link of its own."""
    login = fields.get("login", "").strip().lower()
    async with db.transaction():
        known = (await accounts(db, actor, login, None, 1)).data if login else []
        account, link = known[0].id if known else "", None
        if not known:
            account, link = await _new_account(db, settings, actor, contest.host_id, login, fields)
        contest_id = parse_id("contest", contest.id)
        judges = await judges_of_contest(db, actor, contest_id)
        await add_judge(db, actor, contest_id, AddJudge(account, _next_code(judges)))
    if link is None or link.url is None:
        return None
    return NewWayIn(fields.get("judge_name", ""), link.url, link.expires_at)


async def _new_account(
    db: Db, settings: Settings, actor: Actor, host_id: str, login: str, fields: dict[str, str]
) -> tuple[str, Link]:
    try:
        asked = msgspec.convert(
            {"login": login, "display_name": fields.get("judge_name", ""), "organisation_id": host_id},
            CreateAccount,
        )
    except msgspec.ValidationError as error:
        name_missing = not fields.get("judge_name", "").strip()
        raise invalid_fields(
            field_error("/judge_name", "judge_name_missing")
            if name_missing
            else field_error("/login", "login_invalid")
        ) from error
    account = await create_account(db, actor, asked)
    link = await make_link(
        db, settings, actor, parse_id("account", account.id), MakeLink(target="/judge", hours=LINK_HOURS)
    )
    return account.id, link


def _next_code(judges: list[Judge]) -> str:
    used = {judge.code for judge in judges}
    return next(code for number in range(1, 1000) if (code := f"A-{number:02d}") not in used)


async def _seat(db: Db, actor: Actor, item: Item, seated: list[str], fields: dict[str, str]) -> None:
    item_id = parse_id("item", item.id)
    seats = tuple(Seat(judge, judge == fields.get("chief")) for judge in seated)
    panels = await panels_of_item(db, actor, item_id)
    if panels:
        await set_seats(db, actor, parse_id("panel", panels[0].id), SetSeats(seats), rev_of(fields))
    elif seats:
        await create_panel(db, actor, item_id, CreatePanel(PANEL_NAME, seats))
    else:
        # The API makes panels whose judges are named later; a page that saves nobody has forgotten them.
        raise Problem("panel_chief")


async def _replace(db: Db, actor: Actor, item: Item, fields: dict[str, str]) -> None:
    panels = await panels_of_item(db, actor, parse_id("item", item.id))
    if not panels:
        raise Problem("not_found")
    wanted = ReplaceJudge(
        judge=fields.get("judge", ""),
        by=fields.get("by", ""),
        reason=fields.get("reason", ""),
        begun=fields.get("begun") == "yes",
    )
    await replace_judge(db, actor, parse_id("panel", panels[0].id), wanted, rev_of(fields))


async def _page(
    request: PageRequest, db: Db, actor: Actor, contest_id: str, code: str, *, seated: list[str] | None = None,
    form: FormState | None = None, way_in: NewWayIn | None = None, status: int = 200,
) -> Response[str]:  # fmt: skip
    locale = locale_of(request)
    contest = await contest_of(db, actor, contest_id)
    item = item_of(contest, code)
    item_id: UUID = parse_id("item", item.id)
    panels = await panels_of_item(db, actor, item_id)
    state = (await progress_of_item(db, actor, contest, item)).publication
    plan = (await plan_of_item(db, actor, item_id))[0].plan
    judges = await judges_of_contest(db, actor, parse_id("contest", contest.id))
    conflicts = await conflicts_of_candidates(db, actor, item_id)
    changes = await replacements_of_item(db, actor, item_id)
    page = PanelPage(
        item=item_head(contest, item, locale),
        rule=_rule(plan, locale),
        required=panel_size(plan) or 0,
        judges=_seen_at_venues(
            tuple(_judge(judge, panels[:1], seated, form, conflicts) for judge in judges), changes
        ),
        rev=panels[0].rev if panels else 0,
        settled="" if state == "open" else state,
        ways=tuple(Choice(judge.id, f"{judge.code} {judge.name}") for judge in judges)
        if actor.holds("account.manage")
        else (),
        way_in=way_in,
        leaving=_choices(judges, panels, seated=True),
        reserves=_choices(judges, panels, seated=False, aside=_marked(conflicts, locale)),
        changes=tuple(_change(each, judges) for each in changes),
        form=form or FormState(),
    )
    return show(request, page, "organiser", status=status)


def _judge(
    judge: Judge,
    panels: list[Panel],
    seated: list[str] | None,
    form: FormState | None,
    conflicts: PanelConflicts,
) -> PanelJudge:
    seats = {seat.judge: seat.chief for panel in panels for seat in panel.seats}
    chief = seats.get(judge.id, False)
    if seated is not None:
        chief = form is not None and form.value("chief") == judge.id
    return PanelJudge(
        judge.id,
        judge.code,
        judge.name,
        judge.unit_name or "",
        "chief_judge" if chief else "judge",
        judge.id in seats if seated is None else judge.id in seated,
        aside=any(each.judge == judge.id for each in conflicts.judges),
        reasons=tuple(
            _stands_aside(reason)
            for each in conflicts.judges
            if each.judge == judge.id
            for reason in each.reasons
        ),
        together=conflicts.together.get(judge.id, ()),
    )


def _change(change: Replaced, judges: list[Judge]) -> SeatChange:
    codes = {judge.id: judge.code for judge in judges}
    return SeatChange(
        codes.get(change.judge, ""),
        codes.get(change.by, ""),
        change.at,
        change.reason,
        change.ordered_by,
        change.handout is not None,
    )


def _seen_at_venues(judges: tuple[PanelJudge, ...], changes: list[Replaced]) -> tuple[PanelJudge, ...]:
    """Who works on whose seat at a venue: the last word counts, and one that the panel here has followed says nothing new."""
    codes = {judge.id: judge.code for judge in judges}
    seated = {judge.id for judge in judges if judge.seated}
    holder = {judge: judge for judge in seated}
    for change in changes:
        seat = next((seat for seat, who in holder.items() if who == change.judge), None)
        if seat is not None and change.handout is not None:
            holder[seat] = change.by
    away = {seat: who for seat, who in holder.items() if seat != who and who not in seated}
    stands_for = {who: seat for seat, who in away.items()}
    return tuple(
        replace(
            judge,
            replaced_by=codes.get(away.get(judge.id, ""), ""),
            stands_for=codes.get(stands_for.get(judge.id, ""), ""),
        )
        for judge in judges
    )


def _stands_aside(reason: ConflictReason) -> StandsAside:
    """The last day there is the one before the employment ends."""
    last = reason.until - timedelta(days=1) if reason.until else None
    return StandsAside(reason.unit, reason.entries, reason.since, last)


def _marked(conflicts: PanelConflicts, locale: Locale) -> dict[str, str]:
    """What a list of names says behind those who must stand aside."""
    return {each.judge: f" · {texts(locale)('control.conflict')}" for each in conflicts.judges}


def _choices(
    judges: list[Judge], panels: list[Panel], *, seated: bool, aside: dict[str, str] | None = None
) -> tuple[Choice, ...]:
    on_panel = {seat.judge for panel in panels[:1] for seat in panel.seats}
    marked = aside or {}
    return tuple(
        Choice(judge.id, f"{judge.code} {judge.name}{marked.get(judge.id, '')}")
        for judge in judges
        if (judge.id in on_panel) is seated
    )


def _rule(plan: Plan, locale: Locale) -> str:
    panel = next((node.panel for _, node in walk(plan.root) if node.panel is not None), None)
    return "" if panel is None else named(locale, *panel_words(panel))


PAGES: list[ControllerRouterHandler] = [show_panel, change_panel]
