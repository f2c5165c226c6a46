"""SO5: the entries that wait for a decision. Passing on, returning and refusing are one form on each row."""

from typing import Annotated, Final, Literal
from urllib.parse import urlencode

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath, QueryParameter
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from api.access.actor import Actor
from api.dependencies import FromActor, FromDb, FromPoker
from api.plumbing.db import Db
from api.plumbing.ids import parse_id
from api.plumbing.problems import Problem
from api.registration.commands.reviewing import move_entry
from api.registration.commands.standings import change_standing
from api.registration.queries import EntryFilter, count_entries, list_entries, show_entry
from api.registration.schemas import ChangeStanding, EntryRow, EntryState, EntryTransition, Standing
from frontend.locales import Locale, texts
from frontend.pages.forms import require_answered, rev_of
from frontend.pages.organising import contest_head, contest_of, contestants, skill_level
from frontend.pages.paging import BackText, BeforeCount, CursorText, Place
from frontend.pages.serving import (
    PageRequest,
    form_fields,
    form_state,
    go,
    is_partial,
    locale_of,
    named,
    show,
)
from frontend.views.common import Choice, FormState
from frontend.views.organiser import ReviewPage, ReviewRow

Shown = Literal["submitted", "returned", "approved", "rejected", "withdrawn"]
# The pages' words for the levels of the review: what lies with the host waits for it.
STATES: Final[dict[Shown, tuple[EntryState, ...]]] = {
    "submitted": ("at_organiser", "at_committee"),
    "returned": ("returned",),
    "approved": ("accepted",),
    "rejected": ("refused",),
    "withdrawn": ("withdrawn",),
}
SHOWN: Final[dict[EntryState, Shown]] = {state: shown for shown, states in STATES.items() for state in states}
NEXT_LEVEL: Final[dict[EntryState, EntryState]] = {"at_organiser": "at_committee", "at_committee": "accepted"}
AGAINST: Final[dict[str, EntryState]] = {"return": "returned", "reject": "refused"}
STANDINGS: Final[tuple[Standing, ...]] = Standing.__args__  # type: ignore[attr-defined]
PAGE: Final = 50

StateText = Annotated[Shown, QueryParameter(name="state")]
Text = Annotated[str, QueryParameter(max_length=500)]


@get("/org/c/{contest_id:str}/regs", opt={"right": "entry.review"})
async def show_reviews(
    request: PageRequest,
    db: FromDb,
    actor: FromActor,
    contest_id: FromPath[str],
    in_state: StateText = "submitted",
    item: Text = "",
    q: Text = "",
    cursor: CursorText = "",
    before: BeforeCount = 0,
    back: BackText = "",
) -> Response[str]:
    """Entries of one state, first come first."""
    page = await _page(request, db, actor, contest_id, in_state, item, q, Place(cursor, before, back))
    return show(request, page, "organiser")


@post("/org/c/{contest_id:str}/regs/{entry:str}", opt={"right": "entry.review"}, status_code=200)
async def decide(
    request: PageRequest,
    db: FromDb,
    actor: FromActor,
    poker: FromPoker,
    contest_id: FromPath[str],
    entry: FromPath[str],
) -> Response[str] | Redirect:
    """Pass an entry on, return it, or refuse it."""
    fields = await form_fields(request)
    try:
        before = await show_entry(db, actor, entry)
        act = fields.get("act", "")
        to = NEXT_LEVEL.get(before.state) if act == "approve" else AGAINST.get(act)
        if to is None:
            raise Problem("stale")
        reason = fields.get("reason", "").strip() or None
        moved = await move_entry(db, actor, entry, rev_of(fields), EntryTransition(to, reason))
    except Problem as problem:
        require_answered(problem)
        return await _refused(request, db, actor, contest_id, entry, fields, problem)
    if to == "accepted":
        await poker.poke("refresh_standings", str(parse_id("item", moved.item)))
    if is_partial(request):
        page = await _page(request, db, actor, contest_id, "submitted")
        return await _one_row(request, db, actor, entry, page)
    return go(request, f"/org/c/{contest_id}/regs")


