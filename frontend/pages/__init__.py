"""The pages: each handler calls the same command or query as the JSON route and fills one view. No rule and no SQL stands here."""

from litestar.types import ControllerRouterHandler

from frontend.pages import (
    awards,
    contests,
    developers,
    draws,
    home,
    item_results,
    items,
    judging,
    login,
    new_contest,
    panels,
    rankings,
    registration,
    reviews,
    sheets,
    signing,
    tasks,
    theory,
    units,
    workbench,
)

PAGES: list[ControllerRouterHandler] = [
    *home.PAGES,
    *contests.PAGES,
    *items.PAGES,
    *developers.PAGES,
    *login.PAGES,
    *rankings.PAGES,
    *judging.PAGES,
    *sheets.PAGES,
    *signing.PAGES,
    *workbench.PAGES,
    *new_contest.PAGES,
    *tasks.PAGES,
    *reviews.PAGES,
    *panels.PAGES,
    *draws.PAGES,
    *theory.PAGES,
    *item_results.PAGES,
    *registration.PAGES,
    *units.PAGES,
    *awards.PAGES,
]
