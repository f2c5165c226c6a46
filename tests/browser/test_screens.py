"""S1 and S2 in a real browser: the hall follows the presenter, keeps what it has when the line is silent, and catches up (SSE-1, SSE-2)."""

import pytest
from playwright.sync_api import expect

from api.access.authentication import token_hash
from api.plumbing.db import Db
from tests.browser.conftest import PHONE, Visit
from tests.browser.site import Site, apart

pytestmark = pytest.mark.browser

FULL = (1920, 1080)
FINAL = """
SELECT c.id AS contest, c.slug, c.season_id, i.id AS item, i.code FROM publication p JOIN item i ON i.id = p.item_id
JOIN contest c ON c.id = i.contest_id WHERE p.state = 'final' AND c.slug LIKE '%-final-early' ORDER BY c.slug, i.code LIMIT 1
"""
ADD = """
INSERT INTO screen (season_id, contest_id, name, code, view, item_id) VALUES ($1, $2, $3, $4, $5, $6) RETURNING id
"""
# Cuts the open stream as a lost network would.
CUTTER = """
const real = window.fetch;
window.fetch = (url, options = {}) => {
  if (!String(url).endsWith("/events")) return real(url, options);
  const cutter = new AbortController();
  window.cut = () => cutter.abort();
  return real(url, { ...options, signal: cutter.signal });
};
"""
PRESENTER = """
WITH made AS (INSERT INTO account (login, display_name) VALUES ('presenter-' || $3, '主持人') RETURNING id),
held AS (INSERT INTO access_grant (account_id, role, scope_kind, scope_id, contest_id) SELECT id, 'presenter', 'contest', $1, $1 FROM made)
INSERT INTO sign_in_link (token_hash, account_id, target, reusable, expires_at)
SELECT $2, id, '/', true, now() + interval '1 hour' FROM made
"""


@pytest.fixture(scope="module")
def hall(site: Site) -> dict[str, str]:
    """A final item, frozen; a screen for its board, one for its ceremony, and a presenter's link."""
    [item] = site.ask(FINAL)
    site.ask("UPDATE publication SET frozen = true WHERE item_id = $1", item["item"])
    for name, code, view in (("左", "leftscreen", "board"), ("右", "rightscree", "reveal")):
        site.ask(ADD, item["season_id"], item["contest"], name, code, view, item["item"])
    site.ask(PRESENTER, item["contest"], token_hash("demo-presenter"), "hall")
    from api.plumbing.ids import encode_id

    return {
        "ceremony": f"/org/c/{encode_id('contest', item['contest'])}/e/{item['code']}/ceremony",
        "presenter": f"{site.url}/login/link/demo-presenter",
        "item": str(item["item"]),
    }


def test_tap_2_one_tap_reveals_one_place_and_the_hall_follows_and_goes_back(
    visit: Visit, hall: dict[str, str]
) -> None:
    screen = visit(size=FULL)
    screen.goto("/screen/rightscree")
    phone = visit(size=PHONE)
    phone.goto(hall["presenter"])
    phone.goto(hall["ceremony"])
    phone.get_by_label("揭晓前几名").fill("3")
    phone.get_by_role("button", name="开始揭晓").click()
    expect(screen.locator("[data-state=hidden]").first).to_be_visible()

    coming = phone.locator("[data-next] strong").inner_text()
    assert coming not in screen.content()
    phone.locator(".present__go").click()

    expect(screen.locator(".reveal__name")).to_have_text(coming)
    assert screen.locator("[data-state=current]").count() == 1
    phone.get_by_role("button", name="退回一步").click()
    expect(screen.locator(".reveal__name")).to_have_count(0)
    assert coming not in screen.locator("main").inner_text()


def test_without_its_presenter_the_hall_holds(visit: Visit, hall: dict[str, str]) -> None:
    screen = visit(size=FULL)
    screen.goto("/screen/rightscree")
    before = screen.locator("main").inner_text()

    screen.clock.install()
    screen.clock.run_for(5_000)

    assert screen.locator("main").inner_text() == before


def test_sse_2_a_silent_line_is_said_within_half_a_minute_and_the_picture_stays(
    visit: Visit, hall: dict[str, str]
) -> None:
    screen = visit(size=FULL)
    screen.clock.install()
    screen.goto("/screen/leftscreen")
    expect(screen.locator(".hall-middle")).to_be_visible()
    before = screen.locator("[data-show]").inner_text()
    screen.context.set_offline(True)

    screen.clock.run_for(30_000)

    expect(screen.locator("[data-stale]")).to_contain_text("数据停在")
    assert screen.locator("[data-show]").inner_text() == before


def test_sse_1_a_screen_that_was_away_comes_back_with_its_last_id_and_catches_up(
    visit: Visit, site: Site, hall: dict[str, str]
) -> None:
    screen = visit(size=FULL)
    asked: list[str | None] = []
    screen.on(
        "request",
        lambda request: (
            asked.append(request.headers.get("last-event-id")) if request.url.endswith("/events") else None
        ),
    )
    screen.add_init_script(CUTTER)
    with screen.expect_response(lambda answer: answer.url.endswith("/events")):
        screen.goto("/screen/leftscreen")
    expect(screen.locator(".hall-middle")).to_be_visible()
    with screen.expect_response(lambda answer: answer.url.endswith("/screen/leftscreen")):
        told(site, hall["item"])
    screen.context.set_offline(True)
    screen.evaluate("cut()")
    site.ask("UPDATE publication SET frozen = false WHERE item_id = $1", hall["item"])
    told(site, hall["item"])
    screen.context.set_offline(False)

    try:
        expect(screen.locator(".hall-row").first).to_be_visible(timeout=15_000)
        assert asked[0] is None
        assert (asked[-1] or "").startswith("p")
    finally:
        site.ask("UPDATE publication SET frozen = true WHERE item_id = $1", hall["item"])


def told(site: Site, item: str) -> None:
    """What a command of the product does after a change."""

    async def touch() -> None:
        from uuid import UUID

        from api.results.boards import touch_board

        db = await Db.connect(site.settings)
        try:
            async with db.transaction() as connection:
                await touch_board(connection, UUID(item))
        finally:
            await db.close()

    apart(touch())
