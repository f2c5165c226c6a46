"""Accounts: who looks after whom, and that nobody takes over an account that holds more than they may give."""

import pytest

from tests.access.conftest import key, outside


def new_account(organisation, login, **more):
    return {
        "login": login,
        "display_name": "张工",
        "organisation_id": outside("organisation", organisation),
        **more,
    }


async def counts(world):
    return await world.fetch(
        "SELECT (SELECT count(*) FROM account) AS accounts, (SELECT count(*) FROM access_event) AS events, "
        "(SELECT count(*) FROM sign_in_link) AS links"
    )


async def test_organiser_makes_an_account_that_signs_in_by_link_and_sets_a_password(door, world):
    organisation = await world.organisation()
    organiser = await world.client("organiser", "organisation", organisation)

    made = await organiser.post(
        "/api/v1/accounts", json=new_account(organisation, f"new.{door.__hash__()}"[:60]), headers=key()
    )
    link = await organiser.post(
        f"/api/v1/accounts/{made.json()['id']}/links", json={"target": "/org"}, headers=key()
    )

    assert made.status_code == link.status_code == 201
    assert made.headers["location"] == f"/api/v1/accounts/{made.json()['id']}"
    browser = await door.browser()
    entered = await browser.post(
        "/api/v1/sign-in/link", json={"token": link.json()["url"].rpartition("/")[2]}
    )
    assert entered.json()["target"] == "/org"
    browser.headers["x-csrf-token"] = entered.json()["csrf_token"]
    password = await browser.post("/api/v1/me/password", json={"new": "六月的图纸铺满整张桌子"})
    assert password.status_code == 422  # eleven characters
    password = await browser.post("/api/v1/me/password", json={"new": "六月的图纸铺满了整张桌子"})
    assert password.status_code == 204


async def test_login_is_taken_once_for_ever(world):
    organisation = await world.organisation()
    organiser = await world.client("organiser", "organisation", organisation)
    login = f"twice{organisation.hex[:12]}"
    await organiser.post("/api/v1/accounts", json=new_account(organisation, login), headers=key())
    before = await counts(world)

    answer = await organiser.post("/api/v1/accounts", json=new_account(organisation, login), headers=key())

    assert (answer.status_code, answer.json()["code"]) == (409, "login_taken")
    assert await counts(world) == before


@pytest.mark.parametrize("login", ["Upper", "a", "späť", "a b", ".dot", "x" * 65, "line\n"])
async def test_login_has_a_plain_shape(world, login):
    organisation = await world.organisation()
    organiser = await world.client("organiser", "organisation", organisation)
    before = await counts(world)

    answer = await organiser.post("/api/v1/accounts", json=new_account(organisation, login), headers=key())

    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, "/login")
    assert await counts(world) == before


async def test_display_name_holds_nothing_unseen(world):
    organisation = await world.organisation()
    organiser = await world.client("organiser", "organisation", organisation)
    before = await counts(world)

    body = new_account(organisation, f"n{organisation.hex[:12]}", display_name="张\u200b工")
    answer = await organiser.post("/api/v1/accounts", json=body, headers=key())

    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "name_invalid")
    assert await counts(world) == before


async def test_account_in_another_organisation_is_not_found(world):
    organiser = await world.client("organiser", "organisation", await world.organisation())
    elsewhere = await world.organisation()
    before = await counts(world)

    made = await organiser.post(
        "/api/v1/accounts", json=new_account(elsewhere, "stranger-danger"), headers=key()
    )

    assert made.status_code == 404
    assert await counts(world) == before


async def test_absent_and_foreign_accounts_answer_alike(world):
    organiser = await world.client("organiser", "organisation", await world.organisation())
    foreign = outside("account", await world.account())
    absent = outside("account", await world.organisation())

    answers = [
        [
            await organiser.get(f"/api/v1/accounts/{account}"),
            await organiser.patch(
                f"/api/v1/accounts/{account}", json={"disabled": True}, headers={"if-match": '"r1"'}
            ),
            await organiser.post(f"/api/v1/accounts/{account}/links", json={}, headers=key()),
            await organiser.post(f"/api/v1/accounts/{account}/badge", json={}, headers=key()),
            await organiser.delete(f"/api/v1/accounts/{account}/totp"),
        ]
        for account in (foreign, absent)
    ]

    assert [[a.status_code for a in row] for row in answers] == [[404] * 5] * 2


