"""SO12: the screens of a contest, and the presenter's phone: one tap a step."""

from datetime import UTC, datetime, timedelta
from typing import Final, cast

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from api.access.actor import Actor
from api.contests.schemas import Contest
from api.dependencies import FromActor, FromDb, FromSettings
from api.live.ceremonies import ceremony_of_item, move_ceremony, start_ceremony
from api.live.schemas import AddScreen, Ceremony, Kind, MoveCeremony, PointScreen, Screen, StartCeremony
from api.live.screens import add_screen, point_screen, screens_of_contest
from api.plumbing.db import Db
from api.plumbing.ids import parse_id
from api.plumbing.problems import Problem
from api.plumbing.settings import Settings
from frontend.locales import Locale, texts
from frontend.pages.forms import new_key, once_of_form, require_answered, rev_of
from frontend.pages.organising import contest_head, contest_of, item_address, item_head, item_of
from frontend.pages.screens import reveal_step
from frontend.pages.serving import PageRequest, form_fields, form_state, go, locale_of, named, show
from frontend.views.common import Choice, FormState
from frontend.views.screens import CeremonyPage, ScreenRow, ScreensPage
from frontend.views.venue import qr_of

LOST_AFTER: Final = timedelta(seconds=90)
JUMPS: Final = (3, 1)
PLACES: Final = 10


@get("/org/c/{contest_id:str}/screens", opt={"right": "screen.read"})
async def show_screens(
    request: PageRequest, db: FromDb, actor: FromActor, settings: FromSettings, contest_id: FromPath[str]
) -> Response[str]:
    """The screens."""
    return await _screens(request, db, actor, settings, contest_id, FormState())


@post("/org/c/{contest_id:str}/screens", opt={"right": "screen.change"}, status_code=200)
async def change_screens(
    request: PageRequest, db: FromDb, actor: FromActor, settings: FromSettings, contest_id: FromPath[str]
) -> Response[str] | Redirect:
    """Register a screen, or let one show something else."""
    fields = await form_fields(request)
    view, _, item = fields.get("show", "").partition(":")
    content = (cast("Kind", view), item or None, fields.get("notice", "").strip()[:200] or None)
    try:
        if view not in ("board", "reveal", "notice"):
            raise Problem("screen_without_content")
        if fields.get("act") == "add":
            name = fields.get("name", "").strip()[:30]
            once = await once_of_form(request, db, actor, fields)
            contest = parse_id("contest", contest_id)
            await once.answer(lambda: add_screen(db, actor, contest, AddScreen(name, *content)))
        else:
            point = PointScreen(*content, reload=fields.get("act") == "reload")
            await point_screen(db, actor, parse_id("screen", fields.get("screen", "")), point, rev_of(fields))
    except Problem as problem:
        require_answered(problem)
        return await _screens(
            request, db, actor, settings, contest_id, form_state(request, fields, problem), problem.status
        )
    return go(request, f"/org/c/{contest_id}/screens")


async def _screens(
    request: PageRequest, db: Db, actor: Actor, settings: Settings, contest_id: str, form: FormState, status: int = 200
) -> Response[str]:  # fmt: skip
    locale = locale_of(request)
    contest = await contest_of(db, actor, contest_id)
    screens = await screens_of_contest(db, actor, parse_id("contest", contest_id))
    shows = _shows(contest, locale)
    page = ScreensPage(
        contest=contest_head(contest, locale),
        screens=tuple(
            _row(screen, shows, settings.base_url + ("/en" if locale == "en" else "")) for screen in screens
        ),
        shows=shows,
        ceremonies=tuple(
            (named(locale, item.name_zh, item.name_en), item_address(contest_id, item.code, "ceremony"))
            for item in contest.items
            if actor.holds("ceremony.run")
        ),
        may_change=actor.holds("screen.change"),
        key=new_key(),
        form=form,
    )
    return show(request, page, "organiser", status=status)


def _shows(contest: Contest, locale: Locale) -> tuple[Choice, ...]:
    t = texts(locale)
    of_items = [
        Choice(
            f"{view}:{item.id}", t(f"screens.view.{view}") + " " + named(locale, item.name_zh, item.name_en)
        )
        for view in ("board", "reveal")
        for item in contest.items
    ]
    return (*of_items, Choice("notice:", t("screens.view.notice")))


def _row(screen: Screen, shows: tuple[Choice, ...], site: str) -> ScreenRow:
    value = f"{screen.view}:{screen.item or ''}"
    what = screen.notice or next((show.text for show in shows if show.value == value), "")
    lost = screen.seen_at is None or datetime.now(UTC) - screen.seen_at > LOST_AFTER
    return ScreenRow(
        screen.id,
        screen.name,
        f"{site}/screen/{screen.code}",
        value,
        what,
        screen.rev,
        screen.seen_at,
        lost,
        qr_of(f"{site}/screen/{screen.code}"),
    )


@get("/org/c/{contest_id:str}/e/{item:str}/ceremony", opt={"right": "ceremony.run"})
async def show_ceremony(
    request: PageRequest, db: FromDb, actor: FromActor, contest_id: FromPath[str], item: FromPath[str]
) -> Response[str]:
    """The presenter's page."""
    return await _ceremony(request, db, actor, contest_id, item, FormState())


@post("/org/c/{contest_id:str}/e/{item:str}/ceremony", opt={"right": "ceremony.run"}, status_code=200)
async def take_step(
    request: PageRequest, db: FromDb, actor: FromActor, contest_id: FromPath[str], item: FromPath[str]
) -> Response[str] | Redirect:
    """Begin, or go to a step. Two taps are one: the second is stale and shows where the ceremony stands."""
    fields = await form_fields(request)
    contest = await contest_of(db, actor, contest_id)
    item_id = parse_id("item", item_of(contest, item).id)
    try:
        if fields.get("act") == "start":
            once = await once_of_form(request, db, actor, fields)
            places = _number(fields.get("places"), PLACES)
            await once.answer(lambda: start_ceremony(db, actor, item_id, StartCeremony(places)))
        else:
            to = MoveCeremony(_number(fields.get("position"), 0))
            await move_ceremony(db, actor, item_id, to, rev_of(fields))
    except Problem as problem:
        if problem.code != "stale":
            require_answered(problem)
            form = form_state(request, fields, problem)
            return await _ceremony(request, db, actor, contest_id, item, form, problem.status)
    return go(request, item_address(contest_id, item, "ceremony"))


def _number(text: str | None, otherwise: int) -> int:
    return int(text) if text and text.isascii() and text.isdecimal() and 0 < len(text) < 3 else otherwise


async def _ceremony(
    request: PageRequest, db: Db, actor: Actor, contest_id: str, code: str, form: FormState, status: int = 200
) -> Response[str]:
    locale = locale_of(request)
    contest = await contest_of(db, actor, contest_id)
    item = item_of(contest, code)
    found: Ceremony | None = None
    try:
        found = await ceremony_of_item(db, actor, parse_id("item", item.id))
    except Problem as problem:
        if problem.code != "not_found":
            raise
    steps = found.steps if found else []
    page = CeremonyPage(
        item=item_head(contest, item, locale),
        steps=tuple(reveal_step(step, locale) for step in steps),
        position=found.position if found else 0,
        rev=found.rev if found else 0,
        jumps=tuple(
            (first, len(steps) - first) for first in JUMPS if found and found.position < len(steps) - first
        ),
        key=new_key(),
        form=form,
    )
    return show(request, page, "organiser", status=status)


PAGES: list[ControllerRouterHandler] = [show_screens, change_screens, show_ceremony, take_step]
