"""Sign-in with a password: what a session is, how it begins and ends, and what guessing costs."""

import asyncio

import pytest
from argon2 import PasswordHasher

from api.access import passwords
from api.access.attempts import tidy_attempts
from api.access.authentication import token_hash
from tests.access.conftest import PASSWORD


async def test_login_and_password_begin_a_session(door):
    account, login = await door.account()

    browser, answer = await door.sign_in(login)

    assert answer.status_code == 200
    assert (await browser.get("/api/v1/me")).json()["login"] == login


async def test_cookie_is_out_of_reach_of_scripts_and_other_sites(door):
    _, login = await door.account()

    _, answer = await door.sign_in(login)

    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert "secure" not in cookie  # http://testserver
    assert answer.headers["cache-control"] == "no-store"


async def test_cookie_is_secure_where_the_product_is_reached_by_https(app, door, monkeypatch):
    import msgspec

    state = app.litestar.state
    monkeypatch.setattr(
        state, "settings", msgspec.structs.replace(state.settings, base_url="https://example.test")
    )
    _, login = await door.account()

    _, answer = await door.sign_in(login)

    assert "secure" in answer.headers["set-cookie"].lower()


async def test_unknown_login_and_wrong_password_answer_alike(door):
    _, login = await door.account()
    browser = await door.browser()

    wrong = await browser.post("/api/v1/sign-in", json={"login": login, "password": "nein nein nein"})
    unknown = await browser.post(
        "/api/v1/sign-in", json={"login": "nobody-here", "password": "nein nein nein"}
    )

    bodies = [{k: v for k, v in a.json().items() if k != "request_id"} for a in (wrong, unknown)]
    assert wrong.status_code == unknown.status_code == 401
    assert bodies[0] == bodies[1]
    assert bodies[0]["code"] == "sign_in_failed"


async def test_unknown_login_costs_a_hash_too(monkeypatch):
    verified = []
    monkeypatch.setattr(
        passwords,
        "HASHER",
        type(
            "Spy",
            (),
            {
                "verify": lambda self, kept, _: verified.append(kept),
                "hash": PasswordHasher(time_cost=1, memory_cost=8).hash,
            },
        )(),
    )

    assert not await passwords.matches(None, "whatever it may be")
    assert len(verified) == 1


async def test_disabled_account_does_not_sign_in_and_its_session_ends(door, world):
    account, login = await door.account()
    browser, _ = await door.sign_in(login)

    await world.execute("UPDATE account SET disabled_at = now() WHERE id = $1", account)
    door.app.litestar.state.actor_memory.forget(token_hash(browser.cookies["sbq_session"]))

    assert (await door.sign_in(login))[1].json()["code"] == "sign_in_failed"
    assert (await browser.get("/api/v1/me")).status_code == 401


async def test_cookie_chosen_by_the_client_is_never_adopted(door, world):
    _, login = await door.account()
    browser = await door.browser()
    browser.cookies.set("sbq_session", "chosen-by-somebody-else")

    answer = await browser.post("/api/v1/sign-in", json={"login": login, "password": PASSWORD})

    assert answer.status_code == 200
    assert answer.cookies["sbq_session"] != "chosen-by-somebody-else"
    assert not await world.fetchval(
        "SELECT 1 FROM sign_in_session WHERE token_hash = $1", token_hash("chosen-by-somebody-else")
    )


async def test_signing_in_again_ends_the_session_before(door):
    _, login = await door.account()
    browser, _ = await door.sign_in(login)
    before = browser.cookies["sbq_session"]

    await browser.post("/api/v1/sign-in", json={"login": login, "password": PASSWORD})

    stale = await door.browser()
    stale.cookies.set("sbq_session", before)
    door.app.litestar.state.actor_memory.forget(token_hash(before))
    assert (await stale.get("/api/v1/me")).status_code == 401
    assert browser.cookies["sbq_session"] != before


async def test_signing_out_ends_the_session_for_whoever_kept_the_cookie(door):
    _, login = await door.account()
    browser, _ = await door.sign_in(login)
    kept = browser.cookies["sbq_session"]

    answer = await browser.post("/api/v1/sign-out")

    thief = await door.browser()
    thief.cookies.set("sbq_session", kept)
    assert answer.status_code == 204
    assert "sbq_session" not in browser.cookies
    assert (await thief.get("/api/v1/me")).status_code == 401


@pytest.mark.parametrize(
    ("column", "answer"),
    [
        ("expires_at = now()", 401),
        ("seen_at = now() - idle", 401),
        ("seen_at = now() - idle + interval '1 minute'", 200),
    ],
    ids=["too old", "rested too long", "rested nearly too long"],
)
async def test_session_ends_by_age_and_by_rest(door, world, column, answer):
    _, login = await door.account()
    browser, _ = await door.sign_in(login)
    digest = token_hash(browser.cookies["sbq_session"])

    await world.execute(f"UPDATE sign_in_session SET {column} WHERE token_hash = $1", digest)
    door.app.litestar.state.actor_memory.forget(digest)

    assert (await browser.get("/api/v1/me")).status_code == answer


async def test_session_in_use_does_not_rest(door, world):
    _, login = await door.account()
    browser, _ = await door.sign_in(login)
    digest = token_hash(browser.cookies["sbq_session"])
    await world.execute(
        "UPDATE sign_in_session SET seen_at = now() - interval '10 minutes' WHERE token_hash = $1", digest
    )
    door.app.litestar.state.actor_memory.forget(digest)

    await browser.get("/api/v1/me")

    assert await world.fetchval(
        "SELECT now() - seen_at < interval '1 minute' FROM sign_in_session WHERE token_hash = $1", digest
    )


