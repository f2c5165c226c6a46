"""Judges, panels, sessions, draws: everything before the first mark."""

from collections.abc import Sequence
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid4

import msgspec
import pytest

from api.judging.drawing import Place, drawn, result_hash
from api.plumbing.ids import encode_id
from scoring.draws import DrawRecord, faults
from tests.world import Client, Contest, World


class Preparing:
    """An organiser at work on one contest; each method is one request."""

    def __init__(self, world: World, contest: Contest, organiser: Client) -> None:
        self.world, self.contest, self.organiser = world, contest, organiser
        self.item = encode_id("item", contest.item)

    async def post(self, path: str, body: Any, **headers: str) -> Any:
        return await self.organiser.post(
            f"/api/v1{path}", json=body, headers={"idempotency-key": str(uuid4()), **headers}
        )

    async def judge(self, code: str, unit: UUID | None = None, account: UUID | None = None) -> Any:
        account = account or await self.world.account()
        body = {
            "account": encode_id("account", account),
            "code": code,
            "unit": unit and encode_id("organisation", unit),
        }
        return await self.post(f"/contests/{encode_id('contest', self.contest.contest)}/judges", body)

    async def panel(self, judges: Sequence[str], chief: int | None = 0, name: str = "评分组") -> Any:
        seats = [{"judge": judge, "chief": place == chief} for place, judge in enumerate(judges)]
        return await self.post(f"/items/{self.item}/panels", {"name": name, "seats": seats})

    async def session(self, panel: str, stations: int = 10, **more: Any) -> Any:
        body = {
            "panel": panel, "name_zh": "第1场", "stations": stations,
            "starts_at": "2021-03-01T09:00:00+08:00", "ends_at": "2021-03-01T12:00:00+08:00", **more,
        }  # fmt: skip
        return await self.post(f"/items/{self.item}/sessions", body)

    async def draw(self) -> Any:
        return await self.post(f"/items/{self.item}/draws", {})

    async def ask(self, reason: str, who: Client | None = None) -> Any:
        headers = {"idempotency-key": str(uuid4())}
        path = f"/api/v1/items/{self.item}/redraws"
        return await (who or self.organiser).post(path, json={"reason": reason}, headers=headers)

    async def confirm(self, redraw: str, who: Client) -> Any:
        headers = {"idempotency-key": str(uuid4())}
        return await who.post(f"/api/v1/redraws/{redraw}/confirmation", headers=headers)

    async def move(self, session: dict[str, Any], to: str, **more: Any) -> Any:
        return await self.post(
            f"/sessions/{session['id']}/transitions",
            {"to": to, **more},
            **{"if-match": f'"r{session["rev"]}"'},
        )

    async def ready(self, entries: int = 3, stations: int = 10, sessions: int = 1) -> list[dict[str, Any]]:
        """Five judges, a panel, sessions and entries: everything before the draw. Gives the sessions."""
        judges = [(await self.judge(f"A-0{n}")).json()["id"] for n in range(1, 6)]
        panel = (await self.panel(judges)).json()["id"]
        for _ in range(entries):
            await self.world.entry(self.contest)
        return [(await self.session(panel, stations)).json() for _ in range(sessions)]


async def preparing(world: World, **contest: Any) -> Preparing:
    place = await world.contest(**contest)
    organiser = await world.client("organiser", "organisation", place.organisation)
    return Preparing(world, place, organiser)


@pytest.fixture
async def office(world: World) -> Preparing:
    return await preparing(world)


async def test_judge_gets_the_role_and_the_chief_gets_the_chiefs(world, office):
    account = await world.account()
    judge = (await office.judge("A-01", account=account)).json()
    others = [(await office.judge(f"A-0{n}")).json()["id"] for n in range(2, 6)]

    panel = await office.panel([judge["id"], *others])

    assert panel.status_code == 201
    assert [(seat["code"], seat["chief"]) for seat in panel.json()["seats"]][:2] == [
        ("A-01", True),
        ("A-02", False),
    ]
    roles = await world.fetch(
        "SELECT role, scope_kind FROM access_grant WHERE account_id = $1 AND revoked_at IS NULL ORDER BY role",
        account,
    )
    assert [tuple(role.values()) for role in roles] == [("chief_judge", "item"), ("judge", "contest")]


