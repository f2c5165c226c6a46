"""SO3: what a contest still needs, in the order of the work, and the gate to its publication."""

from datetime import UTC, datetime
from typing import Final

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from api.access.actor import Actor
from api.contests.commands.contests import move_contest
from api.contests.queries.seasons import season
from api.contests.schemas import Contest, Item, MoveContest
from api.dependencies import FromActor, FromDb
from api.judging.queries.progress import ItemProgress, progress_of_contest
from api.plumbing.db import Db
from api.plumbing.ids import parse_id
from api.plumbing.problems import Problem
from frontend.locales import Locale, Texts, texts
from frontend.pages.forms import require_answered, rev_of
from frontend.pages.organising import contest_head, contest_of, item_address
from frontend.pages.serving import PageRequest, form_fields, form_state, go, locale_of, named, show
from frontend.pages.workbench import season_progress
from frontend.rendering import ITEM_PAGES
from frontend.views.common import FormState
from frontend.views.organiser import Activity, ContestTasksPage, GateReason, Task, TaskGroup, TaskStatus

SETTLED: Final = frozenset({"final", "amended"})
MOST_ACTIVITY: Final = 6


@get("/org/c/{contest_id:str}", opt={"right": "contest.read"})
async def show_tasks(
    request: PageRequest, db: FromDb, actor: FromActor, contest_id: FromPath[str]
) -> Response[str]:
    """The task list."""
    return await _page(request, db, actor, contest_id, FormState())


@post("/org/c/{contest_id:str}/publish", opt={"right": "contest.change"}, status_code=200)
async def publish(
    request: PageRequest, db: FromDb, actor: FromActor, contest_id: FromPath[str]
) -> Response[str] | Redirect:
    """Publish the announcement."""
    fields = await form_fields(request)
    try:
        await move_contest(
            db, actor, parse_id("contest", contest_id), MoveContest(to="published"), rev_of(fields)
        )
    except Problem as problem:
        require_answered(problem)
        form = form_state(request, fields, problem)
        return await _page(request, db, actor, contest_id, form, problem.status)
    return go(request, f"/org/c/{contest_id}")


async def _page(
    request: PageRequest, db: Db, actor: Actor, contest_id: str, form: FormState, status: int = 200
) -> Response[str]:
    locale = locale_of(request)
    contest = await contest_of(db, actor, contest_id)
    its_season = await season(db, actor, parse_id("season", contest.season_id))
    progress = {
        each.item: each for each in await progress_of_contest(db, actor, parse_id("contest", contest_id))
    }
    page = ContestTasksPage(
        contest=contest_head(contest, locale),
        rev=contest.rev,
        now=datetime.now(UTC),
        groups=_groups(contest, progress, actor, locale),
        gate=_gate(contest, locale) if contest.state == "draft" else (),
        season=str(its_season.year),
        progress=season_progress(its_season),
        registration_opens_at=contest.registration_opens_at,
        version=f"v{contest.rules_revision}" if contest.rules_revision else "",
        activity=_activity(contest, locale),
        screens=actor.holds("screen.read"),
        form=form,
    )
    return show(request, page, "organiser", status=status)


def _gate(contest: Contest, locale: Locale) -> tuple[GateReason, ...]:
    """What `move_contest` would refuse, said before it is tried."""
    t = texts(locale)
    lacking = {
        "items": not contest.items,
        "lead": not any(each.role == "lead" for each in contest.organisers),
        "rules": not contest.rules_revision,
    }
    return tuple(
        GateReason(t("gate.no_lead"), t("gate.name_one"), t("info.title"), f"/org/c/{contest.id}/info")
        if name == "lead"
        else GateReason(t(f"gate.no_{name}"), t("gate.by_preset"), t("nav.new_contest"), "/org/new")
        for name, missing in lacking.items()
        if missing
    )


def _groups(
    contest: Contest, progress: dict[str, ItemProgress], actor: Actor, locale: Locale
) -> tuple[TaskGroup, ...]:
    t = texts(locale)
    pairs = [(item, progress[item.id]) for item in contest.items if item.id in progress]
    return (
        TaskGroup(
            "before",
            (
                _info(contest, t),
                _rules(contest, t),
                _announcement(contest, t),
                _review(contest, [each for _, each in pairs], actor, t),
            ),
        ),
        TaskGroup("during", tuple(_judging(contest, item, each, actor, locale) for item, each in pairs)),
        TaskGroup("after", tuple(_result(contest, item, each, actor, locale) for item, each in pairs)),
    )


