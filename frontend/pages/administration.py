"""The way to the first contest: what there is of seasons, organisations and accounts, and what comes next."""

from litestar import Response, get
from litestar.types import ControllerRouterHandler

from api.access.queries import accounts
from api.contests.queries.contests import list_contests
from api.contests.queries.seasons import list_seasons
from api.dependencies import FromActor, FromDb
from api.organisations.queries import list_delegations, list_organisations
from api.plumbing.ids import parse_id
from frontend.locales import texts
from frontend.pages.serving import PageRequest, locale_of, show
from frontend.views.admin import AdminPage, SetupStep

# More than these are not counted: "2 or more" already means that the step is done.
MOST_COUNTED = 20


@get("/org/admin", opt={"right": "account.read"})
async def show_start(request: PageRequest, db: FromDb, actor: FromActor) -> Response[str]:
    """The steps."""
    t = texts(locale_of(request))
    seasons = (await list_seasons(db, actor, MOST_COUNTED)).data
    organisations = (await list_organisations(db, actor, MOST_COUNTED)).data
    found = (await accounts(db, actor, None, None, MOST_COUNTED)).data
    contests = (await list_contests(db, actor, MOST_COUNTED)).data
    delegations = 0
    if seasons:
        delegations = len((await list_delegations(db, actor, parse_id("season", seasons[0].id))).data)
    season = f"/org/admin/seasons/{seasons[0].id}" if seasons else "/org/admin/seasons"

    def count(number: int) -> str:
        return t("admin.many", n=number) if number >= MOST_COUNTED else t("admin.count", n=number)

    page = AdminPage(
        steps=(
            SetupStep(t("admin.seasons"), count(len(seasons)), "/org/admin/seasons", bool(seasons)),
            SetupStep(
                t("admin.organisations"),
                count(len(organisations)),
                "/org/admin/organisations",
                # The first one is made with the first administrator.
                len(organisations) > 1,
            ),
            SetupStep(t("admin.delegations"), t("admin.count", n=delegations), season, delegations > 0),
            SetupStep(t("admin.accounts"), count(len(found)), "/org/admin/accounts", len(found) > 1),
            SetupStep(
                t("nav.new_contest"),
                count(len(contests)),
                "/org/new" if actor.holds("contest.create") else None,
                bool(contests),
            ),
        )
    )
    return show(request, page, "organiser")


PAGES: list[ControllerRouterHandler] = [show_start]