async def test_new_chief_takes_the_role_of_the_old_one(world, office):
    accounts = [await world.account() for _ in range(5)]
    judges = [
        (await office.judge(f"A-0{n}", account=account)).json()["id"] for n, account in enumerate(accounts, 1)
    ]
    panel = (await office.panel(judges)).json()

    seats = {"seats": [{"judge": judge, "chief": place == 4} for place, judge in enumerate(judges)]}
    answer = await office.organiser.put(
        f"/api/v1/panels/{panel['id']}/judges", json=seats, headers={"if-match": '"r1"'}
    )

    assert answer.status_code == 200
    chiefs = await world.fetch(
        "SELECT account_id FROM access_grant WHERE role = 'chief_judge' AND account_id = ANY ($1) AND revoked_at IS NULL",
        accounts,
    )
    assert [row["account_id"] for row in chiefs] == [accounts[4]]
    stale = await office.organiser.put(
        f"/api/v1/panels/{panel['id']}/judges", json=seats, headers={"if-match": '"r1"'}
    )
    assert (stale.status_code, stale.json()["code"]) == (412, "stale")


async def test_code_or_account_that_is_a_judge_already_is_refused(world, office):
    account = await world.account()
    await office.judge("A-01", account=account)

    assert (await office.judge("A-01")).json()["code"] == "judge_exists"
    assert (await office.judge("A-02", account=account)).json()["code"] == "judge_exists"


async def test_account_that_is_disabled_or_not_there_becomes_no_judge(world, office):
    disabled = await world.account()
    await world.execute("UPDATE account SET disabled_at = now() WHERE id = $1", disabled)

    for account, unit in ((disabled, None), (uuid4(), None), (await world.account(), uuid4())):
        answer = await office.judge("A-01", unit, account)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert (
        await world.fetchval("SELECT count(*) FROM judge WHERE contest_id = $1", office.contest.contest) == 0
    )


async def test_contestant_cannot_become_a_judge(world, office):
    account = await world.account()
    await world.grant(account, "contestant", "contest", office.contest.contest)

    assert (await office.judge("A-01", account=account)).json()["code"] == "roles_exclude"
    assert (
        await world.fetchval("SELECT count(*) FROM judge WHERE contest_id = $1", office.contest.contest) == 0
    )


@pytest.mark.parametrize(
    ("count", "chief", "code"), [(4, 0, "panel_size"), (6, 0, "panel_size"), (5, None, "panel_chief")]
)
async def test_panel_has_the_plans_size_and_one_chief(office, count, chief, code):
    judges = [(await office.judge(f"A-0{n}")).json()["id"] for n in range(1, count + 1)]

    answer = await office.panel(judges, chief)

    assert answer.json()["code"] == code
    assert (await office.organiser.get(f"/api/v1/items/{office.item}/panels")).json() == []


async def test_strange_or_repeated_judge_is_named(world, office):
    own = (await office.judge("A-01")).json()["id"]
    strange = (await (await preparing(world)).judge("A-01")).json()["id"]

    answer = await office.panel([own, own, strange, own, own])

    assert [(error["pointer"], error["code"]) for error in answer.json()["errors"]][:2] == [
        ("/seats/1/judge", "judge_twice"), ("/seats/2/judge", "judge_unknown"),
    ]  # fmt: skip


@pytest.mark.parametrize("known_by", ["registration", "employment"])
async def test_judge_from_a_contestants_unit_stands_aside(world, office, known_by):
    firm = await world.organisation(kind="enterprise", tier="base")
    account = await world.account()
    if known_by == "employment":
        person, _ = await world.person()
        await world.execute("UPDATE account SET person_id = $2 WHERE id = $1", account, person)
        await world.execute(
            "INSERT INTO employment (person_id, organisation_id, valid_from) VALUES ($1, $2, '2019-01-01')",
            person,
            firm,
        )
    await world.entry(office.contest, unit_id=firm)
    own = (await office.judge("A-01", firm if known_by == "registration" else None, account)).json()["id"]
    others = [(await office.judge(f"A-0{n}")).json()["id"] for n in range(2, 6)]

    answer = await office.panel([own, *others])

    assert (answer.json()["code"], "A-01" in answer.json()["detail"]) == ("judge_avoidance", True)


