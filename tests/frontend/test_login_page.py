"""X2: who comes in, what is asked for next, and where the link's secret does not stay."""

import pyotp
import pytest

from api.access import passwords
from api.access.authentication import token_hash
from api.access.second_factor import seal
from api.access.secret_texts import cipher_of, new_token

PASSWORD = "一把很长的钥匙 3 chars"


@pytest.fixture
async def account(world):
    """(login, id) of an organiser with a password."""
    account = await world.account("王办事员")
    await world.grant(account, "organiser", "organisation", await world.organisation())
    secret = await passwords.hash_secret(PASSWORD)
    await world.execute("UPDATE account SET password_hash = $2 WHERE id = $1", account, secret)
    return await world.fetchval("SELECT login FROM account WHERE id = $1", account), account


@pytest.fixture
async def totp(world, settings, account):
    """The second factor of that organiser."""
    secret = pyotp.random_base32()
    sealed = seal(cipher_of(settings.secret_key), account[1], secret)
    await world.execute(
        "UPDATE account SET totp_cipher = $2, totp_confirmed = true WHERE id = $1", account[1], sealed
    )
    return pyotp.TOTP(secret)


async def sign_in(visitor, account, **more):
    return await visitor.post(
        "/login", data={"act": "password", "account": account[0], "password": PASSWORD, **more}
    )


async def link_of(world, account, target="/"):
    token = new_token()
    await world.execute(
        "INSERT INTO sign_in_link (token_hash, account_id, target, expires_at) VALUES ($1, $2, $3, now() + interval '1 hour')",
        token_hash(token), account[1], target,
    )  # fmt: skip
    return token


def session_of(answer):
    return [cookie for cookie in answer.headers.get_list("set-cookie") if cookie.startswith("sbq_session=")]


async def test_password_opens_a_session_and_the_page_where_the_work_begins(visitor, account):
    answer = await sign_in(visitor, account)

    assert (answer.status_code, answer.headers["location"]) == (303, "/org")
    assert "HttpOnly" in session_of(answer)[0]
    assert (await visitor.get("/api/v1/me")).json()["login"] == account[0]


async def test_english_door_leads_to_english_pages(visitor, account):
    page = await visitor.get("/en/login")
    answer = await visitor.post(
        "/en/login", data={"act": "password", "account": account[0], "password": PASSWORD}
    )

    assert '<html lang="en"' in page.text
    assert answer.headers["location"] == "/en/org"


async def test_wrong_password_keeps_the_account_and_never_the_password(visitor, account):
    answer = await sign_in(visitor, account, password="not the password")

    assert answer.status_code == 422
    assert f'value="{account[0]}"' in answer.text
    assert "not the password" not in answer.text
    assert answer.text.count("<title>错误：") == 1
    assert not session_of(answer)


async def test_unknown_account_and_wrong_password_get_the_same_page(visitor, account):
    unknown = await visitor.post(
        "/login", data={"act": "password", "account": "nobody", "password": PASSWORD}
    )
    wrong = await sign_in(visitor, account, password="not the password")

    assert unknown.text.replace("nobody", account[0]) == wrong.text


async def test_second_factor_is_asked_for_and_the_password_is_not_on_the_page(visitor, account, totp):
    asked = await sign_in(visitor, account, next="/org/new")
    entered = await visitor.post("/login", data={"act": "totp", "code": totp.now()})

    assert asked.status_code == 422
    assert 'name="code"' in asked.text
    assert PASSWORD not in asked.text + str(asked.headers)
    assert (entered.status_code, entered.headers["location"]) == (303, "/org/new")
    assert (await visitor.get("/api/v1/me")).json()["second_factor"] is True


async def test_wrong_code_asks_again(visitor, account, totp):
    await sign_in(visitor, account)

    answer = await visitor.post("/login", data={"act": "totp", "code": "12345x"})

    assert answer.status_code == 422
    assert 'name="code"' in answer.text
    assert "error-summary" in answer.text


async def test_code_without_password_begins_again(visitor, account, totp):
    answer = await visitor.post("/login", data={"act": "totp", "code": totp.now()})

    assert (answer.status_code, answer.headers["location"]) == (303, "/login")


async def test_forged_door_cookie_is_no_door(visitor):
    visitor.cookies.set("sbq_door", "AQIDBAUGBwgJCgsMDQ4PEBESExQ=")

    answer = await visitor.post("/login", data={"act": "totp", "code": "123456"})

    assert answer.headers["location"] == "/login"


@pytest.mark.parametrize(
    "address",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "/\t/evil.example", "javascript:alert(1)", "org"],
)  # fmt: skip
async def test_next_never_leads_to_another_site(visitor, account, address):
    answer = await sign_in(visitor, account, next=address)

    assert answer.headers["location"] == "/org"


async def test_who_is_in_does_not_stand_before_the_door(world):
    organiser = await world.client("organiser", "organisation", await world.organisation())

    assert (await organiser.get("/login")).headers["location"] == "/org"


async def test_looking_at_a_link_does_not_use_it_up_and_its_secret_leaves_the_address(
    world, visitor, account
):
    token = await link_of(world, account, "/org/new")

    looked = await visitor.get(f"/login/link/{token}")
    await visitor.get(f"/login/link/{token}")
    page = await visitor.get(looked.headers["location"])
    used = await visitor.post("/login/link")

    assert looked.headers["location"] == "/login/link"
    assert token not in str(looked.headers) + page.text
    assert "这个链接只能用一次" in page.text
    assert used.headers["location"] == "/org/new"
    assert session_of(used)


async def test_link_works_once(world, visitor, account):
    token = await link_of(world, account)
    for _ in range(2):
        await visitor.get(f"/login/link/{token}")
        answer = await visitor.post("/login/link")

    assert answer.status_code == 422
    assert "链接" in answer.text
    assert not session_of(answer)


async def test_link_asks_for_the_second_factor(world, visitor, account, totp):
    await visitor.get(f"/login/link/{await link_of(world, account)}")

    asked = await visitor.post("/login/link")
    entered = await visitor.post("/login", data={"act": "totp", "code": totp.now()})

    assert 'name="code"' in asked.text
    assert session_of(entered)


async def test_demo_link_signs_in_directly_and_again(world, visitor, account):
    token = "demo-" + new_token()
    await world.execute(
        "INSERT INTO sign_in_link (token_hash, account_id, target, reusable, expires_at) "
        "VALUES ($1, $2, '/', true, now() + interval '1 hour')",
        token_hash(token), account[1],
    )  # fmt: skip

    answers = [await visitor.get(f"/login/link/{token}") for _ in range(2)]

    assert [answer.headers["location"] for answer in answers] == ["/org", "/org"]
    assert all(session_of(answer) for answer in answers)


async def test_signing_out_ends_the_session_and_needs_the_forms_token(world):
    organiser = await world.client("organiser", "organisation", await world.organisation())
    token = organiser.headers.pop("x-csrf-token")

    refused = await organiser.post("/logout")
    out = await organiser.post("/logout", data={"csrf_token": token})

    assert refused.status_code == 403
    assert out.headers["location"] == "/"
    assert "Max-Age=0" in session_of(out)[0]
    assert (await organiser.get("/api/v1/me")).status_code == 401


async def test_door_is_never_kept(visitor):
    assert (await visitor.get("/login")).headers["cache-control"] == "no-store"
