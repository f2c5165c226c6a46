"""A newcomer with `create-admin` alone: second factor, season, organisations, an organiser's account, and the first contest, by pages."""

import re
import subprocess
import sys
from collections.abc import Iterator

import pyotp
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.site import Site, environment, running_site
from tests.browser.test_main_job import look

pytestmark = pytest.mark.browser

PASSWORD = "三月的车间里有二十台机床"
WIDE, UPRIGHT = (1440, 900), (820, 1180)


@pytest.fixture(scope="module")
def empty(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A migrated installation with one administrator, made by the command of the README. `site` skips where there is no Chromium."""
    with running_site(tmp_path_factory.mktemp("empty"), demo=False) as empty:
        made = subprocess.run(
            [sys.executable, "-m", "frontend.cli", "create-admin", "--name", "first", "--password-stdin"],
            env=environment(empty),
            input=PASSWORD,
            capture_output=True,
            text=True,
            check=False,
        )
        assert made.returncode == 0, made.stderr
        yield empty


def newcomer(browser: Browser, empty: Site) -> Page:
    context = browser.new_context(
        base_url=empty.url, viewport={"width": DESKTOP[0], "height": DESKTOP[1]}, locale="zh-CN"
    )
    return context.new_page()


def see(page: Page, name: str) -> None:
    """Fit for phone, tablet and desktop, in both languages; a page that a form answered with stays in its own."""
    look(page, name, PHONE, UPRIGHT, WIDE)


def see_in_english(page: Page, name: str) -> None:
    there = page.url
    page.goto(re.sub(r"(//[^/]+)/", r"\1/en/", there, count=1))
    see(page, f"{name}-en")
    page.goto(there)


def enter(page: Page) -> None:
    """Password, and the second factor that an administrator sets up before anything else."""
    page.goto("/login")
    page.fill("#account", "first")
    page.fill("#password", PASSWORD)
    page.click("button[value=password]")
    page.wait_for_url("**/account")
    see(page, "account-must")
    page.click("button[value=begin]")
    see(page, "account-secret")
    page.fill("#code", pyotp.TOTP(page.locator("[data-secret]").inner_text()).now())
    page.click("button[value=confirm]")
    page.wait_for_url("**/org")


def open_season(page: Page) -> None:
    page.goto("/org/new")
    see(page, "new-contest-no-season")
    see_in_english(page, "new-contest-no-season")
    page.click("main a.button--main")
    page.wait_for_url("**/org/admin/seasons")
    assert page.input_value("#plan_city") == "100"
    page.fill("#year", "20")
    page.fill("#name", "2026年职工职业技能大赛")
    page.click("form.sheet button.button--main")
    # Refused: the year is said, the name kept.
    expect(page.locator("#year-error")).to_be_visible()
    assert page.input_value("#name") == "2026年职工职业技能大赛"
    see(page, "seasons-error")
    page.fill("#year", "2026")
    page.click("form.sheet button.button--main")
    page.wait_for_url(re.compile(r"/org/admin/seasons/sea_\w+$"))


def name_organisations(page: Page) -> None:
    page.goto("/org/admin/organisations")
    page.fill("#own_name", "走查省总工会")
    page.fill("#own_short_name", "走查省总")
    page.select_option("#own_region", "130000")
    page.click("button[value=change]")
    expect(page.locator("h1")).to_contain_text("走查省总工会")
    page.select_option("#kind", "federation")
    page.fill("#name", "走查市总工会")
    page.select_option("#tier", "city")
    page.select_option("#region", "130100")
    page.click("button[value=add]")
    expect(page.locator(".data-table")).to_contain_text("走查市总工会")
    see(page, "organisations")
    see_in_english(page, "organisations")


def register_delegation(page: Page) -> None:
    page.goto("/org/admin/seasons")
    see(page, "seasons")
    see_in_english(page, "seasons")
    page.click(".data-table a")
    page.fill("input[name=find]", "走查市")
    page.click(".finder-line button")
    page.select_option("#organisation", label="走查市总工会")
    page.click("button[value=delegation]")
    expect(page.locator(".data-table")).to_contain_text("走查市总工会")
    see(page, "season")
    see_in_english(page, "season")


def make_organiser(page: Page) -> str:
    """An account at the city with the role it needs. Gives its one-time link."""
    page.goto("/org/admin/accounts")
    page.select_option("#organisation", label="走查市总工会")
    page.fill("#login", "city-office")
    page.fill("#name", "市赛办公室")
    page.click("form.fields button.button--main")
    page.wait_for_url(re.compile(r"/org/admin/accounts/acc_\w+$"))
    page.select_option("#role", "organiser")
    page.select_option("#where", label="走查市总工会")
    page.fill("#until", "2090-12-31")
    page.click("button[value=grant]")
    expect(page.locator(".data-table")).to_contain_text("主办单位")
    see(page, "account")
    see_in_english(page, "account")
    page.click("button[value=link]")
    see(page, "account-link")
    link = page.locator("[data-way-in]").inner_text()
    page.goto("/org/admin/accounts")
    see(page, "accounts")
    see_in_english(page, "accounts")
    page.goto("/org/admin")
    see(page, "admin")
    see_in_english(page, "admin")
    return link


def hold_contest(page: Page, link: str) -> None:
    """Come in by the link, set a password, make the contest and announce it."""
    page.goto(link)
    page.click("main form button")
    page.wait_for_url("**/account")
    page.fill("#new", PASSWORD + "二")
    page.click("button[value=password]")
    expect(page.locator(".strip--ok")).to_be_visible()
    see(page, "account-saved")
    see_in_english(page, "account-own")
    page.goto("/org/new")
    page.fill("#name", "走查市第一届比武")
    for field, day in (
        ("registration_from", "2026-01-10"), ("registration_until", "2090-01-31"), ("starts_on", "2090-03-01"),
        ("ends_on", "2090-03-02"),
    ):  # fmt: skip
        page.fill(f"#{field}", day)
    page.click("form.sheet button.button--main")
    page.wait_for_url(re.compile(r"/org/c/con_\w+$"))
    page.click("#gate button")
    expect(page.locator("#gate h2")).to_contain_text("已发布")


def test_first_use_from_create_admin_to_a_contest_that_registers(empty: Site, browser: Browser) -> None:
    admin, organiser = newcomer(browser, empty), newcomer(browser, empty)

    enter(admin)
    open_season(admin)
    name_organisations(admin)
    register_delegation(admin)
    link = make_organiser(admin)
    hold_contest(organiser, link)

    [contest] = empty.ask("SELECT state, tier FROM contest")
    assert (contest["state"], contest["tier"]) == ("published", "city")
    # Announced to everybody, and open for the people of every employer.
    organiser.click("#gate a")
    expect(organiser.locator("h1")).to_contain_text("走查市第一届比武")
    admin.context.close()
    organiser.context.close()
