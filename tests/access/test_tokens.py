"""API tokens: never more than their maker, cut to scopes and contests, shown once."""

import httpx
import pytest

from tests.access.conftest import key, outside


async def program(world, door, token):
    client = await door.browser()
    client.headers["authorization"] = f"Bearer {token}"
    return client


async def make(client, *scopes, **more):
    return await client.post(
        "/api/v1/tokens", json={"name": "对接", "scopes": list(scopes), **more}, headers=key()
    )


async def test_token_reads_with_its_makers_eyes(world, door):
    contest = await world.contest()
    organiser = await world.client("organiser", "contest", contest.contest)

    made = await make(organiser, "read")
    client = await program(world, door, made.json()["token"])

    me = (await client.get("/api/v1/me")).json()
    assert (me["session_kind"], me["token_scopes"]) == ("token", ["read"])
    assert (await client.get("/api/v1/grants")).status_code == 200
    rights = (await client.get("/api/v1/access")).json()["rights"]
    assert "contest.read" in rights
    assert not {"contest.change", "grant.give", "account.manage", "token.manage"} & set(rights)


async def test_token_is_shown_once_and_kept_as_a_hash(world):
    organiser = await world.client("organiser", "contest", (await world.contest()).contest)
    header = key()
    body = {"name": "对接", "scopes": ["read"]}

    first = await organiser.post("/api/v1/tokens", json=body, headers=header)
    repeat = await organiser.post("/api/v1/tokens", json=body, headers=header)

    token = first.json()["token"]
    assert token.startswith("skc_test_")
    assert repeat.json() == {**first.json(), "token": None}
    assert repeat.headers["idempotent-replayed"] == "true"
    assert token not in (await organiser.get("/api/v1/tokens")).text
    kept = await world.fetchval(
        "SELECT count(*) FROM idempotency_key WHERE position($1::bytea in body) > 0", token.encode()
    )
    assert kept == 0


async def test_token_is_no_cookie_and_a_session_no_token(world, door):
    """What was remembered of the one was once taken for the other, past CSRF and past the cut to scopes."""
    organiser = await world.client("organiser", "contest", (await world.contest()).contest)
    token = (await make(organiser, "read")).json()["token"]
    session = organiser.cookies["sbq_session"]

    as_token = await program(world, door, token)
    as_cookie = await door.browser()
    as_cookie.cookies.set("sbq_session", token)
    assert [(await each.get("/api/v1/me")).status_code for each in (as_token, as_cookie)] == [200, 401]

    as_bearer = await program(world, door, session)
    assert [(await each.get("/api/v1/me")).status_code for each in (organiser, as_bearer)] == [200, 401]


async def test_token_outside_the_demo_says_live(world, strict):
    organiser = await world.client("organiser", "contest", (await world.contest()).contest)

    assert (await make(organiser, "read")).json()["token"].startswith("skc_live_")


async def test_token_reaches_its_contests_only(world, door):
    organisation = await world.organisation()
    mine, other = (
        await world.contest(organisation=organisation),
        await world.contest(organisation=organisation),
    )
    organiser = await world.client("organiser", "organisation", organisation)
    for contest in (mine, other):
        await world.grant(await world.account(), "judge", "contest", contest.contest)

    made = await make(organiser, "read", contest_ids=[outside("contest", mine.contest)])
    client = await program(world, door, made.json()["token"])

    seen = {g["contest_id"] for g in (await client.get("/api/v1/grants")).json()["data"]}
    assert seen == {outside("contest", mine.contest)}


@pytest.mark.parametrize(
    "scope", ["award.decide", "grant.give", "token.manage", "account.manage", "self.use", "nonsense"]
)
async def test_scope_not_held_or_not_for_programs_is_refused(world, scope):
    organiser = await world.client("organiser", "contest", (await world.contest()).contest)

    answer = await make(organiser, "read", scope)

    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/scopes/1")
    assert (
        await world.fetchval("SELECT count(*) FROM api_token WHERE account_id = $1", organiser.account_id)
        == 0
    )


async def test_contest_of_somebody_else_is_not_found(world):
    organiser = await world.client("organiser", "contest", (await world.contest()).contest)

    answer = await make(organiser, "read", contest_ids=[outside("contest", (await world.contest()).contest)])

    assert answer.status_code == 404


