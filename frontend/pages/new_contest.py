"""SO2: a contest from a preset. What the preset knows is not asked."""

from datetime import UTC, datetime
from typing import Final, Literal

from litestar import Response, get, post
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from api.access.actor import Actor
from api.contests.commands.contests import TIER_HEIGHT, create_contest
from api.contests.queries.presets import list_presets, preset
from api.contests.queries.public import PublicFilter, public_contests
from api.contests.queries.seasons import list_seasons
from api.contests.schemas import Contest, CreateContest, Preset
from api.dependencies import FromActor, FromDb
from api.organisations.queries import list_regions, organisation
from api.organisations.schemas import Organisation
from api.plumbing.db import Db
from api.plumbing.ids import encode_id, parse_id
from api.plumbing.problems import Problem, field_error, invalid_fields
from frontend.locales import Locale, texts
from frontend.pages.forms import new_key, once_of_form, refusals, require_answered
from frontend.pages.organising import MOST_LISTED
from frontend.pages.serving import PageRequest, form_fields, form_state, go, locale_of, named, show
from frontend.views.common import Choice, FormState
from frontend.views.organiser import NewContestPage, PresetChoice

MOST_PRESETS: Final = 12
FIELDS: Final = {
    "/preset_id": "preset",
    "/name_zh": "name",
    "/region_code": "region",
    "/next_contest_id": "next_contest",
    "/registration_opens_at": "registration_from",
    "/registration_closes_at": "registration_until",
}


@get("/org/new", opt={"right": "contest.create"})
async def show_form(request: PageRequest, db: FromDb, actor: FromActor) -> Response[str]:
    """The form, or what has to come first."""
    return await _what_first(request, db, actor) or await _form(request, db, actor, FormState())


@post("/org/new", opt={"right": "contest.create"}, status_code=200)
async def create(request: PageRequest, db: FromDb, actor: FromActor) -> Response[str] | Redirect:
    """Make the contest and go to its tasks."""
    first = await _what_first(request, db, actor, status=409)
    if first is not None:
        return first
    form = await request.form()
    items = tuple(text for text in form.getall("item", []) if isinstance(text, str))
    fields = await form_fields(request)
    try:
        once = await once_of_form(request, db, actor, fields)

        async def act() -> Contest:
            return await create_contest(db, actor, await _asked(db, actor, fields, items))

        with refusals():
            answer = await once.answer(act, lambda contest: f"/org/c/{contest.id}")  # type: ignore[attr-defined]
        # A form sent twice leads to the contest that it made the first time.
        return go(request, answer.headers["Location"])
    except Problem as problem:
        require_answered(problem)
        known = FIELDS | {
            error.pointer: "item" for error in problem.errors if error.pointer.startswith("/items")
        }
        state = form_state(request, fields, problem, known)
        return await _form(request, db, actor, state, items, problem.status)


async def _what_first(request: PageRequest, db: Db, actor: Actor, status: int = 200) -> Response[str] | None:
    """The page of somebody who cannot make a contest yet: no organisation to host it, or no season to hold it in."""
    missing: Literal["host", "season"] | None = None
    if not actor.reach("contest.create").organisations:
        missing = "host"
    elif not (await list_seasons(db, actor, 1)).data:
        missing = "season"
    if missing is None:
        return None
    return show(request, NewContestPage((), (), (), (), missing=missing), "organiser", status=status)


async def _asked(db: Db, actor: Actor, fields: dict[str, str], items: tuple[str, ...]) -> CreateContest:
    seasons = (await list_seasons(db, actor, 1)).data
    hosts = actor.reach("contest.create").organisations
    if not items:
        raise invalid_fields(field_error("/items", "items_missing"))
    # The boxes are those of all presets: of what is ticked the chosen preset takes what it knows.
    chosen = next((each for each in await _presets(db, actor) if each.id == fields.get("preset")), None)
    known = {item.code for item in chosen.document.items} if chosen else set(items)
    return CreateContest(
        season_id=seasons[0].id,
        preset_id=fields.get("preset", ""),
        host_id=encode_id("organisation", hosts[0]),
        name_zh=fields.get("name", ""),
        # A day is meant whole: registration opens with it and closes at the end of it.
        registration_opens_at=_at(fields.get("registration_from", ""), "00:00"),
        registration_closes_at=_at(fields.get("registration_until", ""), "24:00"),
        starts_on=fields.get("starts_on", ""),
        ends_on=fields.get("ends_on", ""),
        region_code=fields.get("region") or None,
        next_contest_id=fields.get("next_contest") or None,
        items=tuple(code for code in items if code in known) or items,
    )


