"""What the organiser's pages share: the contest and item an address names, and how they are called."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final

from api.access.actor import Actor
from api.contests.queries.contests import contest
from api.contests.schemas import Contest, Item
from api.judging.queries.progress import ItemProgress, progress_of_contest
from api.plumbing.db import Db
from api.plumbing.ids import parse_id
from api.plumbing.problems import Problem
from api.registration.schemas import EntryRow
from frontend.locales import Locale, texts
from frontend.pages.rankings import tier_of
from frontend.pages.serving import named
from frontend.views.common import ContestHead, ContestState, ItemHead

MOST_LISTED: Final = 200
# The result of an item has been shown to the public: what led to it stays as it is.
PUBLISHED: Final = frozenset({"provisional", "final", "amended", "withdrawn"})


async def contest_of(db: Db, actor: Actor, contest_id: str) -> Contest:
    """The contest an address names. Raises not_found."""
    return await contest(db, actor, parse_id("contest", contest_id))


def item_of(contest: Contest, code: str) -> Item:
    """The item an address names by its code. Raises not_found."""
    found = next((item for item in contest.items if item.code == code), None)
    if found is None:
        raise Problem("not_found")
    return found


def contest_head(contest: Contest, locale: Locale) -> ContestHead:
    """What the title block says of the contest."""
    return ContestHead(
        id=contest.id,
        slug=contest.slug,
        name=named(locale, contest.name_zh, contest.name_en),
        tier=tier_of(contest.tier),
        state=phase_of(
            contest.state, contest.registration_opens_at, contest.registration_closes_at, datetime.now(UTC)
        ),
    )


def item_head(contest: Contest, item: Item, locale: Locale) -> ItemHead:
    """What the title block says of an item."""
    stages = listed(locale, (named(locale, stage.name_zh, stage.name_en) for stage in item.stages))
    return ItemHead(
        item.code, named(locale, item.name_zh, item.name_en), contest_head(contest, locale), stages
    )


def phase_of(state: str, opens: datetime, closes: datetime, now: datetime) -> ContestState:
    """The word of the pages for a contest's state: a published one is announced, open or closed by the clock."""
    if state == "published":
        return "announced" if now < opens else "registration" if now < closes else "closed"
    phases: dict[str, ContestState] = {
        "draft": "draft",
        "running": "running",
        "finished": "finished",
        "archived": "archived",
        "cancelled": "cancelled",
    }
    return phases[state]


async def progress_of_item(db: Db, actor: Actor, contest: Contest, item: Item) -> ItemProgress:
    """How far one item has come."""
    found = await progress_of_contest(db, actor, parse_id("contest", contest.id))
    return next(each for each in found if each.item == item.id)


def item_address(contest_id: str, code: str, page: str) -> str:
    """Where a page of an item lives."""
    return f"/org/c/{contest_id}/e/{code}/{page}"


def listed(locale: Locale, words: Iterable[str]) -> str:
    """Words in a row, as the language writes them."""
    return (", " if locale == "en" else "、").join(words)


def contestants(entry: EntryRow) -> str:
    """The names of those who compete; leaders and coaches come along with them."""
    return "、".join(member.name or "" for member in entry.members if member.role == "contestant")


def sentence(problem: Problem, locale: Locale) -> str:
    """What a problem says, with its next step."""
    body = problem.body()
    return f"{body.detail_en} {body.next_en}" if locale == "en" else f"{body.detail}{body.next}"


def skill_level(level: str | None, locale: Locale) -> str:
    """The name of a skill level."""
    return texts(locale)(f"skill_level.{level}") if level else ""
