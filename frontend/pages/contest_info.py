"""The contest's own data: name and days, who holds it, with whom it is filed, who may enter, and its next step."""

from datetime import timedelta
from typing import Final, TypeVar
from zoneinfo import ZoneInfo

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from api.access.actor import Actor
from api.contests.commands.contests import CHANGEABLE, change_contest, move_contest
from api.contests.commands.organisers import OPEN_STATES, file_contest, name_organisers
from api.contests.schemas import (
    ChangeContest,
    Contest,
    FileContest,
    MoveContest,
    NameOrganiser,
    NameOrganisers,
    OrganiserRole,
)
from api.dependencies import FromActor, FromDb
from api.organisations.queries import list_organisations, organisation
from api.plumbing.db import Db
from api.plumbing.ids import parse_id
from api.plumbing.problems import Problem
from api.registration.commands.registering import set_rules
from api.registration.queries import rules_of_registration
from api.registration.schemas import RegistrationRules
from frontend.locales import Locale, texts
from frontend.pages.forms import refusals, require_answered, rev_of
from frontend.pages.organising import MOST_LISTED, contest_head, contest_of
from frontend.pages.serving import PageRequest, form_fields, form_state, go, locale_of, named, show
from frontend.views.common import Choice, FormState
from frontend.views.contest_info import ContestInfoPage, ContestMove, FilingLine, OrganiserRow

T = TypeVar("T")

ROLES: Final[tuple[OrganiserRole, ...]] = OrganiserRole.__args__  # type: ignore[attr-defined]
# From the form's field to the name in ChangeContest.
CHANGES: Final = {
    "name": "name_zh",
    "name_en": "name_en",
    "registration_from": "registration_opens_at",
    "registration_until": "registration_closes_at",
    "starts_on": "starts_on",
    "ends_on": "ends_on",
    "notice_days": "notice_days",
}
EMPTY_ROWS: Final = 2
MOST_ORGANISERS: Final = 100
MOVES: Final = ("published", "running", "finished", "archived", "cancelled")


@get("/org/c/{contest_id:str}/info", opt={"right": "contest.read"})
async def show_info(
    request: PageRequest, db: FromDb, actor: FromActor, contest_id: FromPath[str]
) -> Response[str]:
    """What is recorded of the contest."""
    return await _page(request, db, actor, contest_id, FormState())


@post("/org/c/{contest_id:str}/info", opt={"right": "contest.change"}, status_code=200)
async def change_info(
    request: PageRequest, db: FromDb, actor: FromActor, contest_id: FromPath[str]
) -> Response[str] | Redirect:
    """Save one part of the page."""
    fields = await form_fields(request)
    contest = await contest_of(db, actor, contest_id)
    try:
        with refusals():
            await _act(db, actor, contest, fields)
    except Problem as problem:
        require_answered(problem)
        form = form_state(request, fields, problem, _names(fields))
        return await _page(request, db, actor, contest_id, form, problem.status)
    return go(request, f"/org/c/{contest_id}/info")


async def _act(db: Db, actor: Actor, contest: Contest, fields: dict[str, str]) -> None:
    key, rev = parse_id("contest", contest.id), rev_of(fields)
    match fields.get("act"):
        case "save":
            await change_contest(db, actor, key, _changes(contest, fields), rev)
        case "organisers":
            rows = tuple(_organiser(fields, number, contest) for number in _filled(fields))
            await name_organisers(db, actor, key, NameOrganisers(organisers=rows), rev)
        case "file":
            filing = FileContest(
                authority_id=fields.get("authority", ""),
                number=fields.get("number", ""),
                filed_on=fields.get("filed_on", ""),
            )
            await file_contest(db, actor, key, filing)
        case "entry_rules":
            age = fields.get("minimum_age", "").strip()
            rules = _read(
                {"minimum_age": age or None, "one_item_per_person": fields.get("one_item") == "yes"},
                RegistrationRules,
            )
            await set_rules(db, actor, contest.id, rev, rules)
        case "move" if fields.get("to") in MOVES:
            move = _read(
                {"to": fields["to"], "reason": fields.get("reason", "").strip() or None}, MoveContest
            )
            await move_contest(db, actor, key, move, rev)
        case _:
            raise Problem("invalid_parameter")


def _read(given: dict[str, object], kind: type[T]) -> T:
    try:
        return msgspec.convert(given, kind, strict=False)
    except msgspec.ValidationError as error:
        raise Problem("invalid_fields", count=1) from error


def _changes(contest: Contest, fields: dict[str, str]) -> ChangeContest:
    """What differs from what is recorded: of the rest a running contest would refuse even the repetition."""
    now = _values(contest)
    given: dict[str, object] = {}
    for field, name in CHANGES.items():
        text = fields.get(field, now[field]).strip()
        if text != now[field]:
            # A day is meant whole: registration opens with it and closes at the end of it.
            end = {"registration_from": "T00:00", "registration_until": "T24:00"}.get(field, "")
            given[name] = (text or None) if field == "name_en" else text + end
    return _read(given, ChangeContest)


