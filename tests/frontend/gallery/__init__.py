"""Every screen in every state with fictional data that looks real: what the page tests and the eye look at."""

from tests.frontend.gallery import (
    admin,
    blind,
    contest_info,
    contests,
    halls,
    home,
    judging,
    organiser,
    own,
    people,
    ranking,
    results,
    venue,
)
from tests.frontend.gallery.screen import Screen

SCREENS: dict[str, Screen] = {
    screen.name: screen
    for module in (
        home,
        contests,
        ranking,
        organiser,
        contest_info,
        results,
        judging,
        people,
        admin,
        halls,
        own,
        blind,
        venue,
    )
    for screen in module.SCREENS
}
