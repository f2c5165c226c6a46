"""A season in which everything that can be asked for wrongly is there once, and the ways of asking for it."""

import io
import json
import zipfile
from collections.abc import Awaitable, Callable
from functools import cache
from typing import Any
from uuid import UUID, uuid4

import httpx
import msgspec
import xlsxwriter

from api.plumbing.ids import encode_id
from scoring import hebei_provincial
from tests.access.conftest import Door
from tests.advancement.test_slots import way_up
from tests.contests.conftest import Province, province_of
from tests.judging.conftest import Marking, marking_of
from tests.judging.marking import op
from tests.plans import two_part_plan
from tests.registration.builders import Gate, gate, id_number, member
from tests.results.builders import MARKS, THEORY, add_theory, final_item, mark, publish, sign
from tests.world import Client, Contest, World

API = "/api/v1"
JSON = "application/json"


class Stage(msgspec.Struct, kw_only=True):
    """Nothing here changes, however often it is asked: that is what the cases show."""

    world: World
    # Two entries before two judges: the first judge's second sheet is submitted. In the other contest the session pauses.
    marking: Marking
    paused: Marking
    marking_organiser: Client
    clerk: Client
    # A contest that takes entries and has one, one that no longer takes any, one with a full item.
    door: Gate
    entered: str
    shut: Gate
    full: Gate
    delegation: str
    # A draft contest from a preset that locks paths.
    province: Province
    administrator: Client
    draft: dict[str, Any]
    used_key: str
    # A city's item that is confirmed, and a provincial one that is final, with a proposal for an award.
    confirmed: Contest
    organiser: Client
    final: Contest
    final_organiser: Client
    authority: Client
    proposal: str
    # Nobody, a login, and a link that was used.
    anonymous: httpx.AsyncClient
    login: str
    spent_link: str


Ask = Callable[[Stage], Awaitable[httpx.Response]]


async def stage_of(world: World) -> Stage:
    """Build it with the builders of the rooms."""
    marking = await marking_of(world, judges=2)
    await world.execute("UPDATE entry SET number = 'QT-1' WHERE id = $1", marking.entries[0])
    await world.execute("UPDATE sheet SET state = 'submitted' WHERE id = $1", marking.sheets[1][0])
    door, shut, full = await gate(world), await gate(world), await gate(world, capacity=2, per_delegation=1)
    entered = id_number("19850607")
    await door.registered(members=[member(document_number=entered)])
    await world.execute(
        "UPDATE contest SET registration_closes_at = now() WHERE id = $1", shut.contest.contest
    )
    delegation = await _fill(world, full)
    province = await province_of(world)
    confirmed, organiser = await _confirmed(world)
    final, final_organiser, authority, proposal = await _final(world)
    access = Door(world.app, world)
    account, login = await access.account()
    link = await access.link(account)
    browser = await access.browser()
    assert (await browser.post(f"{API}/sign-in/link", json={"token": link})).status_code == 200
    stage = Stage(
        world=world, marking=marking, paused=await marking_of(world, judges=1, entries=1, state="paused"),
        marking_organiser=await world.client("organiser", "contest", marking.contest.contest),
        clerk=await world.client("data_clerk", "contest", marking.contest.contest),
        door=door, entered=entered, shut=shut, full=full, delegation=delegation,
        province=province, administrator=await world.client("administrator", "organisation", province.root),
        draft=await province.contest(), used_key=str(uuid4()),
        confirmed=confirmed, organiser=organiser,
        final=final, final_organiser=final_organiser, authority=authority, proposal=proposal,
        anonymous=await access.browser(), login=login, spent_link=link,
    )  # fmt: skip
    first = await create_contest(key=stage.used_key, name_zh="钥匙大赛")(stage)
    assert first.status_code == 201, first.text
    return stage


async def _fill(world: World, full: Gate) -> str:
    """Both places of the item are taken, one of them by the delegation that is given back."""
    delegation = await world.fetchval(
        "INSERT INTO delegation (season_id, kind, name_zh, short_name) VALUES ($1, 'region', '试市', '试市') RETURNING id",
        full.contest.season,
    )
    await full.registered(delegation=encode_id("delegation", delegation))
    await full.registered()
    return encode_id("delegation", delegation)


