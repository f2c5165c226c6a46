"""Administrators use two factors (DESIGN 6): codes are good once, and without a factor nothing but setting one up is possible."""

import asyncio
import time

import pyotp
import pytest

from api.access import second_factor
from api.access.commands import create_administrator
from api.plumbing.problems import Problem
from tests.access.conftest import PASSWORD, inside, outside


@pytest.fixture
def clock(monkeypatch):
    """The clock of the codes, standing still."""
    now = [1_700_000_000.0]
    monkeypatch.setattr(second_factor.time, "time", lambda: now[0])
    return now


@pytest.fixture
async def enrolled(door, world, clock):
    """An administrator with a confirmed factor: (login, generator of codes)."""
    organisation = await world.organisation()
    account, login = await door.account()
    await world.grant(account, "administrator", "organisation", organisation)
    browser, _ = await door.sign_in(login)
    made = (await browser.post(f"/api/v1/accounts/{outside('account', account)}/totp")).json()
    totp = pyotp.TOTP(made["secret"])
    path = f"/api/v1/accounts/{outside('account', account)}/totp:confirm"
    answer = await browser.post(path, json={"code": totp.at(int(clock[0]))})
    assert answer.status_code == 200, answer.text
    browser.headers["x-csrf-token"] = answer.json()["csrf_token"]
    clock[0] += 300
    return account, login, totp, browser


async def test_administrator_without_factor_may_only_set_one_up(door, world):
    organisation = await world.organisation()
    account, login = await door.account()
    await world.grant(account, "administrator", "organisation", organisation)

    browser, signed_in = await door.sign_in(login)

    assert signed_in.json()["must_enrol"] is True
    for path in ("/api/v1/accounts", "/api/v1/grants", f"/api/v1/accounts/{outside('account', account)}"):
        answer = await browser.get(path)
        assert (answer.status_code, answer.json()["code"]) == (403, "second_factor_needed")
    assert (await browser.get("/api/v1/me")).json()["must_enrol"] is True
    assert (await browser.get("/api/v1/access")).json()["rights"] == ["self.use"]
    assert (await browser.post(f"/api/v1/accounts/{outside('account', account)}/totp")).status_code == 201


async def test_confirmed_factor_opens_a_new_session_with_the_administrators_rights(enrolled):
    _, _, _, browser = enrolled

    me = (await browser.get("/api/v1/me")).json()

    assert (me["second_factor"], me["must_enrol"]) == (True, False)
    assert (await browser.get("/api/v1/accounts")).status_code == 200


async def test_password_alone_no_longer_signs_in(door, enrolled):
    _, login, _, _ = enrolled

    _, answer = await door.sign_in(login)

    assert (answer.status_code, answer.json()["code"]) == (401, "totp_needed")
    assert "set-cookie" not in answer.headers


async def test_code_signs_in_once(door, enrolled, clock):
    _, login, totp, _ = enrolled
    code = totp.at(int(clock[0]))

    _, first = await door.sign_in(login, totp=code)
    _, again = await door.sign_in(login, totp=code)

    assert first.status_code == 200
    assert (again.status_code, again.json()["code"]) == (401, "totp_wrong")


async def test_code_sent_twice_at_once_signs_in_once(door, enrolled, clock):
    _, login, totp, _ = enrolled
    code = totp.at(int(clock[0]))

    answers = await asyncio.gather(*(door.sign_in(login, totp=code) for _ in range(3)))

    assert sorted(answer.status_code for _, answer in answers) == [200, 401, 401]


@pytest.mark.parametrize(("steps", "status"), [(-2, 401), (-1, 200), (0, 200), (1, 200), (2, 401)])
async def test_code_of_a_neighbouring_step_counts(door, enrolled, clock, steps, status):
    _, login, totp, _ = enrolled

    _, answer = await door.sign_in(login, totp=totp.at(int(clock[0]) + 30 * steps))

    assert answer.status_code == status


async def test_earlier_step_than_the_last_used_is_refused(door, enrolled, clock):
    _, login, totp, _ = enrolled
    await door.sign_in(login, totp=totp.at(int(clock[0])))

    _, answer = await door.sign_in(login, totp=totp.at(int(clock[0]) - 30))

    assert answer.json()["code"] == "totp_wrong"