@pytest.mark.parametrize("act", ["links", "badge"])
@pytest.mark.parametrize("role", ["administrator", "auditor"])
async def test_nobody_is_let_into_an_account_that_holds_more(world, role, act):
    organisation = await world.organisation()
    organiser = await world.client("organiser", "organisation", organisation)
    account = await world.account()
    await world.execute("UPDATE account SET organisation_id = $2 WHERE id = $1", account, organisation)
    await world.grant(account, role, "organisation", organisation)
    before = await counts(world)

    answer = await organiser.post(
        f"/api/v1/accounts/{outside('account', account)}/{act}", json={}, headers=key()
    )

    assert (answer.status_code, answer.json()["code"]) == (403, "account_holds_more")
    assert await counts(world) == before


async def test_grant_in_another_tree_keeps_an_account_out_of_reach(world):
    organisation = await world.organisation()
    organiser = await world.client("organiser", "organisation", organisation)
    account = await world.account()
    await world.execute("UPDATE account SET organisation_id = $2 WHERE id = $1", account, organisation)
    await world.grant(account, "judge", "contest", (await world.contest()).contest)

    answer = await organiser.post(
        f"/api/v1/accounts/{outside('account', account)}/links", json={}, headers=key()
    )

    assert answer.json()["code"] == "account_holds_more"


async def test_nobody_resets_themselves(world):
    organisation = await world.organisation()
    organiser = await world.client("organiser", "organisation", organisation)

    answer = await organiser.post(
        f"/api/v1/accounts/{outside('account', organiser.account_id)}/links", json={}, headers=key()
    )

    assert (answer.status_code, answer.json()["code"]) == (409, "account_own")


async def test_contest_organiser_gives_badges_to_the_contests_judges(world):
    contest = await world.contest()
    organiser = await world.client("organiser", "contest", contest.contest)
    account = await world.account()
    await world.grant(account, "judge", "contest", contest.contest)

    answer = await organiser.post(
        f"/api/v1/accounts/{outside('account', account)}/badge", json={}, headers=key()
    )

    assert answer.status_code == 201
    assert answer.json()["badge"].startswith("skb_")
    assert len(answer.json()["pin"]) == 4


@pytest.mark.parametrize("target", ["//evil.test", "https://evil.test", "/\\evil.test", "/a b", "org", ""])
async def test_link_leads_to_a_path_of_this_site_only(world, target):
    organisation = await world.organisation()
    organiser = await world.client("organiser", "organisation", organisation)

    answer = await organiser.post(
        f"/api/v1/accounts/{outside('account', organiser.account_id)}/links",
        json={"target": target},
        headers=key(),
    )

    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, "/target")


async def test_holder_changes_the_language_and_nothing_else(world):
    client = await world.client("contestant", "contest", (await world.contest()).contest)
    path = f"/api/v1/accounts/{outside('account', client.account_id)}"

    language = await client.patch(path, json={"locale": "en"}, headers={"if-match": '"r1"'})
    name = await client.patch(path, json={"display_name": "别人"}, headers={"if-match": '"r2"'})

    assert (language.status_code, language.json()["locale"], language.headers["etag"]) == (200, "en", '"r2"')
    assert name.status_code == 404


async def test_change_needs_the_version_it_is_based_on(world):
    client = await world.client("contestant", "contest", (await world.contest()).contest)
    path = f"/api/v1/accounts/{outside('account', client.account_id)}"

    without = await client.patch(path, json={"locale": "en"})
    stale = await client.patch(path, json={"locale": "en"}, headers={"if-match": '"r7"'})

    assert without.status_code == 428
    assert (stale.status_code, stale.json()["current"]["rev"]) == (412, 1)
    assert (await client.get(path)).json()["locale"] == "zh"


async def test_lists_show_ones_own_scopes_page_by_page(world):
    organisation = await world.organisation()
    contest = await world.contest(organisation=organisation)
    organiser = await world.client("organiser", "organisation", organisation)
    for _ in range(3):
        await world.grant(await world.account(), "judge", "contest", contest.contest)
    await world.client("organiser", "organisation", await world.organisation())

    seen, cursor = [], ""
    while True:
        page = (await organiser.get(f"/api/v1/accounts?limit=2{cursor}")).json()
        seen += [account["id"] for account in page["data"]]
        if not page["has_more"]:
            break
        cursor = f"&cursor={page['next_cursor']}"

    assert len(seen) == len(set(seen)) == 4  # the organiser and three judges
    assert (await organiser.get("/api/v1/accounts?cursor=WzEsWyJ4Il1d")).status_code in (400, 410)
    assert (await organiser.get("/api/v1/accounts?colour=red")).json()["code"] == "unknown_parameter"


async def test_problem_codes_have_a_public_page(anonymous):
    known = await anonymous.get("/api/v1/problems/stale")
    unknown = await anonymous.get("/api/v1/problems/nonsense")

    assert (known.status_code, known.json()["status"]) == (200, 412)
    assert unknown.status_code == 404
