"""A visitor without an account walks from the home page to a ranking."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import CHECKS, PHONE, TABLET, Visit, offences
from tests.browser.site import Site

pytestmark = pytest.mark.browser

PUBLISHED_ITEM = """
SELECT c.slug, i.code FROM publication p JOIN item i ON i.id = p.item_id JOIN contest c ON c.id = i.contest_id
WHERE p.state = 'final' AND c.slug LIKE '%-final-early' ORDER BY c.slug, i.code LIMIT 1
"""

CITIES = """
SELECT name_zh FROM contest
WHERE tier = 'city' AND season_id = (SELECT season_id FROM contest WHERE slug = $1) ORDER BY slug
"""
# The home page shows the newest season; other walks may have begun seasons of their own.
DEMO_FIRST = "UPDATE season SET year = 2099 WHERE id = (SELECT season_id FROM contest WHERE slug = $1)"


@pytest.fixture(scope="module")
def item(site: Site) -> str:
    """Address of an item of the province with a final ranking, in the season that the home page shows."""
    [found] = site.ask(PUBLISHED_ITEM)
    site.ask(DEMO_FIRST, found["slug"])
    return f"/c/{found['slug']}/e/{found['code']}"


@pytest.mark.parametrize("locale", ["zh", "en"])
@pytest.mark.parametrize("script", [True, False], ids=["script", "plain"])
def test_visitor_walks_from_home_to_a_ranking(visit: Visit, item: str, locale: str, script: bool) -> None:
    prefix = "/en" if locale == "en" else ""
    slug = item.split("/")[2]
    page = visit(size=PHONE, script=script, locale=locale)
    page.goto(prefix or "/")

    page.click(f"#contests a[href='{prefix}/c/{slug}']")
    page.click(f".item-list a[href='{prefix}{item}']")
    page.click(f"a[href='{prefix}{item}/rank']")

    assert page.url.endswith(f"{prefix}{item}/rank")
    assert page.locator(".rank-row, .rank-table tbody tr, [id^=entry-]").count() > 3


@pytest.fixture(scope="module")
def paths(item: str) -> list[str]:
    """The public pages."""
    return ["/", "/?tier=county", "/login", item.rpartition("/e/")[0], item, f"{item}/rank"]


def test_public_pages_are_for_everybody_at_every_width(visit: Visit, paths: list[str]) -> None:
    page = visit()

    for path in paths:
        page.goto(path)
        for size in (PHONE, TABLET):
            page.set_viewport_size({"width": size[0], "height": size[1]})
            assert offences(page) == [], (path, size)


def test_english_pages_fit_and_speak_english(visit: Visit, paths: list[str]) -> None:
    page = visit(size=PHONE, locale="en")

    for path in paths:
        page.goto(f"/en{path.removeprefix('/') if path.startswith('/?') else path}".removesuffix("/"))
        page.evaluate(CHECKS)
        assert page.evaluate("checks.foreign()") == [], path
        assert page.evaluate("checks.overflow()") == [], path


def test_search_finds_while_typing(visit: Visit, site: Site, item: str) -> None:
    [contest, *_] = site.ask(CITIES, item.split("/")[2])
    page = visit()
    page.goto("/?tier=city")
    before = page.locator(".contest-row").count()

    page.fill(".finder input[type=search]", contest["name_zh"][:8])

    expect(page.locator(".contest-row")).not_to_have_count(before)
    assert contest["name_zh"] in page.locator("#contests").inner_text()


def test_one_time_address_signs_in_and_leaves_the_address_bar(visit: Visit, site: Site) -> None:
    page = visit("organiser")

    assert "demo-" not in page.url
    assert page.evaluate("document.referrer + document.cookie") == ""
