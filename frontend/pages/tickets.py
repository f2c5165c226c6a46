"""Tickets to hand out: a unit's and an organiser's, one or all; and the contestant's own way in."""

from collections.abc import Iterable
from typing import Annotated, Final
from urllib.parse import urlencode

from litestar import Response, get
from litestar.params import FromPath, QueryParameter
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from api.access.actor import Actor
from api.dependencies import FromActor, FromDb, FromSettings
from api.plumbing.db import Db
from api.plumbing.ids import parse_id
from api.plumbing.settings import Settings
from api.registration.queries import EntryFilter, list_entries, show_entry
from api.registration.schemas import EntryRow
from api.results.own import ticket_code, ticket_of
from frontend.pages.administering import qr_picture
from frontend.pages.organising import MOST_LISTED, contest_of, contestants
from frontend.pages.paging import BackText, BeforeCount, CursorText, Place
from frontend.pages.serving import PageRequest, go, show
from frontend.rendering import Room
from frontend.views.tickets import TicketCard, TicketsPage

PAGE: Final = 60

Id = Annotated[str, QueryParameter(max_length=40)]


@get("/unit/tickets", opt={"right": "entry.read"})
async def show_unit_tickets(
    request: PageRequest, db: FromDb, settings: FromSettings, actor: FromActor, entry: Id = "", contest: Id = "",
    cursor: CursorText = "", before: BeforeCount = 0, back: BackText = "",
) -> Response[str]:  # fmt: skip
    """One ticket, or those of all accepted entries that the reader may see."""
    place, here = Place(cursor, before, back), "/unit/tickets"
    return await _page(request, db, settings, actor, entry, contest, place, here, "/unit", "unit")


@get("/org/c/{contest_id:str}/tickets", opt={"right": "entry.read"})
async def show_contest_tickets(
    request: PageRequest, db: FromDb, settings: FromSettings, actor: FromActor, contest_id: FromPath[str], entry: Id = "",
    cursor: CursorText = "", before: BeforeCount = 0, back: BackText = "",
) -> Response[str]:  # fmt: skip
    """The same for one contest, as its organiser hands them out."""
    contest = await contest_of(db, actor, contest_id)
    place, here = Place(cursor, before, back), f"/org/c/{contest_id}/tickets"
    up = f"/org/c/{contest_id}/regs?state=approved" if actor.holds("entry.review") else f"/org/c/{contest_id}"
    return await _page(request, db, settings, actor, entry, contest.id, place, here, up, "organiser")


@get("/my", opt={"right": "entry.register"})
async def show_mine(request: PageRequest, db: FromDb, settings: FromSettings, actor: FromActor) -> Redirect:
    """A contestant's own rank in the contest that took them last; whoever has none yet sees their entries."""
    found = (await list_entries(db, actor, EntryFilter(states=("accepted",)), MOST_LISTED)).data
    if not found or "contestant" not in actor.roles():
        return go(request, "/unit")
    latest = max(found, key=lambda row: (row.state_at, row.id))
    return go(request, f"/r/{ticket_code(settings, parse_id('entry', latest.id))}")


async def _page(
    request: PageRequest, db: Db, settings: Settings, actor: Actor, entry: str, contest: str, place: Place, here: str,
    back_path: str, room: Room,
) -> Response[str]:  # fmt: skip
    rows: list[EntryRow]
    if entry:
        rows, following = [await show_entry(db, actor, entry)], None
        asked = "" if "/c/" in here else f"?{urlencode({'contest': rows[0].contest})}"
        all_path = here + asked
    else:
        wanted = EntryFilter(contest=contest or None, states=("accepted",))
        found = await list_entries(db, actor, wanted, PAGE, place.cursor or None)
        rows, following, all_path = found.data, found.next_cursor, ""
    asked_again = {"contest": contest} if contest and "/c/" not in here else {}
    page = TicketsPage(
        cards=tuple(_cards(settings, rows)),
        back_path=back_path,
        all_path=all_path,
        form_url=f"{settings.base_url}/r",
        paging=place.paging(
            len(rows), PAGE, following, lambda more: f"{here}?{urlencode(asked_again | more)}"
        ),
    )
    return show(request, page, room)


def _cards(settings: Settings, rows: Iterable[EntryRow]) -> Iterable[TicketCard]:
    for row in rows:
        ticket = ticket_of(settings, row)
        yield TicketCard(
            entry=row.id,
            name=contestants(row),
            number=ticket.number,
            digits=ticket.digits,
            item=row.item_name,
            contest=row.contest_name,
            delegation=row.delegation or row.unit or "",
            url=ticket.url,
            path=ticket.url.removeprefix(settings.base_url),
            qr=qr_picture(ticket.url),
        )


PAGES: list[ControllerRouterHandler] = [show_unit_tickets, show_contest_tickets, show_mine]
