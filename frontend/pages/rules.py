"""How the marks of a contest are controlled: the recheck, the limits of spreads, and avoidance. A change is a new revision."""

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from api.access.actor import Actor
from api.contests.commands.rules import OPEN_STATES, change_rules
from api.contests.queries.contests import contest_rules
from api.contests.rules import ContestRules
from api.contests.schemas import Contest
from api.dependencies import FromActor, FromDb
from api.plumbing.db import Db
from api.plumbing.ids import parse_id
from api.plumbing.problems import Problem
from frontend.locales import Locale
from frontend.pages.forms import require_answered, rev_of
from frontend.pages.organising import contest_head, contest_of
from frontend.pages.rule_fields import names_of, rules_from, values_of
from frontend.pages.serving import PageRequest, form_fields, form_state, go, locale_of, named, show
from frontend.views.common import FormState
from frontend.views.rules import ItemLimits, RulesPage

STALE = 412


@get("/org/c/{contest_id:str}/rules", opt={"right": "contest.read"})
async def show_rules(
    request: PageRequest, db: FromDb, actor: FromActor, contest_id: FromPath[str]
) -> Response[str]:
    """The rules in force."""
    return await _page(request, db, actor, contest_id, FormState())


@post("/org/c/{contest_id:str}/rules", opt={"right": "contest.change"}, status_code=200)
async def save_rules(
    request: PageRequest, db: FromDb, actor: FromActor, contest_id: FromPath[str]
) -> Response[str] | Redirect:
    """Put them in force as the next revision; `rev` is the one that the form showed."""
    fields = await form_fields(request)
    key = parse_id("contest", contest_id)
    items = _codes(await contest_of(db, actor, contest_id))
    try:
        now = await contest_rules(db, actor, key)
        wanted = rules_from(fields, now.rules, items)
        await change_rules(db, actor, key, wanted, rev_of(fields))
    except Problem as problem:
        require_answered(problem)
        form = form_state(request, fields, problem, names_of(items))
        return await _page(request, db, actor, contest_id, form, problem.status)
    return go(request, f"/org/c/{contest_id}/rules")


async def _page(
    request: PageRequest, db: Db, actor: Actor, contest_id: str, form: FormState, status: int = 200
) -> Response[str]:
    locale = locale_of(request)
    contest = await contest_of(db, actor, contest_id)
    found = await contest_rules(db, actor, parse_id("contest", contest_id))
    recorded = values_of(found.rules, _codes(contest))
    # A box that was not ticked is not sent.
    typed = {name: form.values.get(name, "") for name in recorded} if form.values else recorded
    page = RulesPage(
        contest=contest_head(contest, locale),
        rev=found.revision,
        items=_items(contest, found.rules, locale),
        more=len(found.rules.spread.criteria) if found.rules.spread else 0,
        now={name: text for name, text in recorded.items() if text != typed[name]} if status == STALE else {},
        may_change=actor.holds("contest.change"),
        open=contest.state in OPEN_STATES,
        form=FormState(typed, form.errors, form.problem),
    )
    return show(request, page, "organiser", status=status)


def _codes(contest: Contest) -> list[str]:
    return [item.code for item in contest.items]


def _items(contest: Contest, rules: ContestRules, locale: Locale) -> tuple[ItemLimits, ...]:
    own = rules.spreads
    return tuple(
        ItemLimits(
            item.code,
            named(locale, item.name_zh, item.name_en),
            len(own[item.code].criteria) if item.code in own else 0,
        )
        for item in contest.items
    )


PAGES: list[ControllerRouterHandler] = [show_rules, save_rules]
