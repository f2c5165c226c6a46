"""Every screen in every state with fictional data that looks real: what the page tests and the eye look at."""

from tests.frontend.gallery import (
    admin,
    blind,
    checking,
    contest_info,
    contests,
    control,
    halls,
    home,
    judging,
    organiser,
    own,
    people,
    ranking,
    results,
    venue,
    workplace,
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
        control,
        checking,
        workplace,
    )
    for screen in module.SCREENS
}