async def _confirmed(world: World) -> tuple[Contest, Client]:
    contest, _ = await way_up(world)
    entries = {name: await world.entry(contest, name=name) for name in MARKS}
    sheets = await world.sheets(contest, list(entries.values()), await world.judges(contest))
    await mark(world, contest, sheets, list(MARKS))
    await add_theory(world, contest, entries)
    await sign(world, contest)
    organiser = await world.client("organiser", "contest", contest.contest)
    await publish(organiser, contest, "closed", "confirmed")
    return contest, organiser


async def _final(world: World) -> tuple[Contest, Client, Client, str]:
    contest = await world.contest()
    rules = {"awards": hebei_provincial(level_target="technician")}
    await world.execute(
        "INSERT INTO contest_rules (contest_id, revision, document, hash) VALUES ($1, 1, $2, '')",
        contest.contest, msgspec.json.encode(rules).decode(),
    )  # fmt: skip
    _, organiser = await final_item(world, contest, MARKS, THEORY)
    authority = await world.client("award_authority", "contest", contest.contest)
    path = f"{API}/contests/{encode_id('contest', contest.contest)}/award-proposals"
    made = await authority.post(path, json={}, headers={"Idempotency-Key": str(uuid4())})
    assert made.status_code == 201, made.text
    listed = (await authority.get(path)).json()["data"]
    return contest, organiser, authority, listed[0]["id"]


def ask(
    who: Callable[[Stage], httpx.AsyncClient],
    method: str,
    path: str | Callable[[Stage], str],
    body: Any = None,
    *,
    content_type: str | None = JSON,
    key: str | None = "",
    rev: str | None = None,
) -> Ask:
    """Any request. `body` is JSON unless it is bytes; `key` "" is a fresh Idempotency-Key, None is none; `rev` is If-Match.

    What depends on the stage is given as a function of it.
    """

    async def send(stage: Stage) -> httpx.Response:
        headers = {} if content_type is None or method == "GET" else {"Content-Type": content_type}
        if key is not None and method == "POST":
            headers["Idempotency-Key"] = key or str(uuid4())
        if rev is not None:
            headers["If-Match"] = rev
        given = body(stage) if callable(body) else body
        content = given if isinstance(given, bytes) or given is None else json.dumps(given).encode()
        where = path if isinstance(path, str) else path(stage)
        return await who(stage).request(method, f"{API}{where}", content=content, headers=headers)

    return send


def a_judge(stage: Stage) -> Client:
    return stage.marking.judge


def a_unit(stage: Stage) -> Client:
    return stage.door.registrar


def an_organiser(stage: Stage) -> Client:
    return stage.province.organiser


def anybody(stage: Stage) -> httpx.AsyncClient:
    return stage.anonymous


# Marks


def sheet_path(sheet: UUID) -> str:
    return f"/sheets/{encode_id('sheet', sheet)}/marks:batch"


def own_sheet(stage: Stage) -> str:
    return sheet_path(stage.marking.sheet)


def marks(
    body: Any, sheet: Callable[[Stage], str] = own_sheet, who: Callable[[Stage], Client] = a_judge
) -> Ask:
    """A batch as it stands."""
    return ask(who, "POST", sheet, body, key=None)


def one_mark(
    value: Any = "8", criterion: str = "C1", sheet: Callable[[Stage], str] = own_sheet, **changes: Any
) -> Ask:
    """One operation in a batch of its own."""
    return marks({"ops": [{**op(criterion, "8"), "value": value, **changes}]}, sheet)


# Registration


def register(door: Callable[[Stage], Gate] = lambda stage: stage.door, **form: Any) -> Ask:
    """A unit's form; what is not named is right."""

    async def send(stage: Stage) -> httpx.Response:
        gate = door(stage)
        filled = {name: value(stage) if callable(value) else value for name, value in form.items()}
        return await ask(lambda _: gate.registrar, "POST", gate.path.removeprefix(API), gate.form(**filled))(
            stage
        )

    return send