async def test_token_makes_no_token_and_no_grant(world, door):
    contest = await world.contest()
    organiser = await world.client("organiser", "contest", contest.contest)
    client = await program(world, door, (await make(organiser, "read", "contest.change")).json()["token"])
    grant = (await organiser.get("/api/v1/me")).json()["grants"][0]["id"]

    answers = [
        await make(client, "read"),
        await client.post("/api/v1/grants", json={}, headers=key()),
        await client.delete(f"/api/v1/grants/{grant}"),
        await client.post("/api/v1/me/password", json={"new": "六月的图纸铺满了整张桌子"}),
    ]

    assert [a.status_code for a in answers] == [403] * 4


async def test_revoked_or_expired_token_is_nobody(world, door):
    organiser = await world.client("organiser", "contest", (await world.contest()).contest)
    revoked, expired = (await make(organiser, "read")).json(), (await make(organiser, "read")).json()

    gone = await organiser.delete(f"/api/v1/tokens/{revoked['id']}")
    await world.execute("UPDATE api_token SET expires_at = now() WHERE hint = $1", expired["hint"])

    assert gone.status_code == 204
    for made in (revoked, expired):
        answer = await (await program(world, door, made["token"])).get("/api/v1/me")
        assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")


async def test_token_of_somebody_else_is_not_found(world):
    organiser = await world.client("organiser", "contest", (await world.contest()).contest)
    other = await world.client("organiser", "contest", (await world.contest()).contest)
    made = (await make(organiser, "read")).json()

    assert (await other.delete(f"/api/v1/tokens/{made['id']}")).status_code == 404
    assert (await other.get("/api/v1/tokens")).json()["data"] == []


async def test_token_loses_what_its_maker_loses(world, door):
    organiser = await world.client("organiser", "contest", (await world.contest()).contest)
    client = await program(world, door, (await make(organiser, "read")).json()["token"])

    await world.execute(
        "UPDATE access_grant SET revoked_at = now() WHERE account_id = $1", organiser.account_id
    )

    assert (await client.get("/api/v1/grants")).status_code == 403


async def test_answer_to_a_token_says_what_is_left_of_its_minute(world, door, monkeypatch):
    from api.access import authentication

    monkeypatch.setattr(authentication, "TOKEN_REQUESTS", 2)
    organiser = await world.client("organiser", "contest", (await world.contest()).contest)
    client = await program(world, door, (await make(organiser, "read")).json()["token"])

    answers: list[httpx.Response] = [await client.get("/api/v1/me") for _ in range(3)]

    assert [a.status_code for a in answers] == [200, 200, 429]
    assert answers[0].headers["ratelimit-policy"] == '"token";q=2;w=60'
    assert [a.headers["ratelimit"].split(";")[1] for a in answers[:2]] == ["r=1", "r=0"]
    assert answers[2].json()["code"] == "too_many_requests"
    assert int(answers[2].headers["retry-after"]) >= 1


async def test_judge_is_never_told_to_wait(world, monkeypatch):
    from api.access import authentication

    monkeypatch.setattr(authentication, "SESSION_REQUESTS", 2)
    contest = await world.contest()
    judge = await world.client("judge", "contest", contest.contest)
    organiser = await world.client("organiser", "contest", contest.contest)

    assert [(await judge.get("/api/v1/me")).status_code for _ in range(4)] == [200] * 4
    assert [(await organiser.get("/api/v1/me")).status_code for _ in range(4)] == [200, 200, 429, 429]


@pytest.mark.parametrize("right", ["award.decide", "award.check", "person.reveal", "support.take"])
async def test_scope_read_decides_nothing_and_reveals_nothing(world, door, right):
    """`read` once carried every right that reaches a whole subtree, and an authority's token could decide awards."""
    role = "organiser" if right == "support.take" else "award_authority"
    account = await world.account()
    await world.grant(account, "integrator", "contest", (await world.contest()).contest)
    maker = await world.client(role, "organisation", await world.organisation(), account=account)

    client = await program(world, door, (await make(maker, "read")).json()["token"])

    assert right in (await maker.get("/api/v1/access")).json()["rights"]
    assert right not in (await client.get("/api/v1/access")).json()["rights"]