def _at(day: str, clock: str) -> str:
    return f"{day}T{clock}" if day else ""


async def _form(
    request: PageRequest,
    db: Db,
    actor: Actor,
    form: FormState,
    ticked: tuple[str, ...] = (),
    status: int = 200,
) -> Response[str]:
    locale = locale_of(request)
    host = await _host(db, actor)
    height = TIER_HEIGHT.get(host.tier or "", 0) if host else 0
    # An industry line has no tier and may host at any; else the own tier's presets stand first and higher ones nowhere.
    presets = sorted(
        (
            each
            for each in await _presets(db, actor)
            if not height or TIER_HEIGHT[each.document.tier] <= height
        ),
        key=lambda each: height - TIER_HEIGHT[each.document.tier],
    )
    names = {
        item.code: named(locale, item.name_zh, item.name_en)
        for each in presets
        for item in each.document.items
    }
    page = NewContestPage(
        presets=tuple(_preset(each, place == 0, locale) for place, each in enumerate(presets)),
        next_contests=await _next_contests(db, locale),
        regions=await _regions(db, host, locale),
        items=tuple(Choice(code, name, not form.values or code in ticked) for code, name in names.items()),
        key=new_key(),
        form=form,
    )
    return show(request, page, "organiser", status=status)


async def _presets(db: Db, actor: Actor) -> list[Preset]:
    """The newest version of each preset."""
    newest: dict[str, str] = {}
    for line in (await list_presets(db, actor, MOST_LISTED)).data:
        newest.setdefault(line.code, line.id)
    return [
        await preset(db, actor, parse_id("preset", each)) for each in list(newest.values())[:MOST_PRESETS]
    ]


def _preset(preset: Preset, chosen: bool, locale: Locale) -> PresetChoice:
    document, t = preset.document, texts(locale)
    awards = "、".join(named(locale, rule.name, rule.name_en) for rule in document.rules.awards)
    about = t("new_contest.about", n=len(document.items), days=document.notice_days)
    return PresetChoice(
        preset.id,
        named(locale, document.name_zh, document.name_en),
        f"{about}{t('new_contest.awards', awards=awards) if awards else ''}",
        chosen,
    )


async def _next_contests(db: Db, locale: Locale) -> tuple[Choice, ...]:
    """Contests to which the best may go on: the season's announced ones of the two higher tiers, while no result is out."""
    found = [
        line
        for tier in ("province", "city")
        for line in (await public_contests(db, 50, cut=PublicFilter(tier=tier))).data
        if line.phase in ("announced", "registration", "closed", "running")
    ]
    return tuple(Choice(line.id, named(locale, line.name_zh, line.name_en)) for line in found)


async def _host(db: Db, actor: Actor) -> Organisation | None:
    hosts = actor.reach("contest.create").organisations
    return await organisation(db, actor, hosts[0]) if hosts else None


async def _regions(db: Db, host: Organisation | None, locale: Locale) -> tuple[Choice, ...]:
    """The host's own region and those right below it."""
    if host is None:
        return ()
    code = host.region_code
    today = datetime.now(UTC).date()
    below = (await list_regions(db, today, MOST_LISTED, parent=code)).data if code else []
    own = (await list_regions(db, today, 1, q=code)).data if code else []
    return tuple(Choice(each.code, named(locale, each.name_zh, each.name_en)) for each in (*own, *below))


PAGES: list[ControllerRouterHandler] = [show_form, create]