async def test_earlier_employer_of_a_judge_does_not_count(world, office):
    firm = await world.organisation(kind="enterprise", tier="base")
    person, _ = await world.person()
    account = await world.account()
    await world.execute("UPDATE account SET person_id = $2 WHERE id = $1", account, person)
    await world.execute(
        "INSERT INTO employment (person_id, organisation_id, valid_from, valid_to) VALUES ($1, $2, '2019-01-01', '2021-03-01')",
        person,
        firm,
    )
    await world.entry(office.contest, unit_id=firm)

    judges = [
        (await office.judge("A-01", account=account)).json()["id"],
        *[(await office.judge(f"A-0{n}")).json()["id"] for n in range(2, 6)],
    ]

    assert (await office.panel(judges)).status_code == 201


async def test_draw_makes_a_sheet_for_every_judge_and_can_be_replayed(world, office):
    sessions = await office.ready(entries=5, stations=3, sessions=2)

    draw = (await office.draw()).json()

    places = [Place(session["id"], station) for session in sessions for station in (1, 2, 3)]
    entries = [place["entry"] for place in draw["places"]]
    result = drawn(bytes.fromhex(draw["seed"]), entries, places)
    assert [(place.session, place.station, entry) for place, entry in result] == [
        (place["session"], place["station"], place["entry"]) for place in draw["places"]
    ]
    assert result_hash(draw["algorithm"], bytes.fromhex(draw["seed"]), result).hex() == draw["result_hash"]
    assert await world.fetchval("SELECT count(*) FROM sheet WHERE item_id = $1", office.contest.item) == 25
    assert (draw["number"], draw["current"], len(set(entries))) == (1, True, 5)


async def test_absent_entrants_are_not_drawn(world, office):
    await office.ready(entries=2)
    await world.entry(office.contest, standing="withdrew")
    await world.entry(office.contest, state="at_committee")

    assert len((await office.draw()).json()["places"]) == 2


async def test_draw_without_session_or_with_too_few_stations_is_refused(world, office):
    assert (await office.draw()).json()["code"] == "draw_not_possible"
    await office.ready(entries=5, stations=4)
    assert (await office.draw()).json()["code"] == "draw_too_few_stations"
    assert await world.fetchval("SELECT count(*) FROM draw WHERE item_id = $1", office.contest.item) == 0


async def test_redraw_is_asked_for_by_one_and_made_by_another(world, office):
    await office.ready()
    await office.draw()
    supervisor = await world.client("supervisor", "contest", office.contest.contest)
    assert (await office.draw()).json()["code"] == "redraw_needs_two"

    asked = (await office.ask("一名选手漏列")).json()
    again = await office.confirm(asked["id"], supervisor)

    assert (again.status_code, again.json()["number"], again.json()["reason"]) == (201, 2, "一名选手漏列")
    listed = (await office.organiser.get(f"/api/v1/items/{office.item}/draws")).json()
    assert [(draw["number"], draw["current"]) for draw in listed] == [(1, False), (2, True)]
    states = await world.fetch(
        "SELECT a.voided, s.state, count(*) FROM sheet s JOIN attempt a ON a.id = s.attempt_id WHERE s.item_id = $1 GROUP BY 1, 2 ORDER BY 1",
        office.contest.item,
    )
    assert [tuple(row.values()) for row in states] == [(False, "open", 15), (True, "submitted", 15)]


