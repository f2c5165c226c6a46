"""Grants: role × scope × validity × deputy; forbidden pairs; support; a change holds within a second (DESIGN 6)."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from api.access import authentication
from api.access.actor import Scope
from api.access.authentication import ActorMemory, actor_of
from tests.access.conftest import key, outside, until_waiting

EXCLUDING = [
    ("encryption_officer", "judge"),
    ("encryption_officer", "chief_judge"),
    ("encryption_officer", "outside_assessor"),
    ("supervisor", "outside_assessor"),
    ("contestant", "judge"),
    ("contestant", "chief_judge"),
    ("team_leader", "judge"),
    ("team_leader", "chief_judge"),
    ("supervisor", "judge"),
    ("supervisor", "chief_judge"),
    ("award_authority", "judge"),
]


def grant_for(account, role, kind, scope, **more):
    id_kind = {"blind_layer": "item"}.get(kind, kind)
    return {
        "account_id": outside("account", account),
        "role": role,
        "scope_kind": kind,
        "scope_id": outside(id_kind, scope),
        **more,
    }


async def give(client, account, role, kind, scope, **more):
    return await client.post(
        "/api/v1/grants", json=grant_for(account, role, kind, scope, **more), headers=key()
    )


async def grants_and_events(world):
    return await world.fetch(
        "SELECT (SELECT count(*) FROM access_grant) AS g, (SELECT count(*) FROM access_event) AS e"
    )


async def test_organiser_gives_a_judge_the_contest(world):
    contest = await world.contest()
    organiser = await world.client("organiser", "contest", contest.contest)
    judge = await world.account()

    answer = await give(organiser, judge, "judge", "contest", contest.contest)

    assert answer.status_code == 201
    assert answer.json()["contest_id"] == outside("contest", contest.contest)
    assert (await organiser.get(answer.headers["location"])).json() == answer.json()


@pytest.mark.parametrize(("first", "second"), EXCLUDING)
async def test_excluding_roles_of_one_contest_are_refused_with_their_reason(world, first, second):
    contest = await world.contest()
    organiser = await world.client("organiser", "contest", contest.contest)
    account = await world.account()
    await give(organiser, account, first, "contest", contest.contest)
    before = await grants_and_events(world)

    answer = await give(organiser, account, second, "item", contest.item)

    reason = await world.fetchval(
        "SELECT reason_zh FROM forbidden_pair WHERE role_a = least($1, $2) AND role_b = greatest($1, $2)",
        first,
        second,
    )
    assert (answer.status_code, answer.json()["code"]) == (409, "roles_exclude")
    assert reason in answer.json()["detail"]
    assert await grants_and_events(world) == before


async def test_table_of_excluding_roles_is_the_one_tested(world):
    rows = await world.fetch("SELECT role_a, role_b FROM forbidden_pair")

    assert {frozenset(row.values()) for row in rows} == {frozenset(pair) for pair in EXCLUDING}


async def test_excluding_roles_of_two_contests_are_fine(world):
    organisation = await world.organisation()
    one, two = await world.contest(organisation=organisation), await world.contest(organisation=organisation)
    organiser = await world.client("organiser", "organisation", organisation)
    account = await world.account()

    answers = [
        await give(organiser, account, "judge", "contest", one.contest),
        await give(organiser, account, "contestant", "contest", two.contest),
    ]

    assert [a.status_code for a in answers] == [201, 201]


@pytest.mark.parametrize(
    ("node", "refused"),
    [("host", True), ("above the host", True), ("below the host", False), ("elsewhere", False)],
)
async def test_role_of_a_node_excludes_in_every_contest_that_it_reaches(world, node, refused):
    province = await world.organisation()
    city = await world.organisation(parent=province, tier="city")
    county = await world.organisation(parent=city, tier="base")
    contest = await world.contest(organisation=city, tier="city")
    organiser = await world.client("organiser", "contest", contest.contest)
    scope = {
        "host": city,
        "above the host": province,
        "below the host": county,
        "elsewhere": await world.organisation(),
    }[node]
    account = await world.account()
    await world.grant(account, "award_authority", "organisation", scope)

    answer = await give(organiser, account, "judge", "contest", contest.contest)

    assert (answer.status_code, answer.json().get("code")) == (
        (409, "roles_exclude") if refused else (201, None)
    )


@pytest.mark.parametrize(
    ("upper", "lower", "refused"), [(0, 1, True), (1, 0, True), (1, 1, True), (1, 2, False)]
)
async def test_roles_of_two_nodes_exclude_where_one_lies_above_the_other(world, upper, lower, refused):
    province = await world.organisation()
    cities = [await world.organisation(parent=province, tier="city") for _ in range(2)]
    nodes = [province, *cities]
    administrator = await world.client("administrator", "organisation", province)
    account = await world.account()
    await give(administrator, account, "supervisor", "organisation", nodes[upper])

    answer = await give(administrator, account, "chief_judge", "organisation", nodes[lower])

    assert (answer.status_code == 409) == refused


async def test_excluding_roles_one_after_the_other_are_fine(world):
    contest = await world.contest()
    organiser = await world.client("organiser", "contest", contest.contest)
    account = await world.account()
    change = "2021-03-01T08:00:00+08:00"

    answers = [
        await give(
            organiser,
            account,
            "judge",
            "contest",
            contest.contest,
            valid_from="2021-01-01T00:00:00+08:00",
            valid_to=change,
        ),
        await give(organiser, account, "supervisor", "contest", contest.contest, valid_from=change),
    ]

    assert [a.status_code for a in answers] == [201, 201]


async def test_excluding_roles_given_at_once_do_not_both_pass(world):
    contest = await world.contest()
    organiser = await world.client("organiser", "contest", contest.contest)
    account = await world.account()

    async with world.db.pool.acquire() as other:
        somebody_else = other.transaction()
        await somebody_else.start()
        await other.execute(
            "INSERT INTO access_grant (account_id, role, scope_kind, scope_id, contest_id) VALUES ($1, 'supervisor', 'contest', $2, $2)",
            account, contest.contest,
        )  # fmt: skip
        act = asyncio.create_task(give(organiser, account, "judge", "contest", contest.contest))
        await until_waiting(world, act)
        await somebody_else.commit()

    assert (await act).json()["code"] == "roles_exclude"


@pytest.mark.parametrize("role", ["administrator", "auditor"])
async def test_organiser_gives_only_what_stands_below(world, role):
    organisation = await world.organisation()
    organiser = await world.client("organiser", "organisation", organisation)
    before = await grants_and_events(world)

    answer = await give(organiser, await world.account(), role, "organisation", organisation)

    assert (answer.status_code, answer.json()["code"]) == (403, "grant_beyond_own")
    assert await grants_and_events(world) == before


@pytest.mark.parametrize("role", ["administrator", "auditor", "organiser"])
async def test_administrator_gives_every_role_below_the_node(world, role):
    organisation = await world.organisation()
    county = await world.organisation(parent=organisation, tier="base")
    administrator = await world.client("administrator", "organisation", organisation)

    answer = await give(administrator, await world.account(), role, "organisation", county)

    assert answer.status_code == 201


async def test_scope_outside_ones_own_is_not_found(world):
    own, foreign = await world.contest(), await world.contest()
    organiser = await world.client("organiser", "contest", own.contest)
    before = await grants_and_events(world)

    answers = [
        await give(organiser, await world.account(), "judge", "contest", foreign.contest),
        await give(organiser, await world.account(), "judge", "item", foreign.item),
        await give(organiser, await world.account(), "reviewer", "organisation", own.organisation),
    ]

    assert [a.status_code for a in answers] == [404, 404, 404]
    assert await grants_and_events(world) == before


async def test_node_does_not_give_roles_in_a_contest_of_a_lower_node(world):
    province = await world.organisation()
    county = await world.organisation(parent=province, tier="base")
    contest = await world.contest(organisation=county, tier="base")
    organiser = await world.client("organiser", "organisation", province)

    answer = await give(organiser, await world.account(), "judge", "contest", contest.contest)

    assert answer.status_code == 404


async def test_nobody_gives_a_role_to_themselves(world):
    contest = await world.contest()
    organiser = await world.client("organiser", "contest", contest.contest)
    before = await grants_and_events(world)

    answer = await give(organiser, organiser.account_id, "chief_judge", "contest", contest.contest)

    assert answer.json()["code"] == "grant_to_self"
    assert await grants_and_events(world) == before


@pytest.mark.parametrize(
    ("more", "pointer"),
    [
        ({"valid_from": "2021-03-02T00:00:00+08:00", "valid_to": "2021-03-01T00:00:00+08:00"}, "/valid_to"),
        ({"valid_to": "2021-03-01T00:00:00"}, "/valid_to"),
        ({"blind_layer": 1}, "/blind_layer"),
        ({"deputy_of": "self"}, "/deputy_of"),
    ],
)
async def test_fields_that_do_not_fit_together_are_named(world, more, pointer):
    contest = await world.contest()
    organiser = await world.client("organiser", "contest", contest.contest)
    if "deputy_of" in more:
        more = {"deputy_of": outside("account", organiser.account_id)}
    before = await grants_and_events(world)

    answer = await give(organiser, await world.account(), "judge", "contest", contest.contest, **more)

    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, pointer)
    assert await grants_and_events(world) == before


async def test_deputy_stands_in_only_for_somebody_who_holds_the_role_and_ends_with_them(world):
    contest = await world.contest()
    organiser = await world.client("organiser", "contest", contest.contest)
    chief, deputy = await world.account(), await world.account()
    until = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    stand_in = {"deputy_of": outside("account", chief), "valid_to": until}

    nobody = await give(organiser, deputy, "chief_judge", "contest", contest.contest, **stand_in)
    principal = await give(organiser, chief, "chief_judge", "contest", contest.contest)
    given = await give(organiser, deputy, "chief_judge", "contest", contest.contest, **stand_in)
    await organiser.delete(principal.headers["location"])

    assert nobody.json()["code"] == "deputy_without_principal"
    assert given.status_code == 201
    assert (await organiser.get(given.headers["location"])).status_code == 404


async def test_grant_holds_from_its_beginning_to_its_end(world):
    contest = await world.contest()
    client = await world.client("judge", "contest", contest.contest)
    cookie = client.cookies["sbq_session"]

    held = []
    for period in (
        "now() + interval '1 hour', NULL",
        "now() - interval '2 hours', now()",
        "now() - interval '1 hour', NULL",
    ):
        begins, ends = period.rsplit(", ", 1)
        await world.execute(
            f"UPDATE access_grant SET valid_from = {begins}, valid_to = {ends} WHERE account_id = $1",
            client.account_id,
        )
        held.append((await actor_of(world.db, ActorMemory(), cookie, bearer=False)).roles())

    assert held == [frozenset(), frozenset(), {"judge"}]


async def test_revocation_holds_within_a_second(world, monkeypatch):
    contest = await world.contest()
    organiser = await world.client("organiser", "contest", contest.contest)
    reviewer = await world.client("reviewer", "contest", contest.contest)
    now = [1000.0]
    monkeypatch.setattr(authentication.time, "monotonic", lambda: now[0])
    assert "entry.review" in (await reviewer.get("/api/v1/access")).json()["rights"]
    grant = (await reviewer.get("/api/v1/me")).json()["grants"][0]["id"]

    answer = await organiser.delete(f"/api/v1/grants/{grant}")
    now[0] += 1.0

    assert answer.status_code == 204
    assert (await reviewer.get("/api/v1/access")).json()["rights"] == ["self.use"]


async def test_only_who_could_give_a_role_takes_it_away_or_who_holds_it(world):
    organisation = await world.organisation()
    administrator = await world.client("administrator", "organisation", organisation)
    organiser = await world.client("organiser", "organisation", organisation)
    foreign = await world.client("organiser", "organisation", await world.organisation())
    grant = (await administrator.get("/api/v1/me")).json()["grants"][0]["id"]
    own = (await organiser.get("/api/v1/me")).json()["grants"][0]["id"]

    answers = [
        await organiser.delete(f"/api/v1/grants/{grant}"),
        await foreign.delete(f"/api/v1/grants/{own}"),
        await organiser.delete(f"/api/v1/grants/{own}"),
    ]

    assert [a.status_code for a in answers] == [404, 404, 204]


async def lower_contest(world):
    province = await world.organisation()
    county = await world.organisation(parent=province, tier="base")
    return province, await world.contest(organisation=county, tier="base")


async def test_support_lets_a_node_write_in_a_contest_below_and_is_logged(world):
    province, contest = await lower_contest(world)
    helper = await world.client("organiser", "organisation", province)

    answer = await helper.post(
        f"/api/v1/contests/{outside('contest', contest.contest)}/support-grants",
        json={"reason": "县里停电，代为录入", "hours": 2},
        headers=key(),
    )

    grant = answer.json()
    actor = await actor_of(world.db, ActorMemory(), helper.cookies["sbq_session"], bearer=False)
    span = datetime.fromisoformat(grant["valid_to"]) - datetime.fromisoformat(grant["valid_from"])
    events = await world.fetch(
        "SELECT action, contest_id, details FROM access_event WHERE subject = $1", grant["id"]
    )
    assert (answer.status_code, grant["support"], span) == (201, True, timedelta(hours=2))
    scope = Scope(organisation_path=(province, contest.organisation), contest_id=contest.contest)
    assert actor.may("contest.change", scope)
    assert not helper.actor.may("contest.change", scope)
    assert (events[0]["action"], events[0]["contest_id"]) == ("support_taken", contest.contest)
    assert "县里停电" in events[0]["details"]


async def test_support_hands_nothing_on(world):
    province, contest = await lower_contest(world)
    helper = await world.client("organiser", "organisation", province)
    path = f"/api/v1/contests/{outside('contest', contest.contest)}/support-grants"
    await helper.post(path, json={"reason": "县里停电，代为录入"}, headers=key())
    await _forget(world, helper)

    grant = await give(helper, await world.account(), "judge", "contest", contest.contest)
    device = await helper.post(
        "/api/v1/devices",
        json={"name": "平板", "contest_id": outside("contest", contest.contest)},
        headers=key(),
    )

    assert (grant.status_code, device.status_code) == (404, 404)


@pytest.mark.parametrize(
    "body",
    [{"reason": "ok"}, {"reason": "long enough", "hours": 25}, {"reason": "long enough", "hours": 0}, {}],
)
async def test_support_needs_a_reason_and_ends_within_a_day(world, body):
    province, contest = await lower_contest(world)
    helper = await world.client("organiser", "organisation", province)
    before = await grants_and_events(world)

    answer = await helper.post(
        f"/api/v1/contests/{outside('contest', contest.contest)}/support-grants", json=body, headers=key()
    )

    assert answer.status_code == 400
    assert await grants_and_events(world) == before


async def test_support_is_taken_below_ones_own_node_only(world):
    _, contest = await lower_contest(world)
    foreign = await world.client("organiser", "organisation", await world.organisation())

    answer = await foreign.post(
        f"/api/v1/contests/{outside('contest', contest.contest)}/support-grants",
        json={"reason": "just looking"},
        headers=key(),
    )

    assert answer.status_code == 404


async def test_list_shows_grants_of_ones_own_scopes(world):
    contest, foreign = await world.contest(), await world.contest()
    organiser = await world.client("organiser", "contest", contest.contest)
    judge = await world.account()
    await world.grant(judge, "judge", "item", contest.item, contest.contest)
    await world.grant(judge, "judge", "contest", foreign.contest)

    page = (await organiser.get(f"/api/v1/grants?account={outside('account', judge)}")).json()

    assert [(g["role"], g["scope_id"]) for g in page["data"]] == [("judge", outside("item", contest.item))]
    assert (await organiser.get(f"/api/v1/grants?contest={outside('contest', foreign.contest)}")).json()[
        "data"
    ] == []


async def _forget(world, client):
    world.app.litestar.state.actor_memory.forget(authentication.token_hash(client.cookies["sbq_session"]))


async def test_contests_organiser_reads_what_was_done_with_power_newest_first(world):
    contest = await world.contest()
    organiser = await world.client("organiser", "contest", contest.contest)
    stranger = await world.client("organiser", "contest", (await world.contest()).contest)
    given = await give(organiser, await world.account(), "judge", "contest", contest.contest)
    await organiser.delete(given.headers["location"])
    path = f"/api/v1/contests/{outside('contest', contest.contest)}/access-events"

    first = (await organiser.get(f"{path}?limit=1")).json()
    second = (await organiser.get(f"{path}?limit=1&cursor={first['next_cursor']}")).json()

    assert [e["action"] for page in (first, second) for e in page["data"]] == ["grant_revoked", "grant_given"]
    assert first["data"][0]["account_id"] == outside("account", organiser.account_id)
    assert (await stranger.get(path)).status_code == 404
