"""What all forms share: one that is sent twice acts once, one that is out of date is refused, and a refused one is shown again."""

import secrets
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Final

import asyncpg

from api.access.actor import Actor
from api.plumbing.db import Db
from api.plumbing.idempotency import Once, once_of
from api.plumbing.problems import Problem, problem_of_violation
from frontend.pages.serving import PageRequest

# Refusals that belong to what was sent: the same page says so. All others are no answer to a form.
ANSWERED: Final = frozenset({409, 412, 422})
# Of a form that asks for a PIN, a code or digits: it says by itself that one has to wait before the next try.
TRIED_TOO_OFTEN: Final = 429


def require_answered(problem: Problem, *also: int) -> None:
    """Let a problem through that the form's page cannot answer; `also` are statuses that this form answers besides."""
    if problem.status not in ANSWERED and problem.status not in also:
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


def rev_of(fields: dict[str, str], name: str = "rev") -> int:
    """The version a form was shown with; what is no number was never shown and is stale."""
    text = fields.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0
