"""How the marks of a contest are controlled: the recheck, the limits of spreads, and avoidance. A change is a new revision."""

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from api.access.actor import Actor
from api.contests.commands.rules import OPEN_STATES, change_rules
from api.contests.queries.contests import contest_rules
from api.contests.queries.items import plan_of_item
from api.contests.rules import ContestRules
from api.contests.schemas import Contest
from api.dependencies import FromActor, FromDb
from api.plumbing.db import Db
from api.plumbing.ids import parse_id
from api.plumbing.problems import Problem
from frontend.locales import Locale
from frontend.pages.forms import require_answered, rev_of
from frontend.pages.organising import contest_head, contest_of
from frontend.pages.rule_fields import limit_field, names_of, rules_from, values_of
from frontend.pages.serving import PageRequest, form_fields, form_state, go, locale_of, named, show
from frontend.views.common import FormState
from frontend.views.rules import CriterionLimit, ItemLimits, RulesPage
from scoring import Judged, Measured
from scoring.plans.nodes import walk

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
    contest = await contest_of(db, actor, contest_id)
    items = _codes(contest)
    try:
        now = await contest_rules(db, actor, key)
        criteria = _keys(await _criteria(db, actor, contest, now.rules))
        wanted = rules_from(fields, now.rules, items, criteria)
        await change_rules(db, actor, key, wanted, rev_of(fields))
    except Problem as problem:
        require_answered(problem)
        now = await contest_rules(db, actor, key)
        criteria = _keys(await _criteria(db, actor, contest, now.rules))
        form = form_state(request, fields, problem, names_of(items, criteria))
        return await _page(request, db, actor, contest_id, form, problem.status)
    return go(request, f"/org/c/{contest_id}/rules")


async def _page(
    request: PageRequest, db: Db, actor: Actor, contest_id: str, form: FormState, status: int = 200
) -> Response[str]:
    locale = locale_of(request)
    contest = await contest_of(db, actor, contest_id)
    found = await contest_rules(db, actor, parse_id("contest", contest_id))
    criteria = await _criteria(db, actor, contest, found.rules)
    recorded = values_of(found.rules, _codes(contest), _keys(criteria))
    # A box that was not ticked is not sent.
    typed = {name: form.values.get(name, "") for name in recorded} if form.values else recorded
    page = RulesPage(
        contest=contest_head(contest, locale),
        rev=found.revision,
        items=tuple(
            ItemLimits(
                item.code, named(locale, item.name_zh, item.name_en), _limits(item.code, criteria, locale)
            )
            for item in contest.items
        ),
        criteria=_limits("", criteria, locale),
        now={name: text for name, text in recorded.items() if text != typed[name]} if status == STALE else {},
        may_change=actor.holds("contest.change"),
        open=contest.state in OPEN_STATES,
        form=FormState(typed, form.errors, form.problem),
    )
    return show(request, page, "organiser", status=status)


def _codes(contest: Contest) -> list[str]:
    return [item.code for item in contest.items]


Titles = dict[str, tuple[str, str]]


async def _criteria(db: Db, actor: Actor, contest: Contest, rules: ContestRules) -> dict[str, Titles]:
    """The criteria of every item's sheets by key, zh and en; under "" those with a limit for the whole contest."""
    found: dict[str, Titles] = {}
    for item in contest.items:
        plan = (await plan_of_item(db, actor, parse_id("item", item.id)))[0].plan
        own = rules.spreads.get(item.code)
        found[item.code] = {key: (key, key) for key in (own.criteria if own else ())} | {
            node.key: (node.title, node.title_en)
            for _, node in walk(plan.root)
            if isinstance(node, Judged | Measured)
        }
    known = {key: titles for each in found.values() for key, titles in each.items()}
    whole = rules.spread.criteria if rules.spread else {}
    return found | {"": {key: known.get(key, (key, key)) for key in whole}}


def _keys(criteria: dict[str, Titles]) -> dict[str, list[str]]:
    return {code: list(titles) for code, titles in criteria.items()}


def _limits(code: str, criteria: dict[str, Titles], locale: Locale) -> tuple[CriterionLimit, ...]:
    return tuple(
        CriterionLimit(limit_field(code, key), named(locale, *titles))
        for key, titles in criteria[code].items()
    )


PAGES: list[ControllerRouterHandler] = [show_rules, save_rules]
