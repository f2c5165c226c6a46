"""The judges' pages without network: the worker, the application's files under one version, and the blank pages put aside."""

import re
from datetime import UTC, datetime
from functools import cache
from typing import Final

import msgspec
from litestar import Response, get
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler

from api.access.actor import Actor
from api.dependencies import FromActor, FromDb
from api.judging.queries.packs import pack_for
from api.judging.schemas import SheetCriterion
from api.judging.tablet_schemas import Pack
from api.plumbing.ids import encode_id, parse_id
from api.plumbing.problems import Problem
from frontend.locales import Locale
from frontend.pages.serving import PageRequest, locale_of, show
from frontend.pages.session_heads import head_of
from frontend.pages.sheet_rows import groups_of
from frontend.pages.static_files import YEAR
from frontend.rendering import STATIC, app_version, localised_url, static_url
from frontend.views.formats import fragment
from frontend.views.judging import (
    CriterionGroup,
    CriterionPage,
    JudgeHead,
    JudgeSignInPage,
    OutboxPage,
    SheetPage,
    StationsPage,
)

APP: Final = STATIC / "js/judge"
# Behaviours that other pages have too; here they are of the same version as the rest.
SHARED: Final = ("live-stream.js", "refreshing.js")
SCRIPT: Final = "text/javascript"
# What every page of a tablet links to; a test opens them and compares.
BLOCKS: Final = (
    "tokens", "base", "layout", "controls", "sheet", "state", "judge", "crit", "pick", "meas", "bench", "sheet-foot", "num-pad",
    "hand", "tablet", "station-tile", "pin-pad",
)  # fmt: skip
NO_TIME: Final = datetime(2000, 1, 1, tzinfo=UTC)
# Lines that are a comment and nothing else.
COMMENTS: Final = re.compile(rb"^[ \t]*(?://.*|/\*\*(?:(?!\*/)[\s\S])*\*/[ \t]*)\n", re.MULTILINE)
# No text of the application goes over the end of a line, so that what stands before one says nothing.
INDENTS: Final = re.compile(rb"^[ \t]+", re.MULTILINE)
OTHERS: Final = ("icons.svg", "favicon.svg", "js/mode.js", "js/pin-pad.js")


@get("/judge/worker.js", opt={"public": True})
async def send_worker(request: PageRequest) -> Response[str]:
    """The service worker, with the version it keeps and the files it puts aside. Always asked for anew."""
    locale = locale_of(request)
    prefix = localised_url(locale, "/judge").removesuffix("/judge")
    given = {"VERSION": app_version(), "PREFIX": prefix, "FILES": kept_files()}
    head = "".join(
        f"const {name} = {msgspec.json.encode(value).decode()};\n" for name, value in given.items()
    )
    return Response(
        head + (STATIC / "js/judge-worker.js").read_text(encoding="utf-8"),
        media_type=SCRIPT,
        headers={"Cache-Control": "no-cache", "Service-Worker-Allowed": f"{prefix}/judge"},
    )


def kept_files() -> list[str]:
    """Addresses of everything that the judges' pages need beside themselves."""
    styles = [static_url(f"css/{block}.css") for block in BLOCKS]
    scripts = [f"/judge/app/{app_version()}/{name}" for name in sorted(_app_files())]
    return [*styles, *(static_url(path) for path in OTHERS), *scripts]


@get("/judge/app/{version:str}/{name:str}", opt={"public": True})
async def send_app(version: FromPath[str], name: FromPath[str]) -> Response[bytes]:
    """A file of the application. One version's parts only ever fit each other, so that another version is not found."""
    body = _app_files().get(name)
    if body is None or version != app_version():
        raise Problem("not_found")
    return Response(body, media_type=SCRIPT, headers={"Cache-Control": YEAR})


@cache
def _app_files() -> dict[str, bytes]:
    paths = [*APP.glob("*.js"), *(STATIC / "js" / name for name in SHARED)]
    # Comments and indents are for whoever reads the source: on a slow network they are a fifth of it.
    return {path.name: INDENTS.sub(b"", COMMENTS.sub(b"", path.read_bytes())) for path in paths}


@get("/judge/s/{session:str}/shell/{kind:str}", opt={"right": "sheet.mark"})
async def show_shell(
    request: PageRequest, db: FromDb, actor: FromActor, session: FromPath[str], kind: FromPath[str]
) -> Response[str]:
    """A page of the session without anybody's marks, code or token: the tablet fills in what it holds."""
    pack = await pack_for(db, actor, parse_id("session", session))
    page = _shell(pack, kind, locale_of(request))
    # Of nobody: a token of the session would be kept on the tablet longer than its judge is there.
    return _aside(request, page)


@get("/judge/shell/{kind:str}", opt={"public": True})
async def show_plain_shell(request: PageRequest, kind: FromPath[str]) -> Response[str]:
    """The door and the outbox, as they are put aside."""
    if kind == "door":
        return _aside(request, JudgeSignInPage(now=NO_TIME, app=app_version()))
    if kind == "outbox":
        return _aside(request, OutboxPage(_no_session()))
    raise Problem("not_found")


@get("/judge/outbox", opt={"right": "sheet.mark"})
async def show_outbox(request: PageRequest, actor: FromActor) -> Response[str]:
    """SJ6: what is still on the tablet."""
    return show(request, OutboxPage(_no_session(actor)), "judge")


@get("/judge/s/{session:str}/c/{number:int}", opt={"right": "sheet.mark"})
async def show_criterion(
    request: PageRequest, db: FromDb, actor: FromActor, session: FromPath[str], number: FromPath[int]
) -> Response[str]:
    """SJ5: one criterion at every station."""
    pack = await pack_for(db, actor, parse_id("session", session))
    if not 1 <= number <= len(pack.lines):
        raise Problem("not_found")
    locale = locale_of(request)
    head = head_of(actor, pack.session, pack.judge, locale)
    return show(request, CriterionPage(head, _blank_groups(pack, locale)), "judge")


def _shell(pack: Pack, kind: str, locale: Locale) -> StationsPage | SheetPage | CriterionPage:
    head = head_of(None, pack.session, "", locale)
    if kind == "stations":
        return StationsPage(head, (), blank=True, chief=False)
    if kind == "sheet":
        return SheetPage(
            head=head,
            station="",
            sheet="",
            project=pack.session.stage_name,
            plan_version=f"v{pack.plan_version}",
            hash_fragment=fragment(pack.plan_hash)[:4],
            groups=_blank_groups(pack, locale),
            blank=True,
        )
    if kind == "criterion":
        return CriterionPage(head, _blank_groups(pack, locale))
    raise Problem("not_found")


def _blank_groups(pack: Pack, locale: Locale) -> tuple[CriterionGroup, ...]:
    return groups_of(
        tuple(SheetCriterion(number=line.number, rule=line.rule, current=None) for line in pack.lines),
        {},
        locale,
    )


def _no_session(actor: Actor | None = None) -> JudgeHead:
    account = encode_id("account", actor.account_id) if actor else ""
    return JudgeHead("", "", "", "", "", NO_TIME, NO_TIME, account=account, app=app_version())


def _aside(request: PageRequest, page: msgspec.Struct) -> Response[str]:
    return show(request, page, "judge", headers={"X-Judge-App": app_version()}, of_nobody=True)


PAGES: list[ControllerRouterHandler] = [
    send_worker,
    send_app,
    show_shell,
    show_plain_shell,
    show_outbox,
    show_criterion,
]
