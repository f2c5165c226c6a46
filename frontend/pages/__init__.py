"""The pages: each handler calls the same command or query as the JSON route and fills one view. No rule and no SQL stands here."""

from litestar.types import ControllerRouterHandler

from frontend.pages import (
    awards,
    contests,
    developers,
    home,
    items,
    judging,
    login,
    rankings,
    sheets,
    signing,
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
    *awards.PAGES,
]
