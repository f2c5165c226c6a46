"""Every screen in every state: room for fingers, words in one language, nothing cut, nothing inline, readable by all."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.frontend.gallery import SCREENS
from tests.frontend.gallery.conftest import Visit

pytestmark = pytest.mark.browser

NARROW, PHONE, TABLET, LANDSCAPE, DESKTOP = (320, 640), (360, 640), (768, 1024), (1024, 768), (1280, 800)
SIZES = (NARROW, PHONE, TABLET, LANDSCAPE, DESKTOP)
OWN_SIZE = {"judge": TABLET, "organiser": DESKTOP, "authority": DESKTOP, "public": PHONE, "unit": PHONE}
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]

# The normal state of each screen is the first one that uses its template.
NORMAL = list({screen.template: screen.name for screen in reversed(SCREENS.values())}.values())
STATES = [name for name in SCREENS if name not in NORMAL]

MOST_STOPS = 60
# The stylesheet of WCAG 1.4.12.
SPACED = """() => { const sheet = new CSSStyleSheet();
    sheet.replaceSync("* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important } p { margin-bottom: 2em !important }");
    document.adoptedStyleSheets.push(sheet); }"""
# In forced colours grounds are gone: what is pressed or typed into shows by its frame.
UNFRAMED = """() => [...document.querySelectorAll("button.button, a.button, input:not([type]), input[type=text], select, textarea")]
    .filter((one) => one.checkVisibility() && one.getBoundingClientRect().width > 1 && !one.closest(".unseen, .skip, .with-label, .seg, .meas")
      && ["none", "hidden"].includes(getComputedStyle(one).borderBottomStyle)).map((one) => one.className + " " + one.textContent.slice(0, 20))"""

BROKEN = """() => [...document.querySelectorAll(".site-head :is(a, button)")].filter((one) => {
    const words = document.createRange(); words.selectNodeContents(one);
    return one.checkVisibility() && words.getBoundingClientRect().height > 44; }).map((one) => one.textContent.trim())"""


def resized(page: Page, size: tuple[int, int]) -> Page:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    return page


def axe_offences(page: Page) -> list[str]:
    # One's own row sticks to the lower edge until the page ends; what happens to lie half below it is reached by scrolling.
    page.evaluate(
        "() => { if (document.querySelector('.own-rank')) scrollTo(0, document.body.scrollHeight); }"
    )
    report = Axe().run(page, options={"runOnly": AXE_TAGS})
    return [
        f"{violation['id']}: {node['html'][:160]} {node.get('failureSummary', '')[:200]}"
        for violation in report.response["violations"]
        for node in violation["nodes"]
    ]


@pytest.mark.parametrize("size", [PHONE, TABLET, DESKTOP], ids=["phone", "tablet", "desktop"])
@pytest.mark.parametrize("screen", NORMAL)
def test_a11y_1_normal_state_has_no_violation_at_any_width(
    visit: Visit, screen: str, size: tuple[int, int]
) -> None:
    assert axe_offences(visit(screen, size)) == []


@pytest.mark.parametrize("screen", STATES)
def test_a11y_1_every_state_has_no_violation_at_its_own_width(visit: Visit, screen: str) -> None:
    assert axe_offences(visit(screen, OWN_SIZE[SCREENS[screen].context.room])) == []


# One visit for several checks: what takes the time is the page, not the question.
@pytest.mark.parametrize("screen", SCREENS)
def test_lay_1_a11y_2_a11y_5_of_every_screen(visit: Visit, screen: str) -> None:
    """Nothing is cut or wider than its window, targets are large and apart, one heading, nothing inline."""
    page = visit(screen, NARROW)
    least = 64 if SCREENS[screen].context.room == "judge" else 44

    wrong = {size: resized(page, size).evaluate("checks.overflow()") for size in SIZES}
    for size in (PHONE, TABLET, DESKTOP):
        resized(page, size)
        wrong[size] += page.evaluate(f"[...checks.small({least}), ...checks.crowded()]")

    assert {size: found for size, found in wrong.items() if found} == {}
    assert page.evaluate("document.querySelectorAll('h1').length") == 1
    assert page.evaluate("document.documentElement.lang") == "zh-CN"
    assert page.evaluate("checks.inline()") == []


@pytest.mark.parametrize("screen", SCREENS)
def test_lay_1_i18n_1_of_every_english_screen(visit: Visit, screen: str) -> None:
    """The longer words fit too, and nothing but data is Chinese."""
    page = visit(screen, DESKTOP, "en")

    assert page.evaluate("checks.foreign()") == []
    assert page.evaluate("document.documentElement.lang") == "en"
    wrong = {size: resized(page, size).evaluate("checks.overflow()") for size in SIZES}
    assert {size: found for size, found in wrong.items() if found} == {}


@pytest.mark.parametrize("screen", NORMAL)
def test_lay_1_english_large_print_fits_a_tablet(visit: Visit, screen: str) -> None:
    """The longest words in the largest print; without it no word of the header stands on two lines."""
    page = visit(screen, LANDSCAPE, "en")
    broken = page.evaluate(BROKEN)

    page.evaluate("document.documentElement.dataset.mode = 'care'")

    assert (broken, page.evaluate("checks.overflow()")) == ([], [])


@pytest.mark.parametrize("screen", NORMAL)
def test_a11y_4_text_at_double_size_stays_on_the_page(visit: Visit, screen: str) -> None:
    page = visit(screen, PHONE)

    page.evaluate(
        "() => { const sheet = new CSSStyleSheet(); sheet.replaceSync('html{font-size:200%}');"
        " document.adoptedStyleSheets.push(sheet); }"
    )

    assert page.evaluate("checks.overflow()") == []


@pytest.mark.parametrize("screen", NORMAL)
def test_a11y_4_spaced_text_and_forced_colours_lose_nothing(visit: Visit, screen: str) -> None:
    page = visit(screen, NARROW)

    page.evaluate(SPACED)
    assert page.evaluate("checks.overflow()") == []

    page.emulate_media(forced_colors="active", reduced_motion="reduce")
    assert page.evaluate("checks.overflow()") == []
    assert page.evaluate(UNFRAMED) == []
    assert page.evaluate("document.getAnimations().length") == 0
    page.emulate_media(forced_colors="none", reduced_motion="no-preference")


@pytest.mark.parametrize("screen", NORMAL)
def test_a11y_3_keyboard_walk_sees_every_stop(visit: Visit, screen: str) -> None:
    page = visit(screen, PHONE)
    wrong: list[str] = []

    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        found = page.evaluate("checks.focused()")
        if found is None:
            break
        wrong += found

    assert wrong == []


@pytest.mark.parametrize("screen", NORMAL)
def test_lay_3_sticky_bars_leave_three_quarters_of_the_height(visit: Visit, screen: str) -> None:
    page = visit(screen, PHONE)

    for size in (PHONE, TABLET, LANDSCAPE):
        assert resized(page, size).evaluate("checks.sticky()") == [], size


def test_a11y_5_titles_are_unique(visit: Visit) -> None:
    titles = [visit(screen, PHONE).title() for screen in NORMAL]

    assert len(set(titles)) == len(titles)


@pytest.mark.parametrize(
    "screen",
    [
        "org-new-errors",
        "admin-seasons-errors",
        "org-info-errors",
        "org-plan-errors",
        "org-results-answers",
        "org-draw-sessions",
        "org-theory-refused",
        "reg-errors",
        "reg-team-errors",
        "unit-slots",
        "chief-unclear",
        "login-wrong",
        "judge-wrong-pin",
    ],
)
def test_a11y_5_errors_speak_up_in_the_title_and_take_the_focus(visit: Visit, screen: str) -> None:
    page = visit(screen, PHONE)

    assert page.title().startswith("错误：")
    assert page.evaluate("document.activeElement.matches('.error-summary')")


def test_open_items_of_a_unit_stand_above_its_entries_on_a_phone(visit: Visit) -> None:
    """Below fifty entries nobody on a phone found what may be entered."""
    page = visit("unit", PHONE)
    above = "document.querySelector('#open').getBoundingClientRect().top - document.querySelector('.review-row').getBoundingClientRect().top"

    assert page.evaluate(above) < 0
    assert abs(resized(page, DESKTOP).evaluate(above)) < 200


STEP_WORDS = """
() => {
  for (const word of document.querySelectorAll(".picks[role=radiogroup] .pick > span[lang]")) { word.textContent = "Excellent"; word.lang = "en"; }
  return [...document.querySelectorAll(".pick > span, .judge-head__who span")]
    .filter((word) => word.getClientRects().length && (word.getBoundingClientRect().width > (word.closest(".pick") ?? word.parentElement).clientWidth
      || word.textContent === "Excellent" && word.getBoundingClientRect().height > 30 || word.textContent === "Judge" && word.getBoundingClientRect().height > 30))
    .map((word) => word.textContent);
}
"""


@pytest.mark.parametrize("size", [(820, 1180), (1024, 768)])
def test_english_words_stay_whole_in_their_keys(visit: Visit, size: tuple[int, int]) -> None:
    assert visit("sheet", size, "en").evaluate(STEP_WORDS) == []


@pytest.mark.parametrize("locale", ["zh", "en"])
@pytest.mark.parametrize("screen", ["rank", "rank-provisional", "rank-amended"])
def test_ranking_begins_on_the_first_half_of_a_phone(visit: Visit, screen: str, locale: str) -> None:
    """Title, state with the time, search and the way to one's own rank take no more than half of 640 px."""
    page = visit(screen, PHONE, locale)

    assert page.locator(".rank-row").first.evaluate("row => row.getBoundingClientRect().top") <= 320
    assert page.locator("#ranking .strip time").first.is_visible()
    assert page.get_by_role("link", name="查我的名次" if locale == "zh" else "Find my rank").is_visible()