def worker(**fields: Any) -> Ask:
    """A form with one member."""
    return register(members=lambda stage: [member(**{name: value(stage) if callable(value) else value for name, value in fields.items()})])  # fmt: skip


def outside_demo(ask: Ask) -> Ask:
    """The same of a program that holds real people."""

    async def send(stage: Stage) -> httpx.Response:
        state = stage.world.app.litestar.state
        demo = state.settings
        state.settings = msgspec.structs.replace(demo, demo=False)
        try:
            return await ask(stage)
        finally:
            state.settings = demo

    return send


# Contests


def create_contest(key: str | Callable[[Stage], str] = "", **changes: Any) -> Ask:
    """A contest of the province; what is not named is right."""

    async def send(stage: Stage) -> httpx.Response:
        given = key if isinstance(key, str) else key(stage)
        return await ask(an_organiser, "POST", "/contests", stage.province.body(**changes), key=given)(stage)

    return send


def create_season(**changes: Any) -> Ask:
    """A season of the province."""
    return ask(
        an_organiser,
        "POST",
        "/seasons",
        lambda s: {
            "organisation_id": encode_id("organisation", s.province.root),
            "year": 2033,
            "name_zh": "新赛季",
            **changes,
        },
    )


def draft(stage: Stage) -> str:
    return f"/contests/{stage.draft['id']}"


def change_draft(**changes: Any) -> Ask:
    return ask(an_organiser, "PATCH", draft, changes, rev='"r1"')


def add_item(plan: Any, **changes: Any) -> Ask:
    """An item of one's own with a plan of one's own."""
    body = {"trade": "fitter", "code": "own", "name_zh": "自设项目", "plan": plan, **changes}
    return ask(an_organiser, "POST", lambda stage: f"{draft(stage)}/items", body)


def plan_document() -> dict[str, Any]:
    """A sound plan: theory 30 %, practical 70 %."""
    document: dict[str, Any] = json.loads(msgspec.json.encode(two_part_plan()))
    return document


def plan_with_weights(*weights: str) -> dict[str, Any]:
    plan = plan_document()
    for part, weight in zip(plan["root"]["parts"], weights, strict=True):
        part["weight"] = weight
    return plan


def plan_with_panel(**panel: Any) -> dict[str, Any]:
    plan = plan_document()
    plan["root"]["parts"][1]["node"]["panel"] |= panel
    return plan


def plan_of_depth(depth: int) -> dict[str, Any]:
    """Sums within sums around a theory mark."""
    plan = plan_document()
    node = plan["root"]["parts"][0]["node"]
    for level in range(depth - 1):
        node = {"node": "sum", "key": f"level{level}", "title": "层", "parts": [node]}
    return {**plan, "root": node, "ties": []}


# Theory


def papers(stage: Stage) -> str:
    return f"/items/{encode_id('item', stage.marking.contest.item)}/theory-marks"


def theory(**row: Any) -> Ask:
    """One theory mark."""
    return ask(
        lambda stage: stage.clerk, "POST", papers, {"rows": [{"number": "QT-1", "value": "80", **row}]}
    )


def theory_file(content: bytes | Callable[[], bytes], media_type: str = "text/csv") -> Ask:
    """A file, taken if every row of it fits."""

    async def send(stage: Stage) -> httpx.Response:
        body = content if isinstance(content, bytes) else content()
        where = f"{papers(stage)}:import?mode=atomic"
        return await ask(lambda stage: stage.clerk, "POST", where, body, content_type=media_type)(stage)

    return send


def csv_of(value: str) -> bytes:
    return f"参赛号,成绩\nQT-1,{value}\n".encode()


def workbook_with_formula() -> bytes:
    """A formula that no spreadsheet has computed yet."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        page = book.add_worksheet()
        page.write_row(0, 0, ("参赛号", "成绩"))
        page.write_string(1, 0, "QT-1")
        page.write_formula(1, 1, "=40+40", None, "")
    return file.getvalue()


@cache
def bomb() -> bytes:
    """A hundred megabytes in a hundred kilobytes."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", bytes(100 * 1024 * 1024))
    return file.getvalue()
