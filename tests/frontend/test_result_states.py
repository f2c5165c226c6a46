"""Every kind of result says what it is, by word, icon and colour: on a phone, at a desk, and in the hall (UX 4.1)."""

import pytest
from msgspec.structs import replace

from frontend.rendering import RequestContext, render
from frontend.views.own_rank import OwnRankPage
from frontend.views.screens import ScreenPage
from tests.frontend.gallery.contests import ITEM
from tests.frontend.gallery.halls import HALL
from tests.frontend.gallery.ranking import ROWS
from tests.frontend.gallery.screen import at
from tests.frontend.test_rendering import SCREENS

FRIDAY = at(3, 2, 16)
OWN = OwnRankPage(ITEM, "code", "final", own=replace(ROWS[1], own=True), near=ROWS[:3], entrants=40)
WORDS = {"zh": ("终定", "全部评完", "名次等颁奖时揭晓"), "en": ("Final", "All judged", "revealed at the ceremony")}  # fmt: skip


def page(view: object, template: str, locale: str) -> str:
    return render(template, view, locale, RequestContext(path="/r/code"))  # type: ignore[arg-type]


@pytest.mark.parametrize("locale", ["zh", "en"])
def test_final_result_says_so_with_word_icon_and_colour(locale: str) -> None:
    word = WORDS[locale][0]
    ranking = page(SCREENS["rank"].view, "results/_live.html", locale)
    hall = page(replace(HALL, audience="final"), ScreenPage.SHOW, locale)

    for html in (ranking, page(OWN, OwnRankPage.LIVE, locale), hall):
        strip = html.partition('data-state="final"')[2][:300]
        assert "#check" in strip
        assert word in strip
    assert word not in page(replace(HALL, audience="live"), ScreenPage.SHOW, locale)


@pytest.mark.parametrize("locale", ["zh", "en"])
def test_frozen_board_with_every_mark_waits_for_the_ceremony(locale: str) -> None:
    _, all_judged, ceremony = WORDS[locale]
    waiting = {"state": "progress", "judged": 11, "to_judge": 11, "frozen_since": FRIDAY}
    pages = (
        page(replace(SCREENS["rank-frozen"].view, **waiting), "results/_live.html", locale),
        page(replace(OWN, own=None, near=(), **waiting), OwnRankPage.LIVE, locale),
        page(replace(HALL, pages=(), **waiting), ScreenPage.SHOW, locale),
    )

    for html in pages:
        assert all_judged in html
        assert ceremony in html
        assert "正在评分" not in html
    still = page(SCREENS["rank-frozen"].view, "results/_live.html", locale)
    assert all_judged not in still


def test_corrected_result_says_when_and_what_on_ones_own_page_too() -> None:
    told = replace(OWN, state="amended", amended_at=FRIDAY, amended_note="第2工位更正")
    silent = replace(told, amended_note="")

    assert "第2工位更正" in page(told, OwnRankPage.LIVE, "zh")
    assert 'data-state="amended"' in page(silent, OwnRankPage.LIVE, "zh")