async def test_five_wrong_codes_lock_the_account_for_everybody_with_the_password(door, enrolled, clock):
    _, login, totp, _ = enrolled
    right = totp.at(int(clock[0]))
    wrong = "000000" if right != "000000" else "000001"
    for _ in range(5):
        await door.sign_in(login, totp=wrong)

    _, answer = await door.sign_in(login, totp=right)

    assert answer.json()["code"] == "sign_in_locked"


async def test_secret_is_kept_encrypted_and_shown_once(enrolled, world):
    account, _, totp, browser = enrolled

    sealed = await world.fetchval("SELECT totp_cipher FROM account WHERE id = $1", account)

    assert totp.secret.encode() not in sealed
    assert totp.secret not in (await browser.get(f"/api/v1/accounts/{outside('account', account)}")).text


async def test_factor_is_not_replaced_by_a_session_that_has_not_shown_it(enrolled, world):
    account, _, _, browser = enrolled
    weaker = await world.client(account=account)
    await world.execute(
        "UPDATE sign_in_session SET second_factor = false WHERE id = $1", weaker.actor.session_id
    )
    sealed = await world.fetchval("SELECT totp_cipher FROM account WHERE id = $1", account)

    answer = await weaker.post(f"/api/v1/accounts/{outside('account', account)}/totp")

    assert answer.json()["code"] == "totp_needed"
    assert await world.fetchval("SELECT totp_cipher FROM account WHERE id = $1", account) == sealed


async def test_factor_of_somebody_else_cannot_be_set(world, enrolled):
    account, _, _, _ = enrolled
    other = await world.client("organiser", "organisation", await world.organisation())

    answer = await other.post(f"/api/v1/accounts/{outside('account', account)}/totp")

    assert answer.status_code == 404


async def test_lost_factor_is_taken_away_by_another_administrator_of_the_node(world, enrolled):
    account, login, _, browser = enrolled
    organisation = await world.fetchval("SELECT scope_id FROM access_grant WHERE account_id = $1", account)
    colleague = await world.client("administrator", "organisation", organisation)

    answer = await colleague.delete(f"/api/v1/accounts/{outside('account', account)}/totp")

    assert answer.status_code == 204
    assert await world.fetchval("SELECT totp_confirmed FROM account WHERE id = $1", account) is False
    assert (
        await world.fetchval(
            "SELECT count(*) FROM sign_in_session WHERE account_id = $1 AND revoked_at IS NULL", account
        )
        == 0
    )


async def test_link_does_not_go_around_the_second_factor(door, enrolled, clock):
    account, _, totp, _ = enrolled
    token = await door.link(account)
    browser = await door.browser()

    refused = await browser.post("/api/v1/sign-in/link", json={"token": token})
    taken = await browser.post("/api/v1/sign-in/link", json={"token": token, "totp": totp.at(int(clock[0]))})

    assert (refused.status_code, refused.json()["code"]) == (401, "totp_needed")
    assert taken.status_code == 200  # the refused attempt had not used the link up


async def test_administrator_made_on_the_command_line_signs_in_and_sets_up(db, door, world):
    login = f"boss{int(time.time_ns()) % 10**9}"

    account = await create_administrator(db, login, PASSWORD)
    _, answer = await door.sign_in(login)

    roots = await world.fetchval("SELECT count(*) FROM organisation WHERE parent_id IS NULL")
    grants = await world.fetchval(
        "SELECT count(*) FROM access_grant WHERE account_id = $1 AND role = 'administrator'",
        inside("account", account),
    )
    assert answer.json()["must_enrol"] is True
    assert grants == roots >= 1


@pytest.mark.parametrize(
    ("login", "password", "pointer"),
    [("Ärger", PASSWORD, "/login"), ("x", PASSWORD, "/login"), ("someone-new", "kurz", "/password")],
)
async def test_administrator_needs_a_proper_login_and_password(db, world, login, password, pointer):
    before = await world.fetchval("SELECT count(*) FROM account")

    with pytest.raises(Problem) as refused:
        await create_administrator(db, login, password)

    assert refused.value.errors[0].pointer == pointer
    assert await world.fetchval("SELECT count(*) FROM account") == before
