"""Starting, pausing, resuming, closing and reopening a judging session: the same form on the organiser's and the chief judge's page."""

from typing import Final

from api.access.actor import Actor
from api.judging.commands.sessions import move_session
from api.judging.schemas import MoveSession, Session, SessionState
from api.plumbing.db import Db
from api.plumbing.ids import parse_id
from api.plumbing.problems import Problem
from frontend.locales import Locale
from frontend.pages.forms import rev_of
from frontend.pages.serving import PageRequest, form_state, named
from frontend.views.common import FieldError, FormState
from frontend.views.organiser import SessionRun

MOVES: Final[dict[str, SessionState]] = {
    "start": "running",
    "pause": "paused",
    "resume": "running",
    "close": "closed",
    "reopen": "running",
}


async def run_session(db: Db, actor: Actor, fields: dict[str, str]) -> None:
    """Move the session that the form names. Raises whatever the command refuses."""
    reason = fields.get("reason", "").strip()[:1000] or None
    # Only whoever ticked it closes in spite of what is missing.
    with_gaps = fields.get("act") == "close" and fields.get("with_gaps") == "yes"
    move = MoveSession(MOVES[fields["act"]], reason, with_gaps)
    await move_session(db, actor, parse_id("session", fields.get("session", "")), move, rev_of(fields))


def run_fault(request: PageRequest, fields: dict[str, str], problem: Problem) -> FormState:
    """A refusal; a missing reason is said at that session's own field."""
    form = form_state(request, fields, problem)
    if problem.code != "reason_needed":
        return form
    return FormState(fields, (FieldError(f"{fields.get('session', '')}_reason", form.problem or ""),))


def session_line(session: Session, locale: Locale) -> SessionRun:
    """A session as both pages list it."""
    return SessionRun(
        session.id,
        session.rev,
        named(locale, session.name_zh, session.name_en),
        session.starts_at,
        session.stations,
        session.drawn,
        session.state,
        session.away,
    )
