"""One-time links, and judges who take over a tablet with badge and PIN."""

import asyncio

import pytest

from api.access.authentication import token_hash
from api.access.demo import demo_links
from tests.access.conftest import key, outside, until_waiting


async def test_link_signs_in_once(door):
    account, _ = await door.account(None)
    token = await door.link(account)

    first = await (await door.browser()).post("/api/v1/sign-in/link", json={"token": token})
    again = await (await door.browser()).post("/api/v1/sign-in/link", json={"token": token})

    assert first.status_code == 200
    assert (again.status_code, again.json()["code"]) == (401, "link_spent")


async def test_link_held_by_two_lets_one_in(door, world):
    account, _ = await door.account(None)
    token = await door.link(account)
    browser = await door.browser()

    async with world.db.pool.acquire() as other:
        somebody_else = other.transaction()
        await somebody_else.start()
        await other.execute(
            "UPDATE sign_in_link SET used_at = now() WHERE token_hash = $1", token_hash(token)
        )
        act = asyncio.create_task(browser.post("/api/v1/sign-in/link", json={"token": token}))
        await until_waiting(world, act)
        await somebody_else.commit()

    assert (await act).json()["code"] == "link_spent"


async def test_expired_link_is_spent(door, world):
    account, _ = await door.account(None)
    token = await door.link(account)
    await world.execute("UPDATE sign_in_link SET expires_at = now() WHERE token_hash = $1", token_hash(token))

    answer = await (await door.browser()).post("/api/v1/sign-in/link", json={"token": token})

    assert answer.json()["code"] == "link_spent"


async def test_reusable_link_works_again_in_the_demo(door):
    account, _ = await door.account(None)
    token = await door.link(account, reusable=True)

    answers = [
        await (await door.browser()).post("/api/v1/sign-in/link", json={"token": token}) for _ in range(2)
    ]

    assert [a.status_code for a in answers] == [200, 200]


async def test_reusable_link_is_refused_outside_the_demo(door, strict):
    account, _ = await door.account(None)
    token = await door.link(account, reusable=True)

    answer = await (await door.browser()).post("/api/v1/sign-in/link", json={"token": token})

    assert (answer.status_code, answer.json()["code"]) == (401, "link_spent")


async def test_demo_links_lead_each_role_in_and_stay_the_same(door, settings, world):
    for role in ("demo-chief-judge", "demo-administrator"):
        account = await world.fetchval(
            "INSERT INTO account (login, display_name) VALUES ($1, $1) RETURNING id", role
        )
        await world.grant(
            account, role.removeprefix("demo-").replace("-", "_"), "organisation", await world.organisation()
        )

    links = await demo_links(settings)

    assert await demo_links(settings) == links
    assert {"chief_judge", "administrator"} <= links.keys()
    prefix, _, token = links["administrator"].rpartition("/")
    assert prefix == f"{settings.base_url}/login/link"
    answer = await (await door.browser()).post("/api/v1/sign-in/link", json={"token": token})
    # The demo has no secrets: its administrator is spared the authenticator.
    assert (answer.status_code, answer.json()["must_enrol"]) == (200, False)


async def judge(door, world, contest, pin="7391"):
    account, _ = await door.account(None)
    await world.grant(account, "judge", "contest", contest.contest)
    return account, await door.badge(account, pin)


async def tablet(door, contest):
    browser = await door.browser()
    browser.cookies.set("sbq_device", await door.device(contest.contest))
    return browser


async def test_badge_and_pin_open_an_enrolled_tablet(door, world, strict):
    contest = await world.contest()
    _, badge = await judge(door, world, contest)
    browser = await tablet(door, contest)

    answer = await browser.post("/api/v1/sign-in/badge", json={"badge": badge, "pin": "7391"})

    assert (answer.status_code, answer.json()["session_kind"]) == (200, "judge")


async def test_pin_counts_only_on_an_enrolled_device(door, world, strict):
    contest = await world.contest()
    _, badge = await judge(door, world, contest)

    answer = await (await door.browser()).post("/api/v1/sign-in/badge", json={"badge": badge, "pin": "7391"})

    assert (answer.status_code, answer.json()["code"]) == (401, "device_not_enrolled")


async def test_demo_goes_without_enrolment(door, world):
    contest = await world.contest()
    _, badge = await judge(door, world, contest)

    answer = await (await door.browser()).post("/api/v1/sign-in/badge", json={"badge": badge, "pin": "7391"})

    assert answer.status_code == 200


async def test_unknown_badge_and_wrong_pin_answer_alike(door, world, strict):
    contest = await world.contest()
    _, badge = await judge(door, world, contest)
    browser = await tablet(door, contest)

    wrong = await browser.post("/api/v1/sign-in/badge", json={"badge": badge, "pin": "0001"})
    unknown = await browser.post("/api/v1/sign-in/badge", json={"badge": "skb_unknown", "pin": "7391"})

    assert wrong.json()["code"] == unknown.json()["code"] == "badge_failed"


async def test_five_wrong_pins_lock_the_judge_on_every_tablet(door, world, strict):
    contest = await world.contest()
    _, badge = await judge(door, world, contest)
    tablets = [await tablet(door, contest) for _ in range(6)]
    for browser in tablets[:5]:
        await browser.post("/api/v1/sign-in/badge", json={"badge": badge, "pin": "0001"})

    answer = await tablets[5].post("/api/v1/sign-in/badge", json={"badge": badge, "pin": "7391"})

    assert (answer.status_code, answer.json()["code"]) == (429, "sign_in_locked")