def _info(contest: Contest, t: Texts) -> Task:
    detail = t("tasks.info_detail", organisers=len(contest.organisers), filings=len(contest.filings))
    # A filing is not asked for by every contest, but without one there is no honour.
    status: TaskStatus = "done" if contest.organisers and contest.filings else "doing"
    return Task(t("tasks.info"), detail, status, f"/org/c/{contest.id}/info")


def _rules(contest: Contest, t: Texts) -> Task:
    version = f"v{contest.rules_revision}" if contest.rules_revision else t("rules.none")
    status: TaskStatus = "done" if contest.rules_revision else "todo"
    return Task(t("rules.title"), version, status, f"/org/c/{contest.id}/rules")


def _announcement(contest: Contest, t: Texts) -> Task:
    draft = contest.state == "draft"
    detail = t("tasks.to_publish") if draft else t("tasks.public")
    url = f"/org/c/{contest.id}" if draft else f"/c/{contest.slug}"
    return Task(t("tasks.announcement"), detail, "attention" if draft else "done", url)


def _review(contest: Contest, items: list[ItemProgress], actor: Actor, t: Texts) -> Task:
    waiting, accepted = sum(each.waiting for each in items), sum(each.accepted for each in items)
    detail = t("tasks.reviewed", waiting=waiting, accepted=accepted)
    status: TaskStatus = "attention" if waiting else "doing" if accepted else "todo"
    if accepted and not waiting and contest.registration_closes_at < datetime.now(UTC):
        status = "done"
    url = f"/org/c/{contest.id}/regs" if actor.holds("entry.review") else None
    return Task(t("review.title"), detail, status, url)


def _judging(contest: Contest, item: Item, progress: ItemProgress, actor: Actor, locale: Locale) -> Task:
    """The item's row leads to whatever comes next of what the reader may open: panel, draw, theory marks, or the sheets still out."""
    t = texts(locale)
    theory = any(stage.kind == "theory" for stage in item.stages)
    steps = {
        "panel": progress.seated > 0,
        "draw": progress.drawn and progress.running + progress.submitted > 0,
        "theory": not theory or progress.with_theory >= progress.accepted > 0,
    }
    # Whoever types paper sheets has nothing else to do here.
    last = "paper" if actor.holds(ITEM_PAGES["paper"]) and not actor.holds("panel.read") else "plan"
    opens = (page for page in (*steps, "results") if actor.holds(ITEM_PAGES[page]))
    page = next((page for page in opens if not steps.get(page)), last)
    detail = t(
        "tasks.judging",
        judges=progress.seated,
        theory=progress.with_theory,
        entrants=progress.accepted,
        signed=progress.signed,
        sheets=progress.sheets,
    )
    done = all(steps.values()) and progress.signed == progress.sheets > 0
    status: TaskStatus = "done" if done else "doing" if progress.seated else "todo"
    name = named(locale, item.name_zh, item.name_en)
    return Task(name, detail, status, item_address(contest.id, item.code, page))


def _result(contest: Contest, item: Item, progress: ItemProgress, actor: Actor, locale: Locale) -> Task:
    t = texts(locale)
    state = progress.publication
    status: TaskStatus = "done" if state in SETTLED else "attention" if state == "withdrawn" else "doing"
    if state == "open":
        status = "attention" if progress.signed == progress.sheets > 0 else "todo"
    name = t("tasks.result_of", item=named(locale, item.name_zh, item.name_en))
    url = item_address(contest.id, item.code, "results") if actor.holds(ITEM_PAGES["results"]) else None
    return Task(name, t(f"publication.{state}"), status, url)


def _activity(contest: Contest, locale: Locale) -> tuple[Activity, ...]:
    t = texts(locale)
    return tuple(
        Activity(step.at, t("tasks.moved", state=t(f"tasks.state.{step.to_state}"), by=step.by or ""))
        for step in reversed(contest.history[-MOST_ACTIVITY:])
    )


PAGES: list[ControllerRouterHandler] = [show_tasks, publish]
