"""From `create-admin` alone to a contest: second factor, season, organisations, delegations, accounts and roles by plain forms."""

import html
import re
import secrets

import pyotp
import pytest

from api.access.commands.accounts import create_administrator
from api.plumbing.ids import encode_id
from tests.frontend.forms import hidden, page_of, send

PASSWORD = "三月的车间里有二十台机床"


@pytest.fixture
async def root(world):
    """An organisation and its administrator, signed in with both factors."""
    organisation = await world.organisation("设置省总工会" + secrets.token_hex(3))
    return organisation, await world.client("administrator", "organisation", organisation)


def outside(organisation):
    return encode_id("organisation", organisation)


async def sign_in(visitor, login, password):
    return await visitor.post("/login", data={"act": "password", "account": login, "password": password})


async def test_first_administrator_sets_up_the_second_factor_on_a_page(world, visitor):
    login = f"first{secrets.token_hex(4)}"
    await create_administrator(world.db, login, PASSWORD, organisation_id=await world.organisation())

    entered = await sign_in(visitor, login, PASSWORD)

    assert entered.headers["location"] == "/account"
    # Nothing else opens before, and every page leads here.
    assert (await visitor.get("/org")).headers["location"] == "/account"
    page = await page_of(visitor, "/account")
    begun = await send(visitor, "/account", page, act="begin")
    secret = re.search(r"data-secret>(\w+)<", begun.text)[1]
    wrong = await send(visitor, "/account", begun.text, act="confirm", code="12x456")
    assert wrong.status_code == 422
    assert secret not in wrong.text
    done = await send(visitor, "/account", wrong.text, act="confirm", code=pyotp.TOTP(secret).now())
    assert done.headers["location"] == "/org"
    assert "管理" in await page_of(visitor, "/org")


async def test_holder_of_a_link_sets_a_password_and_comes_in_by_it(world, visitor):
    client = await world.client("organiser", "organisation", await world.organisation())
    login = await world.fetchval("SELECT login FROM account WHERE id = $1", client.account_id)
    page = await page_of(client, "/account")
    short = await send(client, "/account", page, act="password", new="短")

    saved = await send(client, "/account", page, act="password", new=PASSWORD)

    assert short.status_code == 422
    assert 'id="new-error"' in short.text
    assert "密码已保存" in saved.text
    assert (await sign_in(visitor, login, PASSWORD)).status_code == 303


async def test_new_contest_without_a_season_leads_to_the_season_form(root):
    _, admin = root

    page = await page_of(admin, "/org/new")

    assert "还没有赛季" in page
    assert 'href="/org/admin/seasons"' in page
    assert "/org/admin" in await page_of(admin, "/org")
    assert (await send(admin, "/org/new", page, name="空")).status_code == 409


async def test_new_contest_for_an_account_that_hosts_nowhere_says_what_is_missing(world):
    contest = await world.contest()
    client = await world.client("organiser", "contest", contest.contest)

    page = await page_of(client, "/org/new")

    assert "不能新建赛事" in page
    assert "<form" not in page.partition("<main")[2].partition("</main")[0]


async def test_season_opens_with_its_plan_and_sent_twice_opens_once(world, root):
    organisation, admin = root
    page = await page_of(admin, "/org/admin/seasons")
    assert hidden(page, "plan_base") == "1000"
    fields = {
        "key": hidden(page, "key"), "organisation": outside(organisation), "year": "2026", "name": "2026年大赛",
        "plan_province": "10", "plan_city": "100", "plan_base": "900",
    }  # fmt: skip

    first = await send(admin, "/org/admin/seasons", page, **fields)
    again = await send(admin, "/org/admin/seasons", page, **fields)

    assert first.status_code == again.status_code == 303, first.text
    assert first.headers["location"] == again.headers["location"]
    rows = await world.fetch("SELECT year, plan_base FROM season WHERE organisation_id = $1", organisation)
    assert rows == [{"year": 2026, "plan_base": 900}]
    assert "2026年大赛" in await page_of(admin, "/org/admin/seasons")
    assert "<form" in await page_of(admin, "/org/new")


async def test_wrong_season_keeps_what_was_typed_and_names_every_field(world, root):
    organisation, admin = root
    page = await page_of(admin, "/org/admin/seasons")

    answer = await send(
        admin, "/en/org/admin/seasons", page, organisation=outside(organisation), year="20x6", name="留下的名称",
        plan_province="-1", plan_city="100", plan_base="1000",
    )  # fmt: skip

    assert answer.status_code == 422
    assert 'id="year-error"' in answer.text
    assert 'id="plan_province-error"' in answer.text
    assert "留下的名称" in answer.text
    assert "whole number from 1949 to 2200" in answer.text
    assert await world.fetchval("SELECT count(*) FROM season WHERE organisation_id = $1", organisation) == 0


