"""P10: a unit enters one of its people, or a pair or team of them: fill in, check the answers, submit; or mends what a reviewer returned."""

from datetime import UTC, datetime
from typing import Annotated, Final, Literal
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath, QueryParameter
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from api.access.actor import Actor
from api.access.secret_texts import cipher_of
from api.contests.queries.contests import contest_by_id
from api.contests.queries.items import item_by_id
from api.contests.schemas import Contest, Item
from api.dependencies import FromActor, FromDb, FromSettings
from api.organisations.queries import list_delegations, organisation
from api.people.schemas import LEVELS
from api.plumbing.db import Db
from api.plumbing.ids import encode_id, parse_id
from api.plumbing.problems import Problem
from api.plumbing.settings import Settings
from api.registration.commands.registering import correct_entry, register_entry
from api.registration.commands.reviewing import move_entry
from api.registration.queries import places_of_item, show_entry
from api.registration.schemas import (
    ChangeEntry,
    EntryDetail,
    EntryTransition,
    ItemPlaces,
    RegisterEntry,
)
from frontend.locales import Locale, texts
from frontend.pages.entry_members import DOCUMENTS, fields_of, known_values, member_rows, members_of, said_of
from frontend.pages.forms import new_key, once_of_form, rehearsed, require_answered, rev_of
from frontend.pages.organising import contestants, item_head, skill_level
from frontend.pages.serving import PageRequest, form_fields, form_state, go, locale_of, show
from frontend.views.common import Choice, FieldError, FormState
from frontend.views.registration import MemberRow, RegisteredPage, RegistrationPage

FORM_STATES: Final[dict[str, Literal["open", "not_yet", "closed", "full"]]] = {
    "open": "open", "not_yet": "not_yet", "closed": "closed", "full": "full", "not_announced": "not_yet",
}  # fmt: skip

EntryText = Annotated[str, QueryParameter(max_length=40)]


class _At(msgspec.Struct, frozen=True):
    """Where a form stands: item, contest, places, the entry it mends if it mends one, and a row for each member."""

    item: Item
    contest: Contest
    places: ItemPlaces
    mended: EntryDetail | None
    rows: tuple[MemberRow, ...]


@get("/my/reg/{item:str}", opt={"right": "entry.register"})
async def show_form(
    request: PageRequest,
    db: FromDb,
    actor: FromActor,
    item: FromPath[str],
    entry: EntryText = "",
    slot: EntryText = "",
) -> Response[str]:
    """The form, empty or with what was returned; `slot` is the place that is used."""
    at = await _at(db, actor, item, entry, locale_of(request))
    return await _page(request, db, actor, at, FormState({"slot": slot} | _values(at)))


@post("/my/reg/{item:str}", opt={"right": "entry.register"}, status_code=200)
async def register(
    request: PageRequest, db: FromDb, actor: FromActor, settings: FromSettings, item: FromPath[str]
) -> Response[str] | Redirect:
    """Check, change or submit."""
    fields = await form_fields(request)
    act = fields.pop("act", "check")
    at = await _at(db, actor, item, fields.get("entry", ""), locale_of(request))
    if act == "change":
        return await _page(request, db, actor, at, FormState(fields))
    declared = fields.get("declaration") == "yes"
    try:
        if act == "check" or not declared:
            # Without the declaration too: whoever forgot it learns of everything else at once.
            await rehearsed(db, lambda: _save(db, settings, actor, at, fields))
        if not declared:
            form = _with_declaration(FormState(fields), locale_of(request))
            return await _page(request, db, actor, at, form, status=422)
        if act == "check":
            return await _page(request, db, actor, at, FormState(fields), step="check")
        once = await once_of_form(request, db, actor, fields)
        answer = await once.answer(
            lambda: _save(db, settings, actor, at, fields),
            lambda saved: f"/my/reg/{item}/done/{saved.id}",  # type: ignore[attr-defined]
        )
        return go(request, answer.headers["Location"])
    except Problem as problem:
        require_answered(problem)
        form = form_state(request, fields, problem, fields_of(at.rows, fields))
        form = said_of(at.rows, form, locale_of(request))
        if not declared:
            form = _with_declaration(form, locale_of(request))
        return await _page(request, db, actor, at, form, status=problem.status)


def _with_declaration(form: FormState, locale: Locale) -> FormState:
    """The form's faults and the missing declaration, which stands last on the page."""
    missing = FieldError("declaration", texts(locale)("reg.declaration_missing"))
    return msgspec.structs.replace(form, errors=(*form.errors, missing))