async def test_ledger_names_both_people_of_a_redraw(world, office):
    """The second person once stood in a column that no chain covers."""
    await office.ready()
    await office.draw()
    supervisor = await world.client("supervisor", "contest", office.contest.contest)
    await office.confirm((await office.ask("漏列")).json()["id"], supervisor)

    rows = await world.fetch(
        "SELECT kind, account_id, payload->>'by' AS by, payload->>'second' AS second FROM ledger WHERE chain = $1 "
        "AND kind <> 'draw.committed' ORDER BY seq DESC LIMIT 2",
        office.contest.item,
    )

    one, other = office.organiser.account_id, supervisor.account_id
    assert [tuple(row.values()) for row in rows] == [
        ("draw.made", other, encode_id("account", one), encode_id("account", other)), ("redraw.asked", one, None, None),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("role", "grant", "account", "refused"),
    [
        # Only whoever signs in and holds the role here and now is a second person. An id in a form once was enough.
        ("supervisor", "valid_from = now() + interval '1 hour'", None, 403),
        ("supervisor", "valid_from = now() - interval '1 hour', valid_to = now()", None, 403),
        ("supervisor", "support = true, reason = '临时协助本赛事', valid_to = valid_from + interval '1 hour'", None, 404),
        ("supervisor", "revoked_at = now()", None, 403),
        ("supervisor", None, "disabled_at = now()", 401),
        ("supervisor", "scope_id = uuidv7(), contest_id = NULL", None, 404),
        ("organiser", None, None, 403),
        ("check_in", None, None, 403),
    ],
)  # fmt: skip
async def test_only_who_holds_the_role_now_confirms_a_redraw(world, office, role, grant, account, refused):
    await office.ready()
    await office.draw()
    asked = (await office.ask("漏列")).json()["id"]
    second = await world.client(role, "contest", office.contest.contest)
    if grant:
        await world.execute(f"UPDATE access_grant SET {grant} WHERE account_id = $1", second.account_id)
    if account:
        await world.execute(f"UPDATE account SET {account} WHERE id = $1", second.account_id)

    answer = await office.confirm(asked, second)

    assert answer.status_code == refused, answer.text
    assert await world.fetchval("SELECT count(*) FROM draw WHERE item_id = $1", office.contest.item) == 1


async def test_whoever_asked_is_no_second_person_and_a_request_holds_once(world, office):
    await office.ready()
    await office.draw()
    officer = await world.client("encryption_officer", "contest", office.contest.contest)
    supervisor = await world.client("supervisor", "contest", office.contest.contest)
    first, own = (await office.ask("漏列")).json()["id"], (await office.ask("漏列", officer)).json()["id"]
    waiting = (await officer.get(f"/api/v1/items/{office.item}/redraws")).json()
    assert [(each["id"], each["own"]) for each in waiting] == [(own, True), (first, False)]

    assert (await office.confirm(own, officer)).json()["code"] == "redraw_needs_two"
    assert (await office.confirm(first, officer)).status_code == 201
    assert (await office.confirm(own, supervisor)).json()["code"] == "redraw_over"
    assert (await supervisor.get(f"/api/v1/items/{office.item}/redraws")).json() == []


async def test_redraw_needs_a_reason_and_a_draw_before(office):
    await office.ready()
    assert (await office.ask("漏列")).json()["code"] == "draw_not_possible"
    await office.draw()

    assert (await office.ask("  ")).json()["code"] == "reason_needed"
    assert (await office.ask(" 漏 ")).json()["code"] == "reason_needed"


async def test_nobody_draws_once_a_session_has_begun(world, office):
    [session] = await office.ready()
    assert (await office.move(session, "running")).json()["code"] == "session_not_ready"
    await office.draw()
    assert (await office.move(session, "running")).status_code == 200

    assert (await office.draw()).json()["code"] == "draw_not_possible"
    assert (await office.ask("重抽")).json()["code"] == "draw_not_possible"


async def test_redraw_asked_before_a_session_began_is_not_made_after(world, office):
    [session] = await office.ready()
    await office.draw()
    asked = (await office.ask("漏列")).json()["id"]
    await office.move(session, "running")

    answer = await office.confirm(asked, await world.client("supervisor", "contest", office.contest.contest))

    assert answer.json()["code"] == "draw_not_possible"


async def test_panel_with_sheets_keeps_its_judges(office):
    await office.ready()
    await office.draw()
    [panel] = (await office.organiser.get(f"/api/v1/items/{office.item}/panels")).json()

    seats = [{"judge": seat["judge"], "chief": seat["chief"]} for seat in panel["seats"]]
    answer = await office.organiser.put(
        f"/api/v1/panels/{panel['id']}/judges",
        json={"seats": seats},
        headers={"if-match": f'"r{panel["rev"]}"'},
    )

    assert answer.json()["code"] == "panel_in_use"


