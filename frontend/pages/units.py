"""P12: a unit's own entries with their states, and the items that can be entered now."""

from datetime import UTC, datetime
from typing import Annotated, Final, Literal
from urllib.parse import urlencode

from litestar import Response, get, post
from litestar.params import FromPath, QueryParameter
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from api.access.actor import Actor
from api.contests.public_schemas import PublicContest
from api.contests.queries.public import PublicFilter, public_contest, public_contests
from api.dependencies import FromActor, FromDb
from api.organisations.queries import organisation
from api.plumbing.db import Db
from api.plumbing.problems import Problem
from api.registration.commands.reviewing import move_entry
from api.registration.queries import EntryFilter, count_entries, list_entries
from api.registration.schemas import EntryRow, EntryState, EntryTransition
from frontend.locales import Locale, texts
from frontend.pages.contests import item_name
from frontend.pages.forms import require_answered, rev_of
from frontend.pages.item_places import answer_place
from frontend.pages.organising import MOST_LISTED, contestants
from frontend.pages.paging import BackText, BeforeCount, CursorText, Place
from frontend.pages.serving import PageRequest, form_fields, form_state, go, locale_of, named, show
from frontend.pages.unit_places import ANSWERS, unit_slots
from frontend.views.common import Choice, FieldError, FormState
from frontend.views.registration import OpenItem, UnitEntry, UnitPage

Shown = Literal["draft", "submitted", "returned", "approved", "rejected", "withdrawn"]
STATES: Final[dict[Shown, tuple[EntryState, ...]]] = {
    "submitted": ("at_unit", "at_organiser", "at_committee"),
    "returned": ("returned",),
    "approved": ("accepted",),
    "rejected": ("refused",),
    "withdrawn": ("withdrawn",),
    "draft": ("draft",),
}
SHOWN: Final[dict[EntryState, Shown]] = {state: shown for shown, states in STATES.items() for state in states}
ACTS: Final[dict[str, EntryState]] = {"withdraw": "withdrawn", "pass": "at_organiser"}
PAGE: Final = 50
MOST_CONTESTS: Final = 4
MOST_ITEMS: Final = 12

Text = Annotated[str, QueryParameter(max_length=500)]
StateText = Annotated[Shown | None, QueryParameter(name="state")]


@get("/unit", opt={"right": "entry.register"})
async def show_unit(
    request: PageRequest,
    db: FromDb,
    actor: FromActor,
    in_state: StateText = None,
    q: Text = "",
    cursor: CursorText = "",
    before: BeforeCount = 0,
    back: BackText = "",
    contest: Text = "",
) -> Response[str]:
    """The unit's entries; beside them the items of one contest, where its page led here."""
    place = Place(cursor, before, back)
    return await _page(request, db, actor, in_state, q, place, FormState(), contest=contest)


@post("/unit/{entry:str}", opt={"right": "entry.register"}, status_code=200)
async def move(
    request: PageRequest, db: FromDb, actor: FromActor, entry: FromPath[str]
) -> Response[str] | Redirect:
    """Withdraw an entry, or pass it on for the unit."""
    fields = await form_fields(request)
    to = ACTS.get(fields.get("act", ""))
    try:
        if to is None:
            raise Problem("invalid_parameter")
        await move_entry(db, actor, entry, rev_of(fields), EntryTransition(to))
    except Problem as problem:
        require_answered(problem)
        form = form_state(request, fields, problem)
        return await _page(request, db, actor, None, "", Place(), form, problem.status)
    return go(request, "/unit")


@post("/unit/slots/{slot:str}", opt={"right": "slot.answer"}, status_code=200)
async def answer_slot(
    request: PageRequest, db: FromDb, actor: FromActor, slot: FromPath[str]
) -> Response[str] | Redirect:
    """Accept a place in the next tier, or give it up with the reason: it goes to the next in line at once."""
    fields = {**await form_fields(request), "slot": slot}
    try:
        if fields.get("act") not in ANSWERS:
            raise Problem("invalid_parameter")
        await answer_place(db, actor, fields)
    except Problem as problem:
        require_answered(problem)
        form = form_state(request, fields, problem)
        if problem.code == "reason_needed":
            form = FormState(fields, (FieldError(f"{slot}_reason", form.problem or ""),))
        return await _page(request, db, actor, None, "", Place(), form, problem.status)
    return go(request, "/unit")


