"""A change under a cookie comes from our own pages and carries the session's token."""

import base64

import pytest

from tests.access.conftest import PASSWORD


async def change(client, **headers):
    return await client.post("/api/v1/me/password", json={"new": "x"}, headers=headers)


async def test_change_without_the_sessions_token_is_refused(world):
    client = await world.client("organiser")
    del client.headers["x-csrf-token"]

    answer = await change(client)

    assert (answer.status_code, answer.json()["code"]) == (403, "csrf_failed")


async def test_token_of_another_session_is_refused(world):
    client, other = await world.client("organiser"), await world.client("organiser")

    answer = await change(client, **{"x-csrf-token": other.headers["x-csrf-token"]})

    assert answer.json()["code"] == "csrf_failed"


async def test_sessions_own_token_passes(world):
    client = await world.client("organiser")

    assert (await change(client)).json()["code"] != "csrf_failed"


async def test_reading_needs_no_token(world):
    client = await world.client("organiser")
    del client.headers["x-csrf-token"]

    assert (await client.get("/api/v1/me")).status_code == 200


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
async def test_browser_that_says_it_comes_from_elsewhere_is_refused(world, site):
    client = await world.client("organiser")

    assert (await change(client, **{"sec-fetch-site": site})).json()["code"] == "csrf_failed"


@pytest.mark.parametrize(
    ("origin", "refused"),
    [
        ("https://evil.test", True),
        ("null", True),
        ("http://testserver", False),
        ("http://127.0.0.1:8000", False),
    ],
)
async def test_older_browser_names_its_origin(world, origin, refused):
    client = await world.client("organiser")

    assert ((await change(client, origin=origin)).json()["code"] == "csrf_failed") == refused


async def test_other_authorization_than_a_token_is_no_way_around(world):
    client = await world.client("organiser")
    del client.headers["x-csrf-token"]
    basic = base64.b64encode(b"a:b").decode()

    assert (await change(client, authorization=f"Basic {basic}")).json()["code"] == "csrf_failed"


async def test_nobody_is_signed_in_from_another_site(door):
    _, login = await door.account()
    browser = await door.browser()

    answer = await browser.post(
        "/api/v1/sign-in",
        json={"login": login, "password": PASSWORD},
        headers={"sec-fetch-site": "cross-site"},
    )

    assert (answer.status_code, answer.json()["code"]) == (403, "csrf_failed")
    assert "set-cookie" not in answer.headers


async def test_signing_in_over_an_old_session_needs_no_token_of_it(door):
    _, login = await door.account()
    browser, _ = await door.sign_in(login)
    del browser.headers["x-csrf-token"]

    answer = await browser.post("/api/v1/sign-in", json={"login": login, "password": PASSWORD})

    assert answer.status_code == 200
