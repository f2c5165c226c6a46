"""The paper sheets of an item, session by session: how a data clerk comes to what is to be typed."""

from litestar import Response, get
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler

from api.dependencies import FromActor, FromDb
from api.judging.paper import paper_of_session
from api.judging.queries.sessions import sessions_of_item
from api.plumbing.ids import parse_id
from frontend.pages.organising import contest_of, item_head, item_of
from frontend.pages.serving import PageRequest, locale_of, named, show
from frontend.views.papers import ItemPapersPage, PaperSession

TYPED_TWICE = frozenset({"agrees", "transferred"})


@get("/org/c/{contest_id:str}/e/{item:str}/paper", opt={"right": "paper.read"})
async def show_item_papers(
    request: PageRequest, db: FromDb, actor: FromActor, contest_id: FromPath[str], item: FromPath[str]
) -> Response[str]:
    """The sessions, and how many of their sheets both clerks agree on."""
    locale = locale_of(request)
    contest = await contest_of(db, actor, contest_id)
    found = item_of(contest, item)
    lines = []
    for session in await sessions_of_item(db, actor, parse_id("item", found.id)):
        sheets = await paper_of_session(db, actor, parse_id("session", session.id))
        name = named(locale, session.name_zh, session.name_en)
        agreed = sum(sheet.state in TYPED_TWICE for sheet in sheets)
        lines.append(PaperSession(session.id, name, session.starts_at, session.state, len(sheets), agreed))
    return show(request, ItemPapersPage(item_head(contest, found, locale), tuple(lines)), "organiser")


PAGES: list[ControllerRouterHandler] = [show_item_papers]