async def test_plan_of_a_season_changes_and_a_stale_form_does_not(world, root):
    organisation, admin = root
    season = encode_id("season", await world.season(organisation))
    path = f"/org/admin/seasons/{season}"
    page = await page_of(admin, path)
    plan = {
        "act": "plan",
        "rev": "1",
        "name": "改过的赛季",
        "plan_province": "9",
        "plan_city": "8",
        "plan_base": "7",
    }

    first = await send(admin, path, page, **plan)
    stale = await send(admin, path, page, **plan)

    assert (first.status_code, stale.status_code) == (303, 412)
    assert "改过的赛季" in await page_of(admin, path)


async def test_delegation_takes_its_names_from_the_organisation_that_sends_it(world, root):
    organisation, admin = root
    city = await world.organisation("设置市总工会" + secrets.token_hex(3), organisation, short_name="设置市")
    season = encode_id("season", await world.season(organisation))
    path = f"/org/admin/seasons/{season}"
    page = await page_of(admin, path, find="设置市总")
    assert outside(city) in page

    fields = {
        "key": hidden(page, "key"),
        "act": "delegation",
        "kind": "region",
        "organisation": outside(city),
    }
    made = await send(admin, path, page, **fields)
    refused = await send(admin, path, page, act="delegation", kind="", delegation="没有类型")

    assert made.status_code == 303, made.text
    assert await world.fetch("SELECT short_name, organisation_id FROM delegation") != []
    assert "设置市" in await page_of(admin, path)
    assert refused.status_code == 422
    assert "没有类型" in refused.text


async def test_organisation_is_added_below_another_and_found_again(world, root):
    organisation, admin = root
    page = await page_of(admin, "/org/admin/organisations")
    fields = {
        "act": "add", "parent": outside(organisation), "kind": "federation", "tier": "city", "name": "设置第二市工会",
        "short_name": "", "region": "130100", "key": hidden(page, "key"),
    }  # fmt: skip

    made = await send(admin, "/org/admin/organisations", page, **fields)
    same = await send(admin, "/org/admin/organisations", page, **(fields | {"key": "another-key-1"}))
    long = await send(
        admin, "/org/admin/organisations", page,
        **(fields | {"key": "another-key-2", "name": "字" * 17, "short_name": ""}),
    )  # fmt: skip

    assert made.status_code == 303, made.text
    below = await page_of(admin, "/org/admin/organisations")
    assert "设置第二市工会" in below
    assert "石家庄" in below
    assert same.status_code == 409
    assert 'value="设置第二市工会"' in same.text
    assert long.status_code == 422
    assert 'id="short_name-error"' in long.text
    assert "设置第二市工会" in await page_of(admin, "/org/admin/organisations", q="设置第二")


async def test_first_organisation_gets_its_true_name(world, root):
    organisation, admin = root
    page = await page_of(admin, "/org/admin/organisations")
    rev = hidden(page, "rev")

    changed = await send(
        admin, "/org/admin/organisations", page, act="change", parent=outside(organisation), rev=rev,
        own_name="真名省总工会", own_short_name="真名省",
    )  # fmt: skip

    assert changed.status_code == 303, changed.text
    assert "真名省总工会" in await page_of(admin, "/org/admin/organisations")


async def test_organisations_and_accounts_are_listed_by_pages(world, root):
    organisation, admin = root
    for number in range(51):
        await world.organisation(f"设置{number:02}县工会{secrets.token_hex(2)}", organisation)

    first = await page_of(admin, "/org/admin/organisations")
    onwards = re.search(r'rel="next" href="([^"]+)"', first)[1]

    second = (await admin.get(html.unescape(onwards))).text
    assert first.count("县工会") >= 50
    assert "设置50县" in second
    assert "设置00县" not in second


async def test_neither_organisation_nor_account_of_others_is_shown_or_changed(world, root):
    _, admin = root
    stranger = await world.organisation("外省总工会" + secrets.token_hex(3))
    other = await world.client("organiser", "organisation", stranger)
    page = await page_of(admin, "/org/admin/accounts")

    account = f"/org/admin/accounts/{encode_id('account', other.account_id)}"
    answers = [
        await admin.get("/org/admin/organisations", params={"parent": outside(stranger)}),
        await admin.get(account),
        await send(admin, account, page, act="link", hours="24", target="/"),
        await send(
            admin, "/org/admin/organisations", page, act="add", kind="federation", tier="",
            parent=outside(stranger), name="闯入", short_name="闯入",
        ),
    ]  # fmt: skip

    assert [answer.status_code for answer in answers] == [404, 404, 404, 404]
    assert await world.fetchval("SELECT count(*) FROM organisation WHERE name_zh = '闯入'") == 0


async def make_account(admin, organisation, login=None):
    page = await page_of(admin, "/org/admin/accounts")
    made = await send(
        admin, "/org/admin/accounts", page, key=hidden(page, "key"), organisation=outside(organisation),
        login=login or f"acc{secrets.token_hex(4)}", name="市赛办",
    )  # fmt: skip
    assert made.status_code == 303, made.text
    return made.headers["location"]


