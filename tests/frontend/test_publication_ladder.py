"""The state of a result has one word for each step, wherever it is told: control room, recheck, results, the hall, the public page."""

import pytest
from msgspec.structs import replace

from api.plumbing.states import MACHINES, STATE_NAMES
from frontend.locales import texts
from frontend.rendering import render
from frontend.views.screens import ScreenPage
from tests.frontend.gallery.halls import HALL
from tests.frontend.test_rendering import SCREENS

STATES = tuple(MACHINES["publication"])
LADDERS = {"control": "publication", "check": "publication", "org-results": "state"}


def words(state: str) -> tuple[str, str]:
    return texts("zh")(f"publication.{state}"), texts("en")(f"publication.{state}")


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("screen", LADDERS)
def test_every_page_of_the_organiser_stands_on_the_same_ladder(screen: str, state: str) -> None:
    shown = SCREENS[screen]

    html = render(shown.template, replace(shown.view, **{LADDERS[screen]: state}), "zh", shown.context)

    ladder = html.partition('<div class="ladder">')[2].partition("</div>")[0]
    current = ladder.partition('aria-current="step"')[2].partition("</li>")[0]
    assert ladder.count("aria-current") == 1
    assert words(state)[0] in current
    assert "<svg" in current


@pytest.mark.parametrize("state", STATES)
def test_refusals_use_the_words_of_the_pages(state: str) -> None:
    zh, en = words(state)

    assert STATE_NAMES["publication"][state] == (zh, en.lower())


@pytest.mark.parametrize("state", ["provisional", "final", "amended"])
def test_public_page_and_hall_use_the_words_of_the_organiser(state: str) -> None:
    public = SCREENS["rank"]

    told = render("results/_live.html", replace(public.view, state=state), "zh", public.context)
    hall = render(ScreenPage.SHOW, replace(HALL, audience=state), "zh", public.context)

    for html in (told, hall):
        assert f"<b>{words(state)[0]}</b>" in html.partition(f'data-state="{state}"')[2][:400]