@get("/my/reg/{item:str}/done/{entry:str}", opt={"right": "entry.register"})
async def show_done(
    request: PageRequest, db: FromDb, actor: FromActor, item: FromPath[str], entry: FromPath[str]
) -> Response[str]:
    """The receipt."""
    at = await _at(db, actor, item, entry, locale_of(request))
    assert at.mended is not None
    page = RegisteredPage(
        item=msgspec.structs.replace(item_head(at.contest, at.item, locale_of(request)), key=at.item.id),
        name=contestants(at.mended),
        receipt=at.mended.id,
        submitted_at=at.mended.state_at,
        places_left=at.places.places_left,
    )
    return show(request, page, "unit")


async def _save(db: Db, settings: Settings, actor: Actor, at: _At, fields: dict[str, str]) -> EntryDetail:
    cipher = cipher_of(settings.secret_key)
    passes = bool(actor.holds("entry.review_unit") or not _units(actor))
    to: Literal["at_unit", "at_organiser"] = "at_organiser" if passes else "at_unit"
    if at.mended is not None:
        async with db.transaction():
            changed = await correct_entry(
                db,
                cipher,
                actor,
                at.mended.id,
                rev_of(fields),
                ChangeEntry(members=members_of(at.rows, fields)),
                demo=settings.demo,
            )
            return await move_entry(db, actor, changed.id, changed.rev, EntryTransition(to))
    units = _units(actor)
    given = RegisterEntry(
        item=at.item.id,
        delegation=fields.get("delegation") or None,
        unit=encode_id("organisation", units[0]) if units else None,
        slot=fields.get("slot") or None,
        members=members_of(at.rows, fields),
        submit_to=to,
    )
    return await register_entry(db, cipher, actor, at.contest.id, given, demo=settings.demo)


def _units(actor: Actor) -> list[UUID]:
    return actor.reach("entry.register").organisations


async def _at(db: Db, actor: Actor, item: str, entry: str, locale: Locale) -> _At:
    # Raises not_found for an item that this reader may not know of yet.
    places = await places_of_item(db, actor, item)
    async with db.reading() as connection:
        found = await item_by_id(connection, parse_id("item", item))
        contest = await contest_by_id(connection, parse_id("contest", found.contest_id))
    mended = await show_entry(db, actor, entry) if entry else None
    if mended is not None and mended.item != item:
        raise Problem("not_found")
    return _At(found, contest, places, mended, member_rows(found, mended, locale))


def _values(at: _At) -> dict[str, str]:
    """What can be shown again of the entry that is mended."""
    if at.mended is None:
        return {}
    entry = {"entry": at.mended.id, "rev": str(at.mended.rev), "delegation": at.mended.delegation_id or ""}
    return entry | known_values(at.rows, at.mended)


async def _page(
    request: PageRequest,
    db: Db,
    actor: Actor,
    at: _At,
    form: FormState,
    *,
    step: Literal["fill", "check"] = "fill",
    status: int = 200,
) -> Response[str]:
    locale = locale_of(request)
    t = texts(locale)
    units = _units(actor)
    unit = (await organisation(db, actor, units[0])).name_zh if units else actor.display_name
    # An entry that came back may be mended after the closing, too.
    state = "open" if at.mended else FORM_STATES[at.places.state]
    page = RegistrationPage(
        item=msgspec.structs.replace(item_head(at.contest, at.item, locale), key=at.item.id),
        unit=unit,
        now=datetime.now(UTC),
        document_types=tuple(Choice(each, t(f"document_type.{each}")) for each in DOCUMENTS),
        skill_levels=tuple(Choice(each, skill_level(each, locale)) for each in LEVELS),
        delegations=await _delegations(db, actor, at, locale),
        places_left=at.places.places_left,
        closes_at=at.places.closes_at,
        opens_at=at.places.opens_at,
        members=at.rows,
        state=state,
        step=step,
        mended=at.mended is not None,
        slot=form.value("slot"),
        key=form.value("key") or new_key(),
        form=form,
    )
    return show(request, page, "unit", status=status)


async def _delegations(db: Db, actor: Actor, at: _At, locale: Locale) -> tuple[Choice, ...]:
    """The delegations that the unit's own organisation or one above it sends; all of them where none is."""
    units = _units(actor)
    if not units or not actor.holds("organisation.read"):
        return ()
    path = (await organisation(db, actor, units[0])).path
    known = (await list_delegations(db, actor, parse_id("season", at.contest.season_id))).data
    own = [each for each in known if each.organisation_id in path]
    return tuple(
        Choice(each.id, each.name_en if locale == "en" and each.name_en else each.name_zh)
        for each in own or known
    )


PAGES: list[ControllerRouterHandler] = [show_form, register, show_done]
