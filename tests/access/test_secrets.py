"""What is secret is in no log, no address, no table and no answer but the one that shows it."""

import re
import sys

import pyotp
import pytest
import structlog
from structlog.testing import capture_logs

from tests.access.conftest import PASSWORD, key, outside


@pytest.fixture
async def walk(door, world, monkeypatch):
    """Everything secret that a day at the door makes, and all that was answered and logged: (secrets, answers, log)."""
    # A logger keeps the configuration of its first use: fresh ones, so that what they say is seen here.
    for name, module in list(sys.modules.items()):
        if name.startswith(("api.", "frontend.")) and hasattr(module, "log"):
            monkeypatch.setattr(module, "log", structlog.get_logger())
    organisation = await world.organisation()
    organiser = await world.client("organiser", "organisation", organisation)
    account, login = await door.account()
    await world.execute("UPDATE account SET organisation_id = $2 WHERE id = $1", account, organisation)
    path = f"/api/v1/accounts/{outside('account', account)}"
    answers = []

    async def ask(client, method, url, **more):
        answer = await client.request(method, url, **more)
        answers.append(answer)
        return answer.json()

    with capture_logs() as log:
        link = await ask(organiser, "POST", f"{path}/links", json={}, headers=key())
        badge = await ask(organiser, "POST", f"{path}/badge", json={"pin": "83716254"}, headers=key())
        token = await ask(
            organiser, "POST", "/api/v1/tokens", json={"name": "对接", "scopes": ["read"]}, headers=key()
        )
        browser, signed_in = await door.sign_in(login)
        answers.append(signed_in)
        factor = await ask(browser, "POST", f"{path}/totp")
        await ask(
            await door.browser(),
            "POST",
            "/api/v1/sign-in/link",
            json={"token": link["url"].rpartition("/")[2]},
        )
        await ask(
            await door.browser(),
            "POST",
            "/api/v1/sign-in/badge",
            json={"badge": badge["badge"], "pin": badge["pin"]},
        )
        program = await door.browser()
        await ask(program, "GET", "/api/v1/me", headers={"authorization": f"Bearer {token['token']}"})
        await ask(organiser, "GET", path)
        await ask(organiser, "GET", "/api/v1/accounts")
        await ask(organiser, "GET", "/api/v1/tokens")
        await ask(
            await door.browser(),
            "POST",
            "/api/v1/sign-in",
            json={"login": login, "password": "falsch falsch 1"},
        )
    secrets = {
        "password": PASSWORD,
        "session": browser.cookies["sbq_session"],
        "link": link["url"].rpartition("/")[2],
        "badge": badge["badge"],
        "pin": badge["pin"],
        "token": token["token"],
        "totp": factor["secret"],
    }
    return secrets, answers, str(log), login


async def test_log_holds_no_secret_and_no_login(walk):
    secrets, _, log, login = walk

    assert "'event': 'request'" in log
    assert [name for name, secret in {**secrets, "login": login}.items() if secret in log] == []


async def test_answers_show_each_secret_once_and_no_hash(walk):
    secrets, answers, _, _ = walk
    bodies = [answer.text for answer in answers]

    shown = {name: sum(secret in body for body in bodies) for name, secret in secrets.items()}

    assert shown == {"password": 0, "session": 0, "link": 1, "badge": 1, "pin": 1, "token": 1, "totp": 1}
    assert not any(re.search(r"argon2|_hash\"|cipher", body) for body in bodies)


async def test_no_address_asked_for_holds_a_secret(walk):
    secrets, answers, _, _ = walk

    assert not [a.url for a in answers for secret in secrets.values() if secret in str(a.url)]


async def test_no_table_holds_a_secret(walk, world):
    secrets, _, _, _ = walk
    tables = await world.fetch(
        "SELECT c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
        "WHERE c.relkind = 'r' AND n.nspname = 'public'"
    )

    found = [
        (table["name"], name)
        for table in tables
        for name, secret in secrets.items()
        if await world.fetchval(
            f'SELECT 1 FROM "{table["name"]}" t WHERE position($1 in t::text) > 0 OR position($2 in t::text) > 0 LIMIT 1',
            secret, secret.encode().hex(),
        )
    ]  # fmt: skip

    assert found == []


async def test_totp_secret_is_what_the_authenticator_takes(walk):
    secrets, _, _, _ = walk

    assert re.fullmatch(r"[A-Z2-7]{32}", secrets["totp"])
    assert re.fullmatch(r"[0-9]{6}", pyotp.TOTP(secrets["totp"]).now())
