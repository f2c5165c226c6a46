"""The demo plays today with the figures of 2021: every page with a foot says so, and a real installation says nothing of it."""

import pytest
from msgspec.structs import replace

from frontend.locales import texts
from frontend.rendering import render
from tests.frontend.test_rendering import SCREENS


@pytest.mark.parametrize("locale", ["zh", "en"])
@pytest.mark.parametrize("screen", ["home", "rank", "org-results"])
def test_a_page_of_the_demo_says_whose_figures_and_whose_dates_it_shows(screen: str, locale: str) -> None:
    shown = SCREENS[screen]
    words = texts(locale)("site.demo")  # type: ignore[arg-type]

    demo = render(shown.template, shown.view, locale, replace(shown.context, demo=True))  # type: ignore[arg-type]
    real = render(shown.template, shown.view, locale, shown.context)  # type: ignore[arg-type]

    assert words in demo
    assert words not in real


async def test_the_running_demo_tells_its_pages(visitor, site, settings) -> None:
    before = site.litestar.state.settings
    try:
        for demo in (True, False):
            site.litestar.state.settings = replace(settings, demo=demo)
            page = (await visitor.get("/")).text
            assert (texts("zh")("site.demo") in page) is demo
    finally:
        site.litestar.state.settings = before