async def test_account_gets_a_role_a_link_and_loses_the_role_again(world, root, visitor):
    organisation, admin = root
    path = await make_account(admin, organisation)
    page = await page_of(admin, path)

    given = await send(
        admin, path, page, act="grant", role="organiser", where=outside(organisation), **{"from": "", "until": "2090-01-31"}
    )  # fmt: skip
    assert given.status_code == 303, given.text
    page = await page_of(admin, path)
    first = await send(admin, path, page, act="link", hours="24", target="/account")
    second = await send(admin, path, page, act="link", hours="72", target="/account")

    links = [
        re.search(r"data-way-in>([^<]+)<", each.text)[1].replace("&#x2f;", "/") for each in (first, second)
    ]
    assert links[1] not in await page_of(admin, path)
    # The old link is spent by the new one.
    codes = []
    for link in links:
        token = link.rpartition("/")[2]
        codes.append((await visitor.post("/api/v1/sign-in/link", json={"token": token})).status_code)
    assert codes == [401, 200]
    assert (await visitor.get("/org")).status_code == 200
    ended = await send(admin, path, page, act="end", grant=hidden(page, "grant"))
    assert ended.status_code == 303
    assert "还没有角色" in await page_of(admin, path)


async def test_refused_role_is_said_on_the_form_in_the_readers_language(world, root):
    organisation, admin = root
    path = await make_account(admin, organisation)
    page = await page_of(admin, path)
    period = {"from": "2026-02-30", "until": "2026-01-31"}

    wrong = await send(admin, "/en" + path, page, act="grant", role="", where="", reason="留着", **period)
    late = await send(
        admin, path, page, act="grant", role="organiser", where=outside(organisation), **(period | {"from": "2026-03-01"})
    )  # fmt: skip

    assert wrong.status_code == late.status_code == 422
    for field in ("role", "where", "from"):
        assert f'id="{field}-error"' in wrong.text
    assert "is not an existing date" in wrong.text
    assert "留着" in wrong.text
    assert 'id="until-error"' in late.text
    assert (
        await world.fetchval(
            "SELECT count(*) FROM access_grant WHERE role = 'organiser' AND scope_id = $1", organisation
        )
        == 0
    )


async def test_organiser_makes_no_administrator_and_nobody_a_role_for_themselves(world, root):
    organisation, _ = root
    organiser = await world.client("organiser", "organisation", organisation)
    path = await make_account(organiser, organisation)
    page = await page_of(organiser, path)
    assert 'value="administrator"' not in page

    higher = await send(organiser, path, page, act="grant", role="administrator", where=outside(organisation))
    own = f"/org/admin/accounts/{encode_id('account', organiser.account_id)}"
    self_given = await send(organiser, own, page, act="grant", role="reviewer", where=outside(organisation))

    assert (higher.status_code, self_given.status_code) == (403, 409)
    assert higher.text.count("error-summary") == self_given.text.count("error-summary") == 1
    assert 'name="role"' not in await page_of(organiser, own)
    assert await world.fetchval("SELECT count(*) FROM access_grant WHERE scope_id = $1", organisation) == 2


async def test_wrong_account_names_every_field_and_a_taken_login(world, root):
    organisation, admin = root
    await make_account(admin, organisation, login := f"acc{secrets.token_hex(4)}")
    page = await page_of(admin, "/org/admin/accounts")

    wrong = await send(admin, "/org/admin/accounts", page, login="有 空格", name=" ", organisation="")
    taken = await send(
        admin, "/org/admin/accounts", page, login=login, name="再来", organisation=outside(organisation)
    )

    assert wrong.status_code == 422
    for field in ("login", "name", "organisation"):
        assert f'id="{field}-error"' in wrong.text
    assert taken.status_code == 409
    assert 'id="login-error"' in taken.text
    assert "再来" in taken.text
    assert login in await page_of(admin, "/org/admin/accounts", q=login[3:])


async def test_account_is_switched_off_and_on(world, root):
    organisation, admin = root
    path = await make_account(admin, organisation)
    page = await page_of(admin, path)

    off = await send(admin, path, page, act="off", rev=hidden(page, "rev"))
    after = await page_of(admin, path)
    on = await send(admin, path, after, act="on", rev=hidden(after, "rev"))

    assert (off.status_code, on.status_code) == (303, 303)
    assert "已停用" in after
    assert "已停用" not in (await page_of(admin, path)).partition("title-block")[2].partition("</nav>")[0]


async def test_start_page_counts_and_leads_on_in_both_languages(root):
    _, admin = root

    page = await page_of(admin, "/org/admin")

    assert [word for word in ("赛季", "单位", "代表队", "账号与权限") if word not in page] == []
    assert "Delegations" in await page_of(admin, "/en/org/admin")


async def test_registrar_does_not_see_the_administration(world):
    client = await world.client("registrar", "organisation", await world.organisation())

    for path in ("/org/admin", "/org/admin/seasons", "/org/admin/organisations", "/org/admin/accounts"):
        assert (await client.get(path)).status_code == 403