async def test_five_wrong_passwords_lock_even_the_right_one(door, world):
    _, login = await door.account()
    answers = [(await door.sign_in(login, f"falsch falsch {n}"))[1] for n in range(5)]

    _, locked = await door.sign_in(login)

    assert {a.json()["code"] for a in answers} == {"sign_in_failed"}
    assert (locked.status_code, locked.json()["code"]) == (429, "sign_in_locked")
    assert 1 <= int(locked.headers["retry-after"]) <= 60


async def test_lock_ends_after_its_minute_and_the_count_begins_again(door, world):
    _, login = await door.account()
    for n in range(5):
        await door.sign_in(login, f"falsch falsch {n}")

    await world.execute(
        "UPDATE sign_in_failure SET locked_until = now() - interval '1 second' WHERE locked_until IS NOT NULL"
    )

    again = [(await door.sign_in(login, f"wieder falsch {n}"))[1].json()["code"] for n in range(4)]
    assert again == ["sign_in_failed"] * 4
    assert (await door.sign_in(login))[1].status_code == 200


async def test_right_password_forgets_the_wrong_ones(door):
    _, login = await door.account()
    for n in range(4):
        await door.sign_in(login, f"falsch falsch {n}")
    await door.sign_in(login)

    answers = [(await door.sign_in(login, f"falsch falsch {n}"))[1].json()["code"] for n in range(4)]

    assert answers == ["sign_in_failed"] * 4


async def test_guesses_at_once_do_not_slip_past_the_count(door):
    _, login = await door.account()

    answers = await asyncio.gather(*(door.sign_in(login, f"falsch falsch {n}") for n in range(9)))

    codes = sorted(answer.json()["code"] for _, answer in answers)
    assert codes == ["sign_in_failed"] * 5 + ["sign_in_locked"] * 4


async def test_unknown_logins_lock_like_known_ones_and_leave_no_login_behind(door, world):
    browser = await door.browser()
    answers = [
        await browser.post(
            "/api/v1/sign-in", json={"login": "ghost-of-the-workshop", "password": f"falsch falsch {n}"}
        )
        for n in range(6)
    ]

    assert answers[-1].json()["code"] == "sign_in_locked"
    assert not await world.fetchval("SELECT 1 FROM sign_in_failure WHERE subject LIKE '%ghost%'")


async def test_old_failures_are_tidied_away(door, world, db):
    _, login = await door.account()
    await door.sign_in(login, "falsch falsch 1")
    await world.execute("UPDATE sign_in_failure SET last_at = now() - interval '2 days'")

    await tidy_attempts(db)

    assert (
        await world.fetchval("SELECT count(*) FROM sign_in_failure WHERE last_at < now() - interval '1 day'")
        == 0
    )


async def test_weaker_hash_is_made_again_at_sign_in(door, world):
    account, login = await door.account()
    weak = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    await world.execute("UPDATE account SET password_hash = $2 WHERE id = $1", account, weak)

    _, answer = await door.sign_in(login)

    kept = await world.fetchval("SELECT password_hash FROM account WHERE id = $1", account)
    assert answer.status_code == 200
    assert "m=19456,t=2,p=1" in kept


async def test_one_address_is_told_to_wait_and_another_is_not(door, monkeypatch):
    from api.access.commands import signing_in

    monkeypatch.setattr(signing_in, "SIGN_INS_PER_ADDRESS", 2)
    monkeypatch.setattr(signing_in.passwords, "matches", _never)
    crowd = await door.browser()

    answers = [
        await crowd.post("/api/v1/sign-in", json={"login": f"somebody{n}", "password": "x"}) for n in range(3)
    ]
    elsewhere = await (await door.browser()).post(
        "/api/v1/sign-in", json={"login": "somebody9", "password": "x"}
    )

    assert [a.status_code for a in answers] == [401, 401, 429]
    assert answers[2].json()["code"] == "too_many_requests"
    assert int(answers[2].headers["retry-after"]) >= 1
    assert elsewhere.status_code == 401


async def _never(kept: str | None, secret: str) -> bool:
    return False


async def test_sign_in_is_noted(door, world):
    account, login = await door.account()

    await door.sign_in(login)

    events = await world.fetch(
        "SELECT action, details, request_id FROM access_event WHERE account_id = $1", account
    )
    assert [(e["action"], e["details"]) for e in events] == [("signed_in", '{"way": "password"}')]
    assert events[0]["request_id"]


async def test_new_password_ends_the_other_sessions(door):
    _, login = await door.account()
    here, _ = await door.sign_in(login)
    there, _ = await door.sign_in(login)

    answer = await here.post(
        "/api/v1/me/password", json={"current": PASSWORD, "new": "五月的车床转得更稳当一些"}
    )

    door.app.litestar.state.actor_memory.forget(token_hash(there.cookies["sbq_session"]))
    assert answer.status_code == 204
    assert (await here.get("/api/v1/me")).status_code == 200
    assert (await there.get("/api/v1/me")).status_code == 401
    assert (await door.sign_in(login, "五月的车床转得更稳当一些"))[1].status_code == 200


async def test_wrong_current_password_changes_nothing(door, world):
    account, login = await door.account()
    browser, _ = await door.sign_in(login)
    before = await world.fetchval("SELECT password_hash FROM account WHERE id = $1", account)

    answer = await browser.post(
        "/api/v1/me/password", json={"current": "not this one", "new": "五月的车床转得更稳当一些"}
    )

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/current"
    assert await world.fetchval("SELECT password_hash FROM account WHERE id = $1", account) == before
