"""What the organiser's pages share: the contest and item an address names, and a refused form shown again."""

import secrets
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Final

import asyncpg

from api.access.actor import Actor
from api.contests.queries.contests import contest
from api.contests.schemas import Contest, Item
from api.judging.queries.progress import ItemProgress, progress_of_contest
from api.plumbing.db import Db
from api.plumbing.idempotency import Once, once_of
from api.plumbing.ids import parse_id
from api.plumbing.problems import Problem, problem_of_violation
from api.registration.schemas import EntryRow
from frontend.locales import Locale, texts
from frontend.pages.rankings import tier_of
from frontend.pages.serving import PageRequest, named
from frontend.views.common import ContestHead, ContestState, ItemHead

# Refusals that belong to what was sent: the same page says so. All others are no answer to a form.
ANSWERED: Final = frozenset({409, 412, 422})
MOST_LISTED: Final = 200
# The result of an item has been shown to the public: what led to it stays as it is.
PUBLISHED: Final = frozenset({"provisional", "final", "amended", "withdrawn"})


def require_answered(problem: Problem) -> None:
    """Let a problem through that the form's page cannot answer."""
    if problem.status not in ANSWERED:
        raise problem


@contextmanager
def refusals() -> Iterator[None]:
    """Let what a constraint of the database refuses be a problem like any other, so that the form keeps what was typed."""
    try:
        yield
    except asyncpg.IntegrityConstraintViolationError as error:
        raise problem_of_violation(error) or error from error


def new_key() -> str:
    """The hidden key of a form: sent twice, it acts once."""
    return secrets.token_urlsafe(16)


async def once_of_form(request: PageRequest, db: Db, actor: Actor, fields: dict[str, str]) -> Once:
    """The form's `Once`; a form without a key acts like a new one."""
    key = fields.get("key", "")
    return await once_of(request, db, actor.account_id, key if 8 <= len(key) <= 60 else new_key())


class _RehearsedError(Exception):
    """Everything was fine, and nothing of it shall stay."""


async def rehearsed(db: Db, act: Callable[[], Awaitable[object]]) -> None:
    """Do it and take it back: what the check page lets through, the submission will take."""
    try:
        async with db.transaction():
            await act()
            raise _RehearsedError
    except _RehearsedError:
        return


def rev_of(fields: dict[str, str]) -> int:
    """The version a form was shown with; what is no number was never shown and is stale."""
    text = fields.get("rev", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0


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
