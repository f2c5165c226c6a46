"""Seasons with their 10, 100 and 1,000: which there are, and a new one."""

from datetime import UTC, datetime
from typing import Final

from litestar import Response, get, post
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from api.access.actor import Actor
from api.contests.commands.seasons import create_season
from api.contests.queries.seasons import list_seasons
from api.contests.schemas import CreateSeason, Season
from api.dependencies import FromActor, FromDb
from api.plumbing.db import Db
from api.plumbing.problems import FieldError, Problem, invalid_fields
from frontend.locales import Locale
from frontend.pages.administering import (
    PAGE,
    addressed,
    names_of,
    number_of,
    one_of,
    own_nodes,
)
from frontend.pages.forms import new_key, once_of_form, refusals, require_answered
from frontend.pages.paging import BackText, BeforeCount, CursorText, Place
from frontend.pages.serving import PageRequest, form_fields, form_state, go, locale_of, named, show
from frontend.pages.workbench import season_progress
from frontend.views.admin import SeasonLine, SeasonsPage
from frontend.views.common import Choice, FormState

PLANS: Final = {"plan_province": 10, "plan_city": 100, "plan_base": 1000}
MOST_PLANNED: Final = 1_000_000
SEASON_FIELDS: Final = {"/name_zh": "name", "/organisation_id": "organisation"}


@get("/org/admin/seasons", opt={"right": "account.read"})
async def show_seasons(
    request: PageRequest,
    db: FromDb,
    actor: FromActor,
    cursor: CursorText = "",
    before: BeforeCount = 0,
    back: BackText = "",
) -> Response[str]:
    """All seasons in sight, newest first."""
    return await _list(request, db, actor, Place(cursor, before, back))


@post("/org/admin/seasons", opt={"right": "season.create"}, status_code=200)
async def open_season(request: PageRequest, db: FromDb, actor: FromActor) -> Response[str] | Redirect:
    """Open a season and go to it."""
    fields = await form_fields(request)
    try:
        once = await once_of_form(request, db, actor, fields)
        with refusals():
            answer = await once.answer(
                lambda: create_season(db, actor, _asked(fields)),
                lambda made: f"/org/admin/seasons/{made.id}",  # type: ignore[attr-defined]
            )
        return go(request, answer.headers["Location"])
    except Problem as problem:
        require_answered(problem)
        form = form_state(request, fields, problem, SEASON_FIELDS)
        return await _list(request, db, actor, Place(), form, problem.status)


def _asked(fields: dict[str, str]) -> CreateSeason:
    errors: list[FieldError] = []
    year = number_of(fields, "year", 1949, 2200, errors)
    planned = planned_in(fields, errors)
    if not fields.get("organisation"):
        one_of(fields, "organisation", (), errors)
    if errors:
        raise invalid_fields(*errors)
    return CreateSeason(
        organisation_id=fields["organisation"],
        year=year,
        name_zh=fields.get("name", ""),
        name_en=fields.get("name_en", "").strip() or None,
        plan_province=planned["plan_province"],
        plan_city=planned["plan_city"],
        plan_base=planned["plan_base"],
    )


def planned_in(fields: dict[str, str], errors: list[FieldError]) -> dict[str, int]:
    """How many contests each tier plans."""
    return {name: number_of(fields, name, 0, MOST_PLANNED, errors) for name in PLANS}


async def _list(
    request: PageRequest, db: Db, actor: Actor, place: Place, form: FormState | None = None, status: int = 200
) -> Response[str]:
    locale = locale_of(request)
    found = await list_seasons(db, actor, PAGE, place.cursor or None)
    year = {"year": str(datetime.now(UTC).year)} | {name: str(number) for name, number in PLANS.items()}
    nodes = await own_nodes(db, actor, "season.create")
    names = await names_of(db, actor, (each.organisation_id for each in found.data), locale)
    page = SeasonsPage(
        seasons=tuple(_line(each, names, locale) for each in found.data),
        paging=place.paging(len(found.data), PAGE, found.next_cursor, addressed("/org/admin/seasons")),
        organisations=tuple(Choice(node.id, named(locale, node.name_zh, node.name_en)) for node in nodes),
        key=new_key(),
        form=form or FormState(year),
    )
    return show(request, page, "organiser", status=status)


def _line(each: Season, names: dict[str, str], locale: Locale) -> SeasonLine:
    return SeasonLine(
        each.id,
        each.year,
        named(locale, each.name_zh, each.name_en),
        names.get(each.organisation_id, ""),
        season_progress(each),
    )


PAGES: list[ControllerRouterHandler] = [show_seasons, open_season]