@post(
    "/org/c/{contest_id:str}/regs/{entry:str}/standing",
    opt={"right": "entry.change_standing"},
    status_code=200,
)
async def note_standing(
    request: PageRequest,
    db: FromDb,
    actor: FromActor,
    poker: FromPoker,
    contest_id: FromPath[str],
    entry: FromPath[str],
) -> Response[str] | Redirect:
    """Note what became of an entrant on the day, with the reason; or take it back."""
    fields = await form_fields(request)
    try:
        change = _standing(fields)
        changed = await change_standing(db, actor, entry, rev_of(fields), change)
    except Problem as problem:
        require_answered(problem)
        return await _refused(request, db, actor, contest_id, entry, fields, problem, "approved")
    await poker.poke("refresh_standings", str(parse_id("item", changed.item)))
    return go(request, f"/org/c/{contest_id}/regs?state=approved")


def _standing(fields: dict[str, str]) -> ChangeStanding:
    try:
        return msgspec.convert({"to": fields.get("to"), "reason": fields.get("reason", "")}, ChangeStanding)
    except msgspec.ValidationError as error:
        raise Problem("invalid_parameter") from error


async def _refused(
    request: PageRequest,
    db: Db,
    actor: Actor,
    contest_id: str,
    entry: str,
    fields: dict[str, str],
    problem: Problem,
    shown: Shown = "submitted",
) -> Response[str]:
    form = form_state(request, fields, problem)
    form = FormState(form.values, problem=form.problem or " ".join(error.text for error in form.errors))
    page = await _page(request, db, actor, contest_id, shown, form=form, refused=entry)
    if is_partial(request):
        return await _one_row(request, db, actor, entry, page, problem.status)
    return show(request, page, "organiser", status=problem.status)


async def _one_row(
    request: PageRequest, db: Db, actor: Actor, entry: str, page: ReviewPage, status: int = 200
) -> Response[str]:
    """The row as it stands now, in the place of the row that was sent."""
    row = _row(await show_entry(db, actor, entry), locale_of(request))
    one = msgspec.structs.replace(page, rows=(row,))
    return show(request, one, "organiser", template=ReviewPage.ROW, status=status)


async def _page(
    request: PageRequest, db: Db, actor: Actor, contest_id: str, state: Shown, item: str = "", text: str = "",
    place: Place | None = None, *, form: FormState | None = None, refused: str | None = None,
) -> ReviewPage:  # fmt: skip
    locale = locale_of(request)
    t = texts(locale)
    place = place or Place()
    contest = await contest_of(db, actor, contest_id)
    wanted = EntryFilter(contest=contest_id, states=STATES[state], item=item or None, text=text)
    counts = await count_entries(db, actor, wanted)
    found = await list_entries(db, actor, wanted, PAGE, place.cursor or None)
    asked = {"state": state, "item": item, "q": text}
    here = f"/org/c/{contest_id}/regs"
    return ReviewPage(
        contest=contest_head(contest, locale),
        states=tuple(
            Choice(shown, str(sum(counts.get(each, 0) for each in states)), shown == state)
            for shown, states in STATES.items()
        ),
        items=(
            Choice("", t("review.all_items"), not item),
            *(
                Choice(each.id, named(locale, each.name_zh, each.name_en), each.id == item)
                for each in contest.items
            ),
        ),
        rows=tuple(_row(row, locale) for row in found.data),
        paging=place.paging(
            len(found.data), PAGE, found.next_cursor, lambda more: f"{here}?{urlencode(asked | more)}"
        ),
        query=text,
        standings=tuple(Choice(each, t(f"standing.{each}")) for each in STANDINGS)
        if actor.holds("entry.change_standing")
        else (),
        form=form or FormState(),
        refused_entry=refused,
    )


def _row(row: EntryRow, locale: Locale) -> ReviewRow:
    t = texts(locale)
    first = next((member for member in row.members if member.role == "contestant"), row.members[0])
    level = t(f"review.level.{row.state}") if row.state in NEXT_LEVEL else ""
    return ReviewRow(
        entry=row.id,
        rev=row.rev,
        name=contestants(row) or t("review.erased"),
        item=row.item_name,
        delegation=row.delegation or "",
        unit=row.unit or "",
        post=first.post or "",
        skill_level=skill_level(first.skill_level, locale),
        submitted_at=row.state_at,
        state=SHOWN.get(row.state, "submitted"),
        level=level,
        number="、".join(
            member.document_number or "" for member in row.members if member.role == "contestant"
        ),
        reason=row.reason or "",
        standing=row.standing,
    )


PAGES: list[ControllerRouterHandler] = [show_reviews, decide, note_standing]