async def test_five_wrong_pins_lock_the_tablet_for_every_judge(door, world, strict):
    contest = await world.contest()
    badges = [(await judge(door, world, contest))[1] for _ in range(6)]
    browser = await tablet(door, contest)
    for badge in badges[:5]:
        await browser.post("/api/v1/sign-in/badge", json={"badge": badge, "pin": "0001"})

    answer = await browser.post("/api/v1/sign-in/badge", json={"badge": badges[5], "pin": "7391"})

    assert answer.json()["code"] == "sign_in_locked"


async def test_pin_opens_judging_roles_of_the_tablets_contest_only(door, world, strict):
    contest, other = await world.contest(), await world.contest()
    account, badge = await judge(door, world, contest)
    await world.grant(account, "judge", "contest", other.contest)
    await world.grant(account, "organiser", "organisation", contest.organisation)
    browser = await tablet(door, contest)

    answer = await browser.post("/api/v1/sign-in/badge", json={"badge": badge, "pin": "7391"})

    browser.headers["x-csrf-token"] = answer.json()["csrf_token"]
    me = (await browser.get("/api/v1/me")).json()
    assert me["token_contests"] == [outside("contest", contest.contest)]
    rights = (await browser.get("/api/v1/access")).json()["rights"]
    assert "sheet.mark" in rights
    assert "grant.give" not in rights
    assert (await browser.get("/api/v1/grants")).status_code == 403


async def test_pin_does_not_change_the_password(door, world):
    contest = await world.contest()
    _, badge = await judge(door, world, contest)
    browser = await door.browser()
    answer = await browser.post("/api/v1/sign-in/badge", json={"badge": badge, "pin": "7391"})

    refused = await browser.post(
        "/api/v1/me/password",
        json={"new": "五月的车床转得更稳当一些"},
        headers={"x-csrf-token": answer.json()["csrf_token"]},
    )

    assert refused.json()["code"] == "person_needed"


async def test_lost_tablet_is_shut_at_once(door, world, strict):
    contest = await world.contest()
    _, badge = await judge(door, world, contest)
    organiser = await world.client("organiser", "contest", contest.contest)
    enrolled = await organiser.post(
        "/api/v1/devices",
        json={"name": "平板7", "contest_id": outside("contest", contest.contest)},
        headers=key(),
    )
    browser = await door.browser()
    browser.cookies.set("sbq_device", enrolled.cookies["sbq_device"])
    await browser.post("/api/v1/sign-in/badge", json={"badge": badge, "pin": "7391"})

    gone = await organiser.delete(f"/api/v1/devices/{enrolled.json()['id']}")

    door.app.litestar.state.actor_memory.forget(token_hash(browser.cookies["sbq_session"]))
    assert gone.status_code == 204
    assert (await browser.get("/api/v1/me")).status_code == 401
    again = await browser.post("/api/v1/sign-in/badge", json={"badge": badge, "pin": "7391"})
    assert again.json()["code"] == "device_not_enrolled"
    assert [d["revoked"] for d in (await organiser.get("/api/v1/devices")).json()["data"]] == [True]


async def test_devices_secret_stays_in_the_cookie(door, world):
    contest = await world.contest()
    organiser = await world.client("organiser", "contest", contest.contest)
    header = key()
    body = {"name": "平板8", "contest_id": outside("contest", contest.contest)}

    first = await organiser.post("/api/v1/devices", json=body, headers=header)
    repeat = await organiser.post("/api/v1/devices", json=body, headers=header)

    assert first.cookies["sbq_device"] not in first.text
    assert "httponly" in first.headers["set-cookie"].lower()
    assert repeat.json() == first.json()
    assert "set-cookie" not in repeat.headers


async def test_device_of_another_contest_is_not_found(world):
    contest = await world.contest()
    stranger = await world.client("organiser", "contest", (await world.contest()).contest)
    body = {"name": "平板9", "contest_id": outside("contest", contest.contest)}
    before = await world.fetchval("SELECT count(*) FROM device")

    answer = await stranger.post("/api/v1/devices", json=body, headers=key())

    assert answer.status_code == 404
    assert await world.fetchval("SELECT count(*) FROM device") == before


async def test_device_of_another_contest_is_not_shut(door, world):
    contest = await world.contest()
    await door.device(contest.contest)
    device = await world.fetchval("SELECT id FROM device WHERE contest_id = $1", contest.contest)
    stranger = await world.client("organiser", "contest", (await world.contest()).contest)

    answer = await stranger.delete(f"/api/v1/devices/{outside('device', device)}")

    assert answer.status_code == 404
    assert await world.fetchval("SELECT revoked_at FROM device WHERE id = $1", device) is None


@pytest.mark.parametrize("pin", ["123", "123456789", "12a4", "１２３４"])
async def test_malformed_pin_is_refused(door, pin):
    answer = await (await door.browser()).post("/api/v1/sign-in/badge", json={"badge": "skb_x", "pin": pin})

    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_body")


async def test_new_badge_ends_the_old_one_and_what_it_opened(door, world):
    organisation = await world.organisation()
    contest = await world.contest(organisation=organisation)
    account, badge = await judge(door, world, contest)
    browser = await door.browser()
    await browser.post("/api/v1/sign-in/badge", json={"badge": badge, "pin": "7391"})
    organiser = await world.client("organiser", "organisation", organisation)

    made = await organiser.post(
        f"/api/v1/accounts/{outside('account', account)}/badge", json={}, headers=key()
    )

    door.app.litestar.state.actor_memory.forget(token_hash(browser.cookies["sbq_session"]))
    assert made.status_code == 201
    assert (await browser.get("/api/v1/me")).status_code == 401
    old = await (await door.browser()).post("/api/v1/sign-in/badge", json={"badge": badge, "pin": "7391"})
    new = await (await door.browser()).post(
        "/api/v1/sign-in/badge", json={"badge": made.json()["badge"], "pin": made.json()["pin"]}
    )
    assert (old.status_code, new.status_code) == (401, 200)
