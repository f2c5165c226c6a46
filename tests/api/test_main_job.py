"""The main job through the JSON API alone: season, contests from presets, registration, review, draw, marks, results, slots, awards.

Only the first administrator and the root of the tree come from outside, as `create-admin` makes them. No worker runs here: the one
job that it would do, the live standing, is called by its function.
"""

import secrets
from typing import Any, Self

import httpx
import msgspec
import pytest_asyncio

from api.contests.builtin import builtin_presets
from api.plumbing.ids import encode_id, parse_id
from api.results.commands import refresh_standings
from tests.registration.builders import id_number
from tests.world import World

NAMES = ("鲁知行", "周砺成", "孟予衡", "薛怀远")
THEORY = ("91.5", "86", "79", "88")


class Caller:
    """Somebody who calls the API with what it asks for: CSRF token, keys and versions."""

    def __init__(self, client: httpx.AsyncClient, csrf: str) -> None:
        self.client, self.csrf = client, csrf

    async def get(self, path: str, **params: str) -> Any:
        """What a path holds."""
        answer = await self.client.get(f"/api/v1{path}", params=params)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def post(self, path: str, body: object = None, *, rev: int | None = None) -> Any:
        """What a path answers to a body."""
        headers = {"X-CSRF-Token": self.csrf, "Content-Type": "application/json"}
        headers["Idempotency-Key"] = secrets.token_hex(8)
        if rev is not None:
            headers["If-Match"] = f'"r{rev}"'
        answer = await self.client.post(
            f"/api/v1{path}", content=msgspec.json.encode(body or {}), headers=headers
        )
        assert answer.status_code in (200, 201), (path, answer.text)
        return answer.json()

    async def upload(self, path: str, text: str) -> Any:
        """What a path answers to a CSV."""
        headers = {
            "X-CSRF-Token": self.csrf,
            "Content-Type": "text/csv",
            "Idempotency-Key": secrets.token_hex(8),
        }
        answer = await self.client.post(f"/api/v1{path}", content=text.encode(), headers=headers)
        assert answer.status_code == 200, answer.text
        return answer.json()


class Job:
    """The people of the job; each came in by a one-time link that somebody with the right to do so made."""

    admin: Caller

    def __init__(self, world: World) -> None:
        self.world = world

    async def begin(self) -> Self:
        """The root of the tree and its administrator."""
        self.root = await self.world.organisation(
            "全国总工会" + secrets.token_hex(3), kind="national_body", tier=None
        )
        client = await self.world.client("administrator", "organisation", self.root)
        self.admin = Caller(client, client.headers.pop("x-csrf-token"))
        return self

    async def newcomer(
        self, by: Caller, role: str | None, host: str, scope_kind: str = "", scope: str = ""
    ) -> tuple[str, Caller]:
        """An account with a role, signed in by its link."""
        account = await by.post(
            "/accounts",
            {"login": f"u{secrets.token_hex(6)}", "display_name": role or "裁判", "organisation_id": host},
        )
        if role is not None:
            grant = {"role": role, "scope_kind": scope_kind, "scope_id": scope}
            await by.post("/grants", {"account_id": account["id"], **grant})
        return account["id"], await self.come_in(by, account["id"])

    async def come_in(self, by: Caller, account: str) -> Caller:
        """Sign in by a link."""
        link = await by.post(f"/accounts/{account}/links", {})
        client = httpx.AsyncClient(
            transport=httpx.ASGITransport(self.world.app), base_url="http://testserver"
        )
        await self.world.stack.enter_async_context(client)
        token = link["url"].rpartition("/")[2]
        answer = await client.post("/api/v1/sign-in/link", json={"token": token})
        assert answer.status_code == 200, answer.text
        return Caller(client, answer.json()["csrf_token"])


@pytest_asyncio.fixture
async def job(world: World) -> Job:
    """See `Job`."""
    return await Job(world).begin()


