"""Every route that changes something, with a request that would be fine from whoever it belongs to."""

import json
from collections.abc import Callable
from typing import Any, NamedTuple
from uuid import UUID, uuid4

import msgspec

from api.contests.builtin import builtin_presets
from api.jobs.sheets import XLSX
from api.plumbing.ids import encode_id
from api.results.commands import refresh_standings
from tests.advancement.test_slots import offer, way_up
from tests.api.bad_input_stage import API, JSON, Stage, plan_document
from tests.judging.marking import op
from tests.registration.builders import idempotent, member
from tests.registration.files import row, xlsx
from tests.results.builders import MARKS, THEORY, final_item
from tests.world import Contest, World


class Belongings(msgspec.Struct, kw_only=True):
    """Ids, as the outside sees them, of things that belong to somebody."""

    stage: Stage
    account: str
    grant: str
    token: str
    device: str
    entry: str
    person: str
    awarded: str
    judges: list[str]
    panel: str
    session: str
    incident: str
    broadcast: str
    redraw: str
    layer: str
    correction: str
    recheck: str
    attempt: str
    job: str
    screen: str
    slot: str
    way: Contest

    @property
    def contests(self) -> list[Contest]:
        """Whose they are: each has a host and a season."""
        stage = self.stage
        return [stage.marking.contest, stage.door.contest, stage.confirmed, stage.final, self.way]


async def belongings_of(world: World, stage: Stage) -> Belongings:
    """What the stage does not have yet."""
    contest = stage.marking.contest

    async def first(table: str, kind: str, where: str, value: UUID) -> str:
        return encode_id(
            kind,
            await world.fetchval(f"SELECT id FROM {table} WHERE {where} = $1 ORDER BY id LIMIT 1", value),
        )

    async def person_of(item: UUID) -> UUID:
        found: UUID = await world.fetchval(
            "SELECT person_id FROM entry_member WHERE item_id = $1 LIMIT 1", item
        )
        return found

    entry = (await stage.door.organiser.get(stage.door.path)).json()["data"][0]
    asked = await world.fetchval(
        "INSERT INTO redraw_request (season_id, item_id, number, reason, by_account) VALUES ($1, $2, 2, '漏列', $3) RETURNING id",
        contest.season, contest.item, await world.account(),
    )  # fmt: skip
    layer = await world.fetchval(
        "INSERT INTO layer_commitment (season_id, item_id, round, layer, algorithm, commitment, list_hash, inputs, outputs, sealing, "
        "officer_key, reserve_key, sealed_seed, by_account) "
        "VALUES ($1, $2, 1, 1, 'test', $3, $3, '{a}', '{b}', 'test', $3, $3, $3, $4) RETURNING id",
        contest.season, contest.item, bytes(32), await world.account(),
    )  # fmt: skip
    token = await stage.marking_organiser.post(
        f"{API}/tokens", json={"name": "对接", "scopes": ["read"]}, headers=idempotent()
    )
    device = await stage.marking_organiser.post(
        f"{API}/devices",
        json={"name": "1号平板", "contest_id": encode_id("contest", contest.contest)},
        headers=idempotent(),
    )
    job = await stage.door.registrar.post(
        f"{stage.door.path}:bulk?mode=validate",
        content=xlsx([row()]),
        headers={"Content-Type": XLSX, **idempotent()},
    )
    for made in (token, device, job):
        assert made.status_code in (201, 202), made.text
    screen = await world.fetchval(
        "INSERT INTO screen (season_id, contest_id, name, code, view, notice) VALUES ($1, $2, '大屏', 'abcdefghjk', 'notice', '欢迎') RETURNING id",
        contest.season, contest.contest,
    )  # fmt: skip
    step = {"rank": 1, "shared": False, "name": "甲", "delegation": "", "unit": "", "total": "9", "parts": []}
    await world.execute(
        "INSERT INTO ceremony (season_id, item_id, number, snapshot, steps) "
        "SELECT season_id, item_id, 1, snapshot, $2 FROM publication WHERE item_id = $1",
        stage.final.item, json.dumps([step]),
    )  # fmt: skip
    raised = await world.fetchval(
        "INSERT INTO incident (session_id, kind, by_account, occurred_at) "
        "SELECT id, 'help', $2, now() FROM judging_session WHERE item_id = $1 ORDER BY id LIMIT 1 RETURNING id",
        contest.item, stage.marking.judge.account_id,
    )  # fmt: skip
    said = await world.fetchval(
        "INSERT INTO broadcast (contest_id, session_id, text, by_account) "
        "SELECT $2, id, '10分钟后继续', $3 FROM judging_session WHERE item_id = $1 ORDER BY id LIMIT 1 RETURNING id",
        contest.item, contest.contest, await world.account(),
    )  # fmt: skip
    way, _ = await way_up(world)
    _, organiser = await final_item(world, way, MARKS, THEORY)
    slot = (await offer(organiser, way, str(uuid4()))).json()["rows"][0]["slot"]
    judges = await world.fetch("SELECT id FROM judge WHERE contest_id = $1 ORDER BY code", contest.contest)
    await world.execute(
        "UPDATE account SET organisation_id = $2 WHERE id = $1",
        stage.marking.judge.account_id,
        contest.organisation,
    )
    place = stage.marking.contest
    corrected = await world.fetchval(
        "INSERT INTO mark_correction (season_id, item_id, sheet_id, criterion, base_rev, state, value, reason, by_account, by_chief) "
        "VALUES ($1, $2, $3, 'C1', 0, 'scored', 8, '漏登', $4, true) RETURNING id",
        place.season, place.item, stage.marking.sheet, await world.account(),
    )  # fmt: skip
    await refresh_standings(world.db, place.item)
    sample = await world.fetchval(
        "INSERT INTO recheck (season_id, item_id, number, snapshot, rule, algorithm, seed, by_account) "
        "SELECT $1, $2, 1, min(number), '{}', 'sha256-order:1', $3, $4 FROM standings_snapshot WHERE item_id = $2 RETURNING id",
        place.season, place.item, bytes(32), await world.account(),
    )  # fmt: skip
    await world.execute(
        "INSERT INTO recheck_entry (recheck_id, entry_id, because) VALUES ($1, $2, 'top')",
        sample,
        stage.marking.entries[0],
    )
    return Belongings(
        stage=stage,
        account=encode_id("account", stage.marking.judge.account_id),
        grant=await first("access_grant", "grant", "account_id", stage.marking.judge.account_id),
        token=token.json()["id"],
        device=device.json()["id"],
        entry=entry["id"],
        person=encode_id("person", await person_of(stage.door.contest.item)),
        awarded=encode_id("person", await person_of(stage.final.item)),
        judges=[encode_id("judge", row["id"]) for row in judges],
        panel=await first("panel", "panel", "item_id", contest.item),
        session=await first("judging_session", "session", "item_id", contest.item),
        incident=encode_id("incident", raised),
        broadcast=encode_id("broadcast", said),
        correction=encode_id("correction", corrected),
        recheck=encode_id("recheck", sample),
        attempt=encode_id(
            "attempt", await world.fetchval("SELECT attempt_id FROM sheet WHERE id = $1", stage.marking.sheet)
        ),
        redraw=encode_id("redraw", asked),
        layer=encode_id("layer", layer),
        job=job.json()["job"],
        screen=encode_id("screen", screen),
        slot=slot,
        way=way,
    )  # fmt: skip


