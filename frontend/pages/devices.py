"""Enrolling the tablet in one's hands at the centre, so that judges' PINs count on it, and withdrawing it again."""

from typing import Final
from urllib.parse import urlencode

import msgspec
from litestar import Response, get, post
from litestar.datastructures import Cookie
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from api.access.actor import Actor
from api.access.authority import scope_of
from api.access.commands.devices import enrol_device, revoke_device
from api.access.queries import contests_to_enrol_for, device_held, devices
from api.access.schemas import DeviceView, EnrolDevice
from api.access.secret_texts import new_token
from api.access.sessions import caller_of, device_cookie
from api.dependencies import FromActor, FromDb, FromSettings
from api.plumbing.db import Db
from api.plumbing.ids import parse_id
from api.plumbing.problems import Problem, field_error, invalid_fields
from frontend.pages.forms import require_answered
from frontend.pages.organising import contest_head, contest_of
from frontend.pages.paging import BackText, BeforeCount, CursorText, Place
from frontend.pages.serving import PageRequest, form_fields, form_state, go, locale_of, named, show
from frontend.views.common import FormState
from frontend.views.devices import DeviceContest, DeviceContestsPage, DeviceLine, DevicesPage

PAGE: Final = 50


@get("/org/devices", opt={"right": "device.enrol"})
async def choose_contest(request: PageRequest, db: FromDb, actor: FromActor) -> Response[str] | Redirect:
    """The contests under way; with one alone there is nothing to choose."""
    found = await contests_to_enrol_for(db, actor)
    if len(found) == 1:
        return go(request, f"/org/c/{found[0].id}/devices")
    locale = locale_of(request)
    lines = tuple(DeviceContest(line.id, named(locale, line.name_zh, line.name_en)) for line in found)
    return show(request, DeviceContestsPage(lines), "organiser")


@get("/org/c/{contest_id:str}/devices", opt={"right": "device.enrol"})
async def show_devices(
    request: PageRequest, db: FromDb, actor: FromActor, contest_id: FromPath[str], cursor: CursorText = "",
    before: BeforeCount = 0, back: BackText = "",
) -> Response[str]:  # fmt: skip
    """Whether this tablet is enrolled, and which others are."""
    return await _page(request, db, actor, contest_id, Place(cursor, before, back), FormState())


@post("/org/c/{contest_id:str}/devices", opt={"right": "device.enrol"}, status_code=200)
async def change_devices(
    request: PageRequest, db: FromDb, actor: FromActor, settings: FromSettings, contest_id: FromPath[str]
) -> Response[str] | Redirect:
    """Enrol this browser, or withdraw a device."""
    fields = await form_fields(request)
    cookie: Cookie | None = None
    try:
        match fields.get("act"):
            case "enrol":
                secret = new_token()
                await _enrol(request, db, actor, contest_id, fields.get("name", ""), secret)
                cookie = device_cookie(settings, secret)
            case "withdraw":
                await revoke_device(db, actor, parse_id("device", fields.get("device", "")))
            case _:
                raise Problem("invalid_parameter")
    except Problem as problem:
        require_answered(problem)
        form = form_state(request, fields, problem)
        return await _page(request, db, actor, contest_id, Place(), form, problem.status)
    answer = go(request, f"/org/c/{contest_id}/devices")
    if cookie is not None:
        answer.cookies.append(cookie)
    return answer


async def _enrol(request: PageRequest, db: Db, actor: Actor, contest_id: str, name: str, secret: str) -> None:
    try:
        data = msgspec.convert({"name": name.strip(), "contest_id": contest_id}, EnrolDevice)
    except msgspec.ValidationError as error:
        raise invalid_fields(field_error("/name", "name_invalid")) from error
    held = await device_held(db, caller_of(request).device_secret)
    async with db.transaction():
        await enrol_device(db, actor, data, secret)
        # Its old secret is overwritten in this browser: nobody could use it, and the list would name a tablet twice.
        if held is not None and held.contest_id == contest_id:
            await revoke_device(db, actor, parse_id("device", held.id))


async def _page(
    request: PageRequest, db: Db, actor: Actor, contest_id: str, place: Place, form: FormState, status: int = 200
) -> Response[str]:  # fmt: skip
    contest = await contest_of(db, actor, contest_id)
    its_id = parse_id("contest", contest_id)
    async with db.reading() as connection:
        actor.require("device.enrol", await scope_of(connection, "contest", its_id))
    held = await device_held(db, caller_of(request).device_secret)
    found = await devices(db, actor, its_id, place.cursor or None, PAGE)
    here = f"/org/c/{contest_id}/devices"
    page = DevicesPage(
        contest=contest_head(contest, locale_of(request)),
        devices=tuple(_line(each, held) for each in found.data),
        paging=place.paging(
            len(found.data), PAGE, found.next_cursor, lambda more: f"{here}?{urlencode(more)}"
        ),
        held=_line(held, held) if held else None,
        held_elsewhere=held is not None and held.contest_id != contest_id,
        form=form,
    )
    return show(request, page, "organiser", status=status)


def _line(device: DeviceView, held: DeviceView | None) -> DeviceLine:
    here = held is not None and held.id == device.id
    return DeviceLine(device.id, device.name, device.enrolled_at, device.revoked, here)


PAGES: list[ControllerRouterHandler] = [choose_contest, show_devices, change_devices]
