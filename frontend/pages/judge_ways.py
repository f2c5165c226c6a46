"""Another badge or link for a judge who has lost theirs, shown once; the old one ends."""

from litestar import Response, post
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from api.dependencies import FromActor, FromDb, FromSettings
from api.judging.commands.ways_in import renew_badge, renew_link
from api.judging.queries.judges import judges_of_contest
from api.plumbing.ids import parse_id
from api.plumbing.problems import Problem
from frontend.pages.administering import badge_shown, link_shown
from frontend.pages.organising import contest_of, item_address, item_of
from frontend.pages.serving import PageRequest, form_fields, locale_of, named, show
from frontend.views.admin import JudgeWayPage


@post(
    "/org/c/{contest_id:str}/e/{item:str}/judges/{judge:str}/way",
    opt={"right": "account.manage"},
    status_code=200,
)
async def renew_way_in(
    request: PageRequest,
    db: FromDb,
    actor: FromActor,
    settings: FromSettings,
    contest_id: FromPath[str],
    item: FromPath[str],
    judge: FromPath[str],
) -> Response[str] | Redirect:
    """A new badge or link, on a page of its own: it is shown this once."""
    fields = await form_fields(request)
    contest = await contest_of(db, actor, contest_id)
    item_of(contest, item)
    judges = await judges_of_contest(db, actor, parse_id("contest", contest.id))
    found = next((each for each in judges if each.id == judge), None)
    if found is None:
        raise Problem("not_found")
    keys = parse_id("contest", contest.id), parse_id("judge", judge)
    match fields.get("act"):
        case "badge":
            way = badge_shown(found.name, await renew_badge(db, actor, *keys))
        case "link":
            way = link_shown(found.name, await renew_link(db, settings, actor, *keys))
        case _:
            raise Problem("invalid_parameter")
    page = JudgeWayPage(
        contest=named(locale_of(request), contest.name_zh, contest.name_en),
        back=item_address(contest_id, item, "panel"),
        code=found.code,
        way=way,
    )
    return show(request, page, "organiser")


PAGES: list[ControllerRouterHandler] = [renew_way_in]