def _values(contest: Contest) -> dict[str, str]:
    zone = ZoneInfo(contest.timezone)
    # The closing instant is outside: midnight belongs to the day that ends.
    last = contest.registration_closes_at.astimezone(zone) - timedelta(microseconds=1)
    return {
        "name": contest.name_zh,
        "name_en": contest.name_en or "",
        "registration_from": contest.registration_opens_at.astimezone(zone).date().isoformat(),
        "registration_until": last.date().isoformat(),
        "starts_on": contest.starts_on.isoformat(),
        "ends_on": contest.ends_on.isoformat(),
        "notice_days": str(contest.notice_days),
    }


def _filled(fields: dict[str, str]) -> list[int]:
    """The rows with a name; an emptied one is taken off the list."""
    return [number for number in range(1, MOST_ORGANISERS + 1) if fields.get(f"name_{number}", "").strip()]


def _organiser(fields: dict[str, str], number: int, contest: Contest) -> NameOrganiser:
    name = fields[f"name_{number}"].strip()
    place = fields.get(f"organisation_{number}", "")
    same = next((each for each in contest.organisers if place and each.organisation_id == place), None)
    return _read(
        {
            "role": fields.get(f"role_{number}", ""),
            # Another name in the row of an organisation is another organiser.
            "organisation_id": place if same and same.name_zh == name else None,
            "name_zh": name,
        },
        NameOrganiser,
    )


def _names(fields: dict[str, str]) -> dict[str, str]:
    """From a JSON pointer of the commands to the field of the page."""
    names = {f"/{name}": field for field, name in CHANGES.items()}
    names |= {"/authority_id": "authority", "/organisers": "name_1"}
    for place, number in enumerate(_filled(fields)):
        names |= {f"/organisers/{place}/{part}": f"name_{number}" for part in ("name_zh", "organisation_id")}
        names[f"/organisers/{place}/role"] = f"role_{number}"
    return names


async def _page(
    request: PageRequest, db: Db, actor: Actor, contest_id: str, form: FormState, status: int = 200
) -> Response[str]:
    locale = locale_of(request)
    t = texts(locale)
    contest = await contest_of(db, actor, contest_id)
    rules = await rules_of_registration(db, actor, contest_id)
    may_change = actor.holds("contest.change")
    age = {
        "minimum_age": "" if rules.minimum_age is None else str(rules.minimum_age),
        "one_item": "yes" if rules.one_item_per_person else "",
    }
    # What was typed stands before what is recorded; a box that was not ticked is not sent.
    values = _values(contest) | ({} if form.value("act") == "entry_rules" else age) | form.values
    page = ContestInfoPage(
        contest=contest_head(contest, locale),
        rev=contest.rev,
        editable=tuple(
            field for field, name in CHANGES.items() if may_change and name in CHANGEABLE[contest.state]
        ),
        organisers=_rows(contest, form),
        roles=tuple(Choice(role, t(f"organiser_role.{role}")) for role in ROLES),
        filings=tuple(FilingLine(each.authority_zh, each.number, each.filed_on) for each in contest.filings),
        authorities=await _authorities(db, actor, contest, locale),
        moves=tuple(
            ContestMove(to, needs_reason=to == "cancelled")  # type: ignore[arg-type]
            for to in contest.next_states
            if may_change
        ),
        rules_rev=rules.rev,
        open=contest.state in OPEN_STATES,
        rules_open=contest.state in OPEN_STATES,
        may_change=may_change,
        form=msgspec.structs.replace(form, values=values),
    )
    return show(request, page, "organiser", status=status)


def _rows(contest: Contest, form: FormState) -> tuple[OrganiserRow, ...]:
    """The organisers as they are, or as they were typed, and empty rows for more."""
    rows: list[OrganiserRow]
    if form.value("act") == "organisers":
        rows = [
            OrganiserRow(n, form.value(f"role_{n}"), form.value(f"name_{n}"), form.value(f"organisation_{n}"))
            for n in range(1, MOST_ORGANISERS + 1)
            if f"name_{n}" in form.values
        ]
    else:
        rows = [
            OrganiserRow(n, each.role, each.name_zh, each.organisation_id or "")
            for n, each in enumerate(contest.organisers, 1)
        ]
        rows += [OrganiserRow(len(rows) + n, "co_organiser", "") for n in range(1, EMPTY_ROWS + 1)]
    return tuple(rows)


async def _authorities(db: Db, actor: Actor, contest: Contest, locale: Locale) -> tuple[Choice, ...]:
    """With whom a contest may be filed: the authorities in sight, and the host with those above it."""
    if not actor.holds("organisation.read"):
        return ()
    found = {
        each.id: each for each in (await list_organisations(db, actor, MOST_LISTED, kind="authority")).data
    }
    host = await organisation(db, actor, parse_id("organisation", contest.host_id))
    for above in reversed(host.path):
        each = await organisation(db, actor, parse_id("organisation", above))
        if each.kind != "enterprise":
            found.setdefault(each.id, each)
    return tuple(Choice(each.id, named(locale, each.name_zh, each.name_en)) for each in found.values())


PAGES: list[ControllerRouterHandler] = [show_info, change_info]
