"""SJ8: the chief judge signs a session, or returns a sheet with the reason."""

import re
from typing import Final
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from api.access.actor import Actor
from api.access.commands.confirming import asks_pin, confirm_pin
from api.control.queries.duties import waiting_in_session
from api.dependencies import FromActor, FromDb
from api.judging.commands.sheets import move_sheet
from api.judging.commands.signing import sign_session
from api.judging.queries.signing import SessionToSign, StationToSign, session_to_sign
from api.judging.schemas import MoveSheet
from api.plumbing.db import Db
from api.plumbing.ids import parse_id
from api.plumbing.problems import Problem
from frontend.locales import Locale, texts
from frontend.pages.duties import waiting_lines
from frontend.pages.forms import TRIED_TOO_OFTEN, require_answered
from frontend.pages.serving import PageRequest, form_fields, form_state, go, locale_of, show
from frontend.pages.session_heads import head_of, station_text
from frontend.views.common import FormState
from frontend.views.formats import fragment
from frontend.views.judging import SignedSheet, SignOffPage, SignRow
from scoring.decimals import plain

LOOKED_AT: Final = re.compile(r"(sht_[A-Za-z0-9]{1,40})@([0-9]{1,9})")
"""A sheet and the revision of it that was on the page."""


@get("/judge/s/{session:str}/sign", opt={"right": "sheet.sign"})
async def show_signing(
    request: PageRequest, db: FromDb, actor: FromActor, session: FromPath[str]
) -> Response[str]:
    """Totals, gaps, and the signature."""
    return await _show(request, db, actor, parse_id("session", session))


@post("/judge/s/{session:str}/sign", opt={"right": "sheet.sign"}, status_code=200)
async def sign(
    request: PageRequest, db: FromDb, actor: FromActor, session: FromPath[str]
) -> Response[str] | Redirect:
    """act=sign with the hash that was looked at, act=return with a sheet and the reason."""
    fields = await form_fields(request)
    session_id = parse_id("session", session)
    try:
        if fields.get("act") == "return":
            looked_at = LOOKED_AT.fullmatch(fields.get("sheet", ""))
            if looked_at is None:
                raise Problem("not_found")
            move = MoveSheet("open", int(looked_at[2]), fields.get("reason", "")[:1000])
            await move_sheet(db, actor, parse_id("sheet", looked_at[1]), move)
        else:
            await confirm_pin(db, actor, fields.get("pin", "")[:12])
            await sign_session(db, actor, session_id, fields.get("hash", ""))
    except Problem as problem:
        require_answered(problem, TRIED_TOO_OFTEN)
        form = form_state(request, {"reason": fields.get("reason", "")}, problem)
        return await _show(request, db, actor, session_id, form, problem.status)
    return go(request, f"/judge/s/{session}/sign")


async def _show(
    request: PageRequest,
    db: Db,
    actor: Actor,
    session_id: UUID,
    form: FormState | None = None,
    status: int = 200,
) -> Response[str]:
    locale = locale_of(request)
    page = _page(await session_to_sign(db, actor, session_id), locale, form, asks=asks_pin(actor))
    waiting = waiting_lines(await waiting_in_session(db, actor, session_id), locale)
    return show(request, msgspec.structs.replace(page, corrections=waiting), "judge", status=status)


def _page(
    found: SessionToSign, locale: Locale, form: FormState | None = None, *, asks: bool = False
) -> SignOffPage:
    return SignOffPage(
        head=head_of(None, found.session, found.judge or "", locale),
        rows=tuple(_row(station, locale) for station in found.stations),
        hash_fragment=fragment(found.hash),
        hash=found.hash,
        sheets=tuple(
            SignedSheet(
                f"{sheet.sheet}@{sheet.seq}",
                station_text(station.station),
                sheet.judge,
                sheet.state == "signed",
            )
            for station in found.stations
            for sheet in station.sheets
            if sheet.state != "open"
        ),
        signed_at=found.signed_at,
        asks_pin=asks,
        reopened=_reopened(found, locale),
        form=form or FormState(),
    )


def _row(station: StationToSign, locale: Locale) -> SignRow:
    t = texts(locale)
    return SignRow(
        station=station_text(station.station),
        submitted=sum(sheet.state != "open" for sheet in station.sheets),
        of=len(station.sheets),
        total=None if station.total is None else format(plain(station.total), "f"),
        gaps=tuple(
            t(
                "sign.gap" if station.present else "sign.gap_absent",
                judge=sheet.judge,
                done=sheet.done,
                of=sheet.of,
            )
            for sheet in station.sheets
            if sheet.state == "open"
        ),
    )


def _reopened(found: SessionToSign, locale: Locale) -> str:
    """Which stations were signed once and have been opened since."""
    stations = [
        station_text(station.station)
        for station in found.stations
        if any(sheet.reopened for sheet in station.sheets)
    ]
    separator = ", " if locale == "en" else "、"
    return texts(locale)("sign.reopened", stations=separator.join(stations)) if stations else ""


PAGES: list[ControllerRouterHandler] = [show_signing, sign]