async def test_main_job_by_the_api(job: Job, world: World) -> None:
    province, city, unit, union = await organisations(job)
    _, office = await job.newcomer(job.admin, "organiser", province, "organisation", province)
    _, city_office = await job.newcomer(job.admin, "organiser", city, "organisation", city)
    _, registrar = await job.newcomer(job.admin, "registrar", unit, "organisation", unit)
    season = (
        await office.post("/seasons", {"organisation_id": province, "year": 2026, "name_zh": "2026赛季"})
    )["id"]
    delegation = (
        await office.post(
            f"/seasons/{season}/delegations",
            {"kind": "region", "name_zh": "走查市", "short_name": "走查", "organisation_id": city},
        )
    )["id"]
    upper = await contest(office, season, province, "province")
    lower = await contest(city_office, season, city, "city", next_contest_id=upper["id"])
    await city_office.post(
        f"/contests/{lower['id']}/filings",
        {"authority_id": union, "number": "冀工竞〔2026〕1号", "filed_on": "2026-01-05"},
    )
    item = lower["items"][0]["id"]

    entries = [await register(registrar, lower["id"], item, unit, delegation, n) for n in range(len(NAMES))]
    numbers = [await accept(city_office, entry) for entry in entries]
    judges = await seated(job, city_office, city, lower["id"], item)
    session = await drawn(city_office, item, len(NAMES))
    await theory(city_office, item, numbers)
    await marked(judges, session)
    await refresh_standings(world.db, parse_id("item", item))
    board = await Caller(judges[0].client, "").get(f"/public/rankings/{item}")
    assert board["audience"] == "live"
    assert [row["rank"] for row in board["rows"]] == [1, 2, 3, 4]

    await signed(judges[0], session)
    await signed_off(judges[0], item)
    await published(city_office, lower["id"], item)
    offered = await city_office.post(f"/items/{item}/slots", {})
    assert [row["state"] for row in offered["rows"] if row["outcome"] == "in"] == ["offered"] * 3
    assert offered["to_item"] == upper["items"][0]["id"]
    await city_office.post(f"/contests/{lower['id']}/award-proposals", {})
    await granted(job, city, lower["id"])
    verified = await city_office.get(f"/items/{item}/ledger")
    assert verified["broken"] == []
    assert verified["standing_equal"] is True


async def organisations(job: Job) -> tuple[str, str, str, str]:
    """A province, a city, a unit and the union that the contest is filed with."""
    root, mark = encode_id("organisation", job.root), secrets.token_hex(3)

    async def make(parent: str, kind: str, name: str, tier: str | None = None) -> str:
        body = {
            "parent_id": parent,
            "kind": kind,
            "name_zh": f"{name}{mark}",
            "short_name": f"{name}{mark}"[:16],
        }
        if tier is not None:
            body["tier"] = tier
        found: str = (await job.admin.post("/organisations", body))["id"]
        return found

    province = await make(root, "federation", "省总工会", "province")
    city = await make(province, "federation", "市总工会", "city")
    return province, city, await make(city, "enterprise", "机械厂"), province


async def contest(office: Caller, season: str, host: str, tier: str, **more: str) -> dict[str, Any]:
    """A published contest with fitters, from a preset: awards of the province, and no public notice, which no test can wait for."""
    documents = {each.tier: each for each in builtin_presets()}
    document = msgspec.structs.replace(
        documents[tier],  # type: ignore[index]
        code=f"walk-{secrets.token_hex(4)}",
        notice_days=0,
        locked=(),
        adjustable=(),
        rules=msgspec.structs.replace(
            documents[tier].rules,  # type: ignore[index]
            awards=documents["province"].rules.awards,
        ),
    )
    preset = await office.post("/presets", {"organisation_id": host, "document": document})
    made = await office.post(
        "/contests",
        {
            "season_id": season, "preset_id": preset["id"], "host_id": host, "name_zh": f"走查{tier}赛",
            "registration_opens_at": "2026-01-10T00:00", "registration_closes_at": "2090-01-31T24:00",
            "starts_on": "2090-03-02", "ends_on": "2090-03-04", "items": ["fitter"], **more,
        },
    )  # fmt: skip
    await office.post(f"/contests/{made['id']}/transitions", {"to": "published"}, rev=made["rev"])
    found: dict[str, Any] = made
    return found


async def register(
    registrar: Caller, contest: str, item: str, unit: str, delegation: str, place: int
) -> dict[str, Any]:
    """One person of the unit, at once with the organiser."""
    member = {"name": NAMES[place], "document_number": id_number(), "post": "钳工"}
    found: dict[str, Any] = await registrar.post(
        f"/contests/{contest}/entries",
        {
            "item": item, "unit": unit, "delegation": delegation, "submit_to": "at_organiser",
            "members": [{**member, "skill_level": "senior", "front_line": True}],
        },
    )  # fmt: skip
    return found


async def accept(office: Caller, entry: dict[str, Any]) -> str:
    """Both levels of the host; gives the contest number."""
    for to in ("at_committee", "accepted"):
        entry = await office.post(f"/entries/{entry['id']}/transitions", {"to": to}, rev=entry["rev"])
    number: str = entry["number"]
    return number


async def seated(job: Job, office: Caller, host: str, contest: str, item: str) -> list[Caller]:
    """Five judges, the first of them chief, each signed in."""
    judges, accounts = [], []
    for place in range(5):
        account, _ = await job.newcomer(office, None, host)
        judge = await office.post(
            f"/contests/{contest}/judges", {"account": account, "code": f"A-{place + 1:02d}"}
        )
        judges.append({"judge": judge["id"], "chief": place == 0})
        accounts.append(account)
    await office.post(f"/items/{item}/panels", {"name": "评分组", "seats": judges})
    return [await job.come_in(office, account) for account in accounts]


