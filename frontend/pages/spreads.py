"""SJ7: the criteria on which the judges of a station lie too far apart. A judge changes their own mark in two taps; the chief decides."""

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from api.access.actor import Actor
from api.contests.scopes import session_scope
from api.control.commands.spreads import decide_spread, reconsider_mark
from api.control.queries.duties import limits_spreads
from api.control.queries.spreads import spreads_of_session
from api.control.schemas import DecideSpread, Reconsider, Spread
from api.dependencies import FromActor, FromDb
from api.plumbing.db import Db
from api.plumbing.ids import parse_id
from api.plumbing.problems import Problem
from frontend.locales import Locale
from frontend.pages.forms import new_key, once_of_form, require_answered
from frontend.pages.serving import PageRequest, form_fields, form_state, go, locale_of, named, show
from frontend.pages.session_heads import station_text
from frontend.views.common import FormState
from frontend.views.control import SpreadLine, SpreadMark, SpreadsPage


@get("/judge/s/{session:str}/diff", opt={"right": "sheet.read"})
async def show_spreads(
    request: PageRequest, db: FromDb, actor: FromActor, session: FromPath[str]
) -> Response[str]:
    """The criteria concerned, and no others."""
    return await _page(request, db, actor, session, FormState())


@post("/judge/s/{session:str}/diff", opt={"right": "sheet.read"}, status_code=200)
async def act_on_spread(
    request: PageRequest, db: FromDb, actor: FromActor, session: FromPath[str]
) -> Response[str] | Redirect:
    """act=change the own mark, or act=decide as chief judge."""
    fields = await form_fields(request)
    try:
        once = await once_of_form(request, db, actor, fields)
        if fields.get("act") == "decide":
            given = {name: fields.get(name, "") for name in ("station", "lowest", "highest", "reason")}
            if not fields.get("reason", "").strip():
                raise Problem("reason_needed")
            decision = msgspec.convert(
                {**given, "criterion": fields.get("criterion") or None}, DecideSpread, strict=False
            )
            session_id = parse_id("session", session)
            await once.answer(lambda: decide_spread(db, actor, session_id, decision))
        else:
            mark = msgspec.convert(
                {name: fields.get(name, "") for name in ("criterion", "value", "base_rev")},
                Reconsider,
                strict=False,
            )
            sheet_id = parse_id("sheet", fields.get("sheet", ""))
            await once.answer(lambda: reconsider_mark(db, actor, sheet_id, mark))
    except msgspec.ValidationError as error:
        raise Problem("invalid_parameter") from error
    except Problem as problem:
        require_answered(problem)
        return await _page(request, db, actor, session, form_state(request, fields, problem), problem.status)
    return go(request, f"/judge/s/{session}/diff")


async def _page(
    request: PageRequest, db: Db, actor: Actor, session: str, form: FormState, status: int = 200
) -> Response[str]:
    found = await spreads_of_session(db, actor, parse_id("session", session))
    async with db.reading() as connection:
        item = (await session_scope(connection, parse_id("session", session))).item
        limited = await limits_spreads(connection, item.item_id, item.contest_id)
    locale = locale_of(request)
    page = SpreadsPage(
        session=session,
        session_name=named(locale, found.session.name_zh, found.session.name_en),
        item_name=found.session.item_name,
        judge=found.judge or actor.display_name,
        decides=found.decides,
        away=found.session.away,
        lines=tuple(
            _line(station.station, spread, locale, away=found.session.away is not None)
            for station in found.stations
            for spread in station.spreads
        ),
        waiting=tuple(
            (station_text(station.station), station.waiting) for station in found.stations if station.waiting
        ),
        limited=limited,
        key=new_key(),
        form=form,
    )
    return show(request, page, "judge", status=status)


def _line(station: int, spread: Spread, locale: Locale, *, away: bool) -> SpreadLine:
    values = [mark.value for mark in spread.marks if mark.value is not None]
    lowest, highest = min(values), max(values)
    own = next((mark for mark in spread.marks if mark.mine), None)
    criterion = spread.criterion is not None and spread.decided is None
    changes = not away and own is not None and own.changeable and criterion
    return SpreadLine(
        station=station_text(station),
        criterion=spread.criterion or "",
        number=spread.number,
        title=named(locale, spread.title, spread.title_en),
        limit=format(spread.limit, "f"),
        spread=format(spread.spread, "f"),
        unit=spread.unit,
        lowest=format(lowest, "f"),
        highest=format(highest, "f"),
        marks=tuple(
            SpreadMark(
                judge=mark.judge,
                value=None if mark.value is None else format(mark.value, "f"),
                mine=mark.mine,
                end="low" if mark.value == lowest else "high" if mark.value == highest else "",
            )
            for mark in spread.marks
        ),
        decided=spread.decided or "",
        decided_by=spread.decided_by or "",
        own_sheet=own.sheet if own and changes else "",
        own_rev=own.rev if own else 0,
        choices=spread.choices,
    )


PAGES: list[ControllerRouterHandler] = [show_spreads, act_on_spread]