class Write(NamedTuple):
    """One request: where, what, and as what."""

    path: Callable[[Belongings], str]
    body: Callable[[Belongings], Any] = lambda _: {}
    content_type: str = JSON


def at(name: str, after: str = "") -> Callable[[Belongings], str]:
    """The path of something that belongs to somebody."""
    kind = {"account": "accounts", "grant": "grants", "token": "tokens", "device": "devices", "entry": "entries", "person": "people",
            "panel": "panels", "session": "sessions", "redraw": "redraws", "layer": "layers", "job": "jobs", "slot": "slots", "screen": "screens", "incident": "incidents", "broadcast": "broadcasts", "correction": "corrections"}[name]  # fmt: skip
    return lambda b: f"/{kind}/{getattr(b, name)}{after}"


def item(after: str = "") -> Callable[[Belongings], str]:
    return lambda b: f"/items/{encode_id('item', b.stage.marking.contest.item)}{after}"


def draft(after: str = "") -> Callable[[Belongings], str]:
    return lambda b: f"/contests/{b.stage.draft['id']}{after}"


def contest(after: str = "") -> Callable[[Belongings], str]:
    return lambda b: f"/contests/{encode_id('contest', b.stage.door.contest.contest)}{after}"


def final(after: str = "") -> Callable[[Belongings], str]:
    return lambda b: f"/contests/{encode_id('contest', b.stage.final.contest)}{after}"