async def drawn(office: Caller, item: str, stations: int) -> str:
    """A session, drawn and begun."""
    [panel] = await office.get(f"/items/{item}/panels")
    session = await office.post(
        f"/items/{item}/sessions",
        {
            "panel": panel["id"], "name_zh": "第1场", "stations": stations, "starts_at": "2090-03-02T01:00:00Z",
            "ends_at": "2090-03-02T04:00:00Z",
        },
    )  # fmt: skip
    draw = await office.post(f"/items/{item}/draws", {})
    assert len(draw["places"]) == stations
    [session] = await office.get(f"/items/{item}/sessions")
    await office.post(f"/sessions/{session['id']}/transitions", {"to": "running"}, rev=session["rev"])
    found: str = session["id"]
    return found


async def theory(office: Caller, item: str, numbers: list[str]) -> None:
    """First a dry run that finds the bad row, then the file."""
    rows = [f"{number},{mark}" for number, mark in zip(numbers, THEORY, strict=True)]
    bad = "\n".join(["参赛号,成绩", *rows[:-1], f"{numbers[-1]},105"])
    dry = await office.upload(f"/items/{item}/theory-marks:import?mode=validate", bad)
    assert (dry["saved"], dry["accepted"], dry["rejected"]) == (False, len(NAMES) - 1, 1)
    good = "\n".join(["参赛号,成绩", *rows])
    done = await office.upload(f"/items/{item}/theory-marks:import?mode=atomic", good)
    assert (done["saved"], done["accepted"]) == (True, len(NAMES))


async def marked(judges: list[Caller], session: str) -> None:
    """Every judge marks and submits every station; the stations differ, the judges agree."""
    for judge in judges:
        grid = await judge.get(f"/sessions/{session}/stations")
        for station in grid["stations"]:
            # The chief judge's grid holds everybody's sheets.
            [line] = [each for each in station["sheets"] if each["judge"] == grid["judge"]]
            sheet = await judge.get(f"/sheets/{line['sheet']}")
            ops = [
                {
                    "op_id": secrets.token_hex(16), "criterion": row["rule"]["key"], "state": "scored", "base_rev": 0,
                    "entered_at": "2090-03-02T02:00:00Z", "value": value_of(row["rule"], station["station"]),
                }
                for row in sheet["criteria"]
            ]  # fmt: skip
            receipt = await judge.post(f"/sheets/{line['sheet']}/marks:batch", {"ops": ops})
            assert {result["status"] for result in receipt["results"]} == {"accepted"}, receipt
            await judge.post(f"/sheets/{line['sheet']}/transitions", {"to": "submitted", "seq": len(ops)})


def value_of(rule: dict[str, Any], station: int) -> str:
    """Full marks of what is judged for the first stations, less for the later; what is measured lies on its lower bound."""
    if rule.get("kind") == "judgement_0_3":
        return str(4 - station)
    return str(rule.get("minimum") or "0")


async def signed(chief: Caller, session: str) -> None:
    """The chief judge signs every sheet."""
    grid = await chief.get(f"/sessions/{session}/stations")
    for station in grid["stations"]:
        for line in station["sheets"]:
            move = {"to": "signed", "seq": line["seq"]}
            await chief.post(f"/sheets/{line['sheet']}/transitions", move)


async def signed_off(chief: Caller, item: str) -> None:
    """The chief judge signs the version that follows."""
    version = await chief.get(f"/items/{item}/sign-off")
    await chief.post(f"/items/{item}/sign-off", {"snapshot": version["snapshot"], "hash": version["hash"]})


async def published(office: Caller, contest: str, item: str) -> None:
    """Previews, then every step to the final result."""
    assert (await office.get(f"/items/{item}/slots"))["preview"] is True
    assert (await office.get(f"/contests/{contest}/award-preview"))["preview"] is True
    for to, more in (
        ("closed", {}),
        ("confirmed", {}),
        ("provisional", {"ranked": len(NAMES)}),
        ("final", {}),
    ):
        rev = (await office.get(f"/items/{item}/publication"))["rev"]
        await office.post(f"/items/{item}/publication/transitions", {"to": to, **more}, rev=rev)


async def granted(job: Job, host: str, contest: str) -> None:
    """Every proposal has its reasons; the authority grants one."""
    _, authority = await job.newcomer(job.admin, "award_authority", host, "organisation", host)
    rows = (await authority.get(f"/contests/{contest}/award-proposals"))["data"]
    assert rows
    assert all(row["reasons"] for row in rows)
    first = next(row for row in rows if row["outcome"] != "not_eligible")
    await authority.post(f"/proposals/{first['id']}/decisions", {"decision": "granted", "reason": "材料齐全"})
    rows = (await authority.get(f"/contests/{contest}/award-proposals"))["data"]
    decided = [row for row in rows if row["decision"]]
    assert [(row["id"], row["decision"]["decision"]) for row in decided] == [(first["id"], "granted")]