async def test_session_moves_with_reasons_only(office):
    [session] = await office.ready()
    await office.draw()
    running = (await office.move(session, "running")).json()

    assert (await office.move(session, "paused", reason="停电")).json()["code"] == "stale"
    assert (await office.move(running, "paused")).json()["code"] == "reason_needed"
    paused = (await office.move(running, "paused", reason="停电")).json()
    assert (paused["state"], paused["rev"]) == ("paused", 3)
    assert (await office.move(paused, "planned")).json()["code"] == "forbidden_transition"


async def test_closing_a_session_names_its_gaps(world, office):
    [session] = await office.ready(entries=1)
    await office.draw()
    running = (await office.move(session, "running")).json()

    refused = await office.move(running, "closed")

    assert refused.json()["code"] == "session_has_gaps"
    assert "01号工位A-01（0/2）" in refused.json()["detail"]
    assert (await office.move(running, "closed", with_gaps=True)).json()["code"] == "reason_needed"
    closed = await office.move(running, "closed", with_gaps=True, reason="设备故障，改日补评")
    assert closed.json()["state"] == "closed"


async def test_absent_contestant_leaves_no_gap(world, office):
    [session] = await office.ready(entries=1)
    await office.draw()
    running = (await office.move(session, "running")).json()
    await world.execute("UPDATE entry SET standing = 'absent' WHERE item_id = $1", office.contest.item)

    assert (await office.move(running, "closed")).json()["state"] == "closed"


async def test_other_organisations_find_nothing(world, office):
    [session] = await office.ready(entries=1)
    stranger = await world.client("organiser", "organisation", await world.organisation())
    item, key = office.item, {"idempotency-key": str(uuid4()), "if-match": '"r1"'}

    for method, path, body in [
        ("GET", f"/items/{item}/panels", None), ("GET", f"/items/{item}/sessions", None), ("GET", f"/items/{item}/draws", None),
        ("GET", f"/sessions/{session['id']}/stations", None), ("POST", f"/items/{item}/draws", {}),
        ("POST", f"/sessions/{session['id']}/transitions", {"to": "running"}), ("POST", f"/items/{item}/panels", {"name": "x"}),
        ("GET", f"/items/{item}/theory-marks", None), ("POST", f"/items/{item}/theory-marks", {"rows": [{"value": "1", "number": "x"}]}),
    ]:  # fmt: skip
        answer = await stranger.request(
            method, f"/api/v1{path}", json=body, headers=key if method == "POST" else {}
        )
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found"), path


async def test_seed_of_a_draw_is_committed_to_before_the_draw_is_told(world, office):
    await office.ready()
    draw = (await office.draw()).json()

    [committed, made] = await world.fetch(
        "SELECT kind, payload->>'commitment' AS commitment FROM ledger WHERE chain = $1 AND kind LIKE 'draw.%' ORDER BY seq",
        office.contest.item,
    )

    assert (committed["kind"], made["kind"]) == ("draw.committed", "draw.made")
    assert committed["commitment"] == sha256(bytes.fromhex(draw["seed"])).hexdigest()


async def test_record_of_a_draw_can_be_replayed_by_whoever_has_the_file(office):
    await office.ready(entries=5, stations=3, sessions=2)
    draw = (await office.draw()).json()

    answer = await office.organiser.get(f"/api/v1/draws/{draw['id']}/record")

    record = msgspec.json.decode(answer.content, type=DrawRecord)
    assert record.commitment is not None
    assert (faults(record), len(record.inputs)) == ([], 5)


async def test_nobody_draws_a_blind_item_at_once(world):
    office = await preparing(world, blind_layers=1, live="progress")
    await office.ready()

    answer = await office.draw()

    assert (answer.status_code, answer.json()["code"]) == (409, "draw_is_blind")
    assert await world.fetchval("SELECT count(*) FROM draw WHERE item_id = $1", office.contest.item) == 0