def sheet(after: str) -> Callable[[Belongings], str]:
    return lambda b: f"/sheets/{encode_id('sheet', b.stage.marking.sheet)}{after}"


def given(**body: Any) -> Callable[[Belongings], Any]:
    return lambda _: body


def root(b: Belongings) -> str:
    return encode_id("organisation", b.stage.province.root)


def seats(b: Belongings) -> Any:
    return [{"judge": judge, "chief": place == 0} for place, judge in enumerate(b.judges)]


def preset(b: Belongings) -> Any:
    document = json.loads(msgspec.json.encode(builtin_presets()[0]))
    return {"organisation_id": root(b), "document": document | {"code": "own-preset", "version": 1}}


NOON = "2021-03-01T12:00:00+08:00"

# What everybody does with what is their own, and what nobody has to be for: there is no scope to be outside of.
OWN = frozenset({
    "POST /me/password", "POST /sign-in", "POST /sign-in/badge", "POST /sign-in/link", "POST /sign-out", "POST /tokens",
})  # fmt: skip

WRITES = {
    "POST /accounts": Write(lambda _: "/accounts", lambda b: {"login": f"u{uuid4().hex[:9]}", "display_name": "甲", "organisation_id": root(b)}),
    "PATCH /accounts/{account_id}": Write(at("account"), given(display_name="改名")),
    "POST /accounts/{account_id}/badge": Write(at("account", "/badge")),
    "POST /accounts/{account_id}/links": Write(at("account", "/links")),
    "DELETE /accounts/{account_id}/totp": Write(at("account", "/totp")),
    "POST /accounts/{account_id}/totp": Write(at("account", "/totp")),
    "POST /accounts/{account_id}/totp:confirm": Write(at("account", "/totp:confirm"), given(code="123456")),
    "POST /contests": Write(lambda _: "/contests", lambda b: b.stage.province.body()),
    "PATCH /contests/{contest_id}": Write(draft(), given(name_zh="改名大赛")),
    "POST /contests/{contest_id}/award-checks": Write(
        final("/award-checks"), lambda b: {"person": b.awarded, "question": "discipline", "answer": False}
    ),
    "POST /contests/{contest_id}/award-proposals": Write(final("/award-proposals")),
    "POST /contests/{contest_id}/filings": Write(
        draft("/filings"), lambda b: {"authority_id": root(b), "number": "冀赛2021-003", "filed_on": "2021-01-02"}
    ),
    "POST /contests/{contest_id}/items": Write(
        draft("/items"), lambda _: {"trade": "fitter", "code": "own", "name_zh": "自设项目", "plan": plan_document()}
    ),
    "POST /contests/{contest_id}/judges": Write(contest("/judges"), lambda b: {"account": b.account, "code": "A-77"}),
    "PUT /contests/{contest_id}/organisers": Write(
        draft("/organisers"), lambda b: {"organisers": [{"role": "lead", "organisation_id": root(b)}]}
    ),
    "PUT /contests/{contest_id}/rules": Write(draft("/rules")),
    "POST /contests/{contest_id}/screens": Write(contest("/screens"), given(name="主席台", view="notice", notice="欢迎")),
    "PATCH /screens/{screen_id}": Write(at("screen"), given(view="notice", notice="休息十分钟")),
    "POST /items/{item_id}/ceremony": Write(lambda b: f"/items/{encode_id('item', b.stage.final.item)}/ceremony"),
    "PUT /items/{item_id}/ceremony/position": Write(
        lambda b: f"/items/{encode_id('item', b.stage.final.item)}/ceremony/position", given(position=1)
    ),
    "POST /contests/{contest_id}/support-grants": Write(contest("/support-grants"), given(reason="主办方请求协助", hours=1)),
    "DELETE /contests/{contest_id}/taken-items/{item_id}": Write(lambda b: f"/contests/{b.stage.draft['id']}/taken-items/{b.stage.draft['items'][0]['id']}"),
    "PUT /contests/{contest_id}/taken-items/{item_id}": Write(lambda b: f"/contests/{b.stage.draft['id']}/taken-items/{b.stage.draft['items'][0]['id']}"),
    "POST /contests/{contest_id}/transitions": Write(draft("/transitions"), given(to="cancelled", reason="不办了")),
    "POST /contests/{contest}/entries": Write(contest("/entries"), lambda b: b.stage.door.form(member())),
    "POST /contests/{contest}/entries:bulk": Write(contest("/entries:bulk?mode=partial"), lambda _: xlsx([row()]), XLSX),
    "PUT /contests/{contest}/registration-rules": Write(contest("/registration-rules"), given(minimum_age=18)),
    "POST /devices": Write(
        lambda _: "/devices", lambda b: {"name": "平板", "contest_id": encode_id("contest", b.stage.marking.contest.contest)}
    ),
    "DELETE /devices/{device_id}": Write(at("device")),
    "PATCH /entries/{entry}": Write(at("entry"), lambda _: {"members": [member()]}),
    "POST /entries/{entry}/standing": Write(at("entry", "/standing"), given(to="absent", reason="没有到场")),
    "POST /entries/{entry}/transitions": Write(at("entry", "/transitions"), given(to="withdrawn", reason="不参加了")),
    "POST /grants": Write(
        lambda _: "/grants",
        lambda b: {"account_id": b.account, "role": "check_in", "scope_kind": "contest",
                   "scope_id": encode_id("contest", b.stage.marking.contest.contest)},
    ),
    "DELETE /grants/{grant_id}": Write(at("grant")),
    "POST /broadcasts/{broadcast_id}/receipt": Write(at("broadcast", "/receipt")),
    "POST /broadcasts/{broadcast_id}/withdrawal": Write(at("broadcast", "/withdrawal")),
    "POST /sessions/{session_id}/broadcasts": Write(at("session", "/broadcasts"), given(text="10分钟后继续")),
    "POST /incidents/{incident_id}/answers": Write(at("incident", "/answers"), given(state="seen")),
    "PATCH /items/{item_id}": Write(item(), given(name_zh="改名项目")),
    "POST /items/{item_id}/draws": Write(item("/draws")),
    "POST /items/{item_id}/panels": Write(item("/panels"), lambda b: {"name": "第二组", "seats": seats(b)}),
    "PUT /items/{item_id}/plan": Write(item("/plan"), lambda _: plan_document()),
    "PATCH /items/{item_id}/publication": Write(item("/publication"), given(frozen=True)),
    "POST /items/{item_id}/publication/transitions": Write(item("/publication/transitions"), given(to="closed")),
    "POST /items/{item_id}/redraws": Write(item("/redraws"), given(reason="一名选手漏列")),
    "POST /items/{item_id}/sessions": Write(
        item("/sessions"),
        lambda b: {"panel": b.panel, "name_zh": "第9场", "stations": 5, "starts_at": "2021-03-01T09:00:00+08:00",
                   "ends_at": "2021-03-01T12:00:00+08:00"},
    ),
    "POST /items/{item_id}/slots": Write(lambda b: f"/items/{encode_id('item', b.way.item)}/slots"),
    "POST /items/{item_id}/theory-marks": Write(item("/theory-marks"), given(rows=[{"number": "QT-1", "value": "80"}])),
    "POST /items/{item_id}/theory-marks:import": Write(
        item("/theory-marks:import?mode=atomic"), lambda _: "参赛号,成绩\nQT-1,80\n".encode(), "text/csv"
    ),
    "POST /items/{item_id}/tie-decisions": Write(
        item("/tie-decisions"),
        lambda b: {"entries": [encode_id("entry", entry) for entry in b.stage.marking.entries], "reason": "抽签决定"},
    ),
    "POST /jobs/{job}/transitions": Write(at("job", "/transitions"), given(to="cancelled")),
    "POST /items/{item_id}/layers": Write(item("/layers")),
    "POST /layers/{layer_id}/draw": Write(at("layer", "/draw"), given(code="0000-0000-0000")),
    "POST /layers/{layer_id}/reading": Write(at("layer", "/reading"), given(code="0000-0000-0000")),
    "POST /layers/{layer_id}/opening": Write(
        at("layer", "/opening"), given(code="0000-0000-0000", secret="1234", second={"login": "nobody", "secret": "1234"})
    ),
    "POST /organisations": Write(
        lambda _: "/organisations", lambda b: {"parent_id": root(b), "kind": "enterprise", "name_zh": "新厂", "short_name": "新厂"}
    ),
    "PATCH /organisations/{organisation_id}": Write(lambda b: f"/organisations/{root(b)}", given(short_name="改名")),
    "PUT /panels/{panel_id}/judges": Write(at("panel", "/judges"), lambda b: {"seats": seats(b)}),
    "POST /panels/{panel_id}/replacements": Write(
        at("panel", "/replacements"), lambda b: {"judge": b.judges[0], "by": b.judges[1], "reason": "突发疾病"}
    ),
    "POST /people/{person}/erasure": Write(at("person", "/erasure"), given(reason="本人要求删除")),
    "POST /people/{person}/reveal": Write(at("person", "/reveal"), given(reason="核对证件号码")),
    "POST /presets": Write(lambda _: "/presets", preset),
    "POST /proposals/{proposal_id}/decisions": Write(
        lambda b: f"/proposals/{b.stage.proposal}/decisions", given(decision="refused", reason="核查不符")
    ),
    "POST /corrections/{correction_id}/confirmation": Write(at("correction", "/confirmation")),
    "POST /corrections/{correction_id}/refusal": Write(at("correction", "/refusal"), given(reason="原表无误")),
    "POST /items/{item_id}/recheck": Write(item("/recheck"), given(number=1)),
    "POST /rechecks/{recheck_id}/checks/{key}": Write(
        lambda b: f"/rechecks/{b.recheck}/checks/{b.attempt}", given(outcome="ok", facts=0)
    ),
    "POST /items/{item_id}/sign-off": Write(item("/sign-off"), given(snapshot=1, hash="0" * 64)),
    "POST /sessions/{session_id}/spread-decisions": Write(
        at("session", "/spread-decisions"), given(station=1, criterion="C1", lowest="1", highest="9", reason="保留")
    ),
    "POST /sheets/{sheet_id}/correction-preview": Write(sheet("/correction-preview"), given(criterion="C1", value="8")),
    "POST /sheets/{sheet_id}/corrections": Write(
        sheet("/corrections"), given(criterion="C1", value="8", base_rev=0, reason="漏登")
    ),
    "POST /sheets/{sheet_id}/reconsideration": Write(
        sheet("/reconsideration"), given(criterion="C1", value="8", base_rev=0)
    ),
    "POST /redraws/{redraw_id}/confirmation": Write(at("redraw", "/confirmation")),
    "POST /seasons": Write(lambda _: "/seasons", lambda b: {"organisation_id": root(b), "year": 2044, "name_zh": "新赛季"}),
    "PATCH /seasons/{season_id}": Write(lambda b: f"/seasons/{b.stage.province.season}", given(plan_city=120)),
    "POST /seasons/{season_id}/delegations": Write(
        lambda b: f"/seasons/{b.stage.province.season}/delegations", given(kind="region", name_zh="新市", short_name="新市")
    ),
    "POST /sessions/{session_id}/clock": Write(at("session", "/clock"), given(kind="start", occurred_at=NOON)),
    "POST /sessions/{session_id}/heartbeat": Write(
        at("session", "/heartbeat"), lambda _: {"storage": str(uuid4()), "unsent": 0, "clock": NOON}
    ),
    "POST /sessions/{session_id}/incidents": Write(at("session", "/incidents"), given(kind="help", occurred_at=NOON)),
    "POST /sessions/{session_id}/own-signature": Write(at("session", "/own-signature"), given(hash="0" * 64)),
    "POST /sessions/{session_id}/transitions": Write(at("session", "/transitions"), given(to="paused", reason="停电")),
    "POST /sessions/{session_id}/venue": Write(at("session", "/venue"), given(label="一号车间")),
    "POST /sessions/{session_id}/venue/facts": Write(at("session", "/venue/facts"), lambda _: b"{}", "application/octet-stream"),
    "POST /sessions/{session_id}/venue/settlements": Write(at("session", "/venue/settlements"), given(number=1, difference="standing:1:present:absent", reason="已核实")),
    "POST /sessions/{session_id}/venue/return": Write(at("session", "/venue/return"), given(reason="设备故障")),
    "POST /sheets/{sheet_id}/marks:batch": Write(sheet("/marks:batch"), lambda _: {"ops": [op("C1", "8")]}),
    "POST /sheets/{sheet_id}/paper-copies": Write(
        sheet("/paper-copies"), given(answers={"C1": {"state": "scored", "value": "8"}})
    ),
    "POST /sheets/{sheet_id}/paper-transfer": Write(sheet("/paper-transfer")),
    "POST /sheets/{sheet_id}/transitions": Write(sheet("/transitions"), given(to="submitted", seq=0)),
    "POST /slots/{slot_id}/transitions": Write(at("slot", "/transitions"), given(to="declined", reason="不参加")),
    "DELETE /tokens/{token_id}": Write(at("token")),
}  # fmt: skip