async def _page(
    request: PageRequest,
    db: Db,
    actor: Actor,
    state: Shown | None,
    text: str,
    place: Place,
    form: FormState,
    status: int = 200,
    *,
    contest: str = "",
) -> Response[str]:
    locale = locale_of(request)
    wanted = EntryFilter(states=STATES[state] if state else (), text=text)
    counts = await count_entries(db, actor, wanted)
    found = await list_entries(db, actor, wanted, PAGE, place.cursor or None)
    units = actor.reach("entry.register").organisations
    asked = {"q": text} | ({"state": state} if state else {})
    passes = actor.holds("entry.review_unit")
    page = UnitPage(
        unit=(await organisation(db, actor, units[0])).name_zh if units else actor.display_name,
        now=datetime.now(UTC),
        states=tuple(
            Choice(shown, str(sum(counts.get(each, 0) for each in states)), shown == state)
            for shown, states in STATES.items()
            if shown != "draft" or counts.get("draft")
        ),
        entries=tuple(_entry(row, locale, passes=passes, state=state) for row in found.data),
        paging=place.paging(
            len(found.data), PAGE, found.next_cursor, lambda more: f"/unit?{urlencode(asked | more)}"
        ),
        open_items=await _items_of(db, contest, locale) if contest else await _open_items(db, locale),
        one_contest=bool(contest),
        slots=await unit_slots(db, actor, locale),
        query=text,
        form=form,
    )
    return show(request, page, "unit", status=status)


def _entry(row: EntryRow, locale: Locale, *, passes: bool, state: Shown | None) -> UnitEntry:
    level = texts(locale)(f"unit.level.{row.state}") if row.state in STATES["submitted"] else ""
    return UnitEntry(
        entry=row.id,
        rev=row.rev,
        name=contestants(row),
        contest=row.contest_name,
        item=row.item_name,
        item_url=f"/my/reg/{row.item}",
        state=SHOWN[row.state],
        state_at=row.state_at,
        reason=row.reason or level,
        fix_url=f"/my/reg/{row.item}?entry={row.id}" if row.state in ("draft", "returned") else None,
        # An accepted entry is withdrawn from its own tab only: on the whole list it is most often long past.
        may_withdraw=row.state
        not in ("refused", "withdrawn", *(() if state == "approved" else ("accepted",))),
        may_pass=passes and row.state == "at_unit",
    )


async def _open_items(db: Db, locale: Locale) -> tuple[OpenItem, ...]:
    """Items of the contests that register now and begin first."""
    now = datetime.now(UTC)
    lines = (await public_contests(db, MOST_LISTED, cut=PublicFilter(state="published"), now=now)).data
    items: list[OpenItem] = []
    for line in [each for each in lines if each.phase == "registration"][:MOST_CONTESTS]:
        items += _enterable(await public_contest(db, line.slug, now), locale)
    return tuple(items[:MOST_ITEMS])


async def _items_of(db: Db, slug: str, locale: Locale) -> tuple[OpenItem, ...]:
    """Items of one contest while it registers. Raises not_found."""
    contest = await public_contest(db, slug, datetime.now(UTC))
    return tuple(_enterable(contest, locale)) if contest.phase == "registration" else ()


def _enterable(contest: PublicContest, locale: Locale) -> list[OpenItem]:
    name, closes_at = named(locale, contest.name_zh, contest.name_en), contest.registration_closes_at
    return [
        OpenItem(item.id, item_name(item, locale), name, closes_at, left)
        for item in contest.items
        if (left := None if item.places is None else max(0, item.places - item.entered)) != 0
    ]


PAGES: list[ControllerRouterHandler] = [show_unit, move, answer_slot]
