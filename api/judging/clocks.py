"""The clock of a session: start, pause, resume, stop, and time made up for with a reason; a station may be stopped by itself.

A station's time is the session's running time less the stops of the station's own. What is made up is shown beside it and never
hidden in it.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

import msgspec

from api.access.actor import Actor
from api.contests.scopes import session_scope
from api.judging.tablet_schemas import Clock, ClockEvent, ClockKind, PressClock, SessionClock
from api.plumbing.db import Connection, Db
from api.plumbing.problems import Problem
from api.plumbing.texts import clean_reason
from api.results.ledger import append_ledger

LONGEST_REASON = 200
# A press may be sent later from a tablet that was offline, but it cannot lie ahead.
MOST_AHEAD = timedelta(seconds=5)

# Which press follows which: the session's clock before it was ever started is None.
FOLLOWS: Final[dict[ClockKind, tuple[ClockKind | None, ...]]] = {
    "start": (None,),
    "pause": ("start", "resume"),
    "resume": ("pause", "stop"),
    "stop": ("start", "resume", "pause"),
}
# A station's clock runs with the session's until it is stopped.
STATION_FOLLOWS: Final[dict[ClockKind, tuple[ClockKind | None, ...]]] = {
    "pause": (None, "resume"),
    "resume": ("pause", "stop"),
    "stop": (None, "resume", "pause"),
}

CLOCK_EVENTS = """/* judging.clock_events */
SELECT c.kind, c.station, c.occurred_at, c.make_up_s, c.reason, coalesce(j.code, a.display_name) AS by, c.at
FROM clock_event c
JOIN judging_session s ON s.id = c.session_id
JOIN item t ON t.id = s.item_id
JOIN account a ON a.id = c.by_account
LEFT JOIN judge j ON j.account_id = c.by_account AND j.contest_id = t.contest_id
WHERE c.session_id = $1 ORDER BY c.occurred_at, c.at, c.id
"""

PRESS = """/* judging.press_clock */
INSERT INTO clock_event (session_id, station, kind, occurred_at, make_up_s, reason, by_account) VALUES ($1, $2, $3, $4, $5, $6, $7)
"""


async def press_clock(db: Db, actor: Actor, session_id: UUID, data: PressClock) -> SessionClock:
    """Record one press. Raises reason_needed, clock_order when it does not follow the press before it."""
    reason = clean_reason(data.reason, LONGEST_REASON)
    if (data.kind == "make_up") != (data.make_up_s is not None):
        raise Problem("clock_make_up")
    if data.kind in ("pause", "make_up") and reason is None:
        raise Problem("reason_needed")
    now = datetime.now(UTC)
    async with db.transaction() as connection:
        await connection.execute("SELECT FROM judging_session WHERE id = $1 FOR NO KEY UPDATE", session_id)
        place = await session_scope(connection, session_id)
        actor.require("time.keep", place.scope)
        occurred_at = now if data.occurred_at > now + MOST_AHEAD else min(data.occurred_at, now)
        _require_order(await _events(connection, session_id), data, occurred_at)
        await connection.execute(
            PRESS, session_id, data.station, data.kind, occurred_at, data.make_up_s, reason, actor.account_id
        )
        payload = msgspec.json.encode(
            {"station": data.station, "at": occurred_at, "make_up_s": data.make_up_s, "reason": reason}
        ).decode()
        await append_ledger(
            connection, place.item.season_id, place.item.item_id, f"clock.{data.kind}", session_id, payload, actor.account_id
        )  # fmt: skip
        return clock_at(await _events(connection, session_id), datetime.now(UTC))


async def session_clock(db: Db, actor: Actor, session_id: UUID) -> SessionClock:
    """All clocks of a session now. Raises not_found."""
    async with db.reading() as connection:
        place = await session_scope(connection, session_id)
        actor.require("session.read", place.scope)
        return clock_at(await _events(connection, session_id), datetime.now(UTC))


def clock_at(events: list[ClockEvent], now: datetime) -> SessionClock:
    """The clocks at one moment: the session's first, then every station's that was ever stopped or given time."""
    session = _running_spans([each for each in events if each.station is None], now, begins=False)
    stations = sorted({each.station for each in events if each.station is not None})
    clocks = [_clock(None, session, [each for each in events if each.station is None], now)]
    for station in stations:
        own = [each for each in events if each.station == station]
        spans = _overlap(session, _running_spans(own, now, begins=True))
        clocks.append(_clock(station, spans, own, now))
    return SessionClock(at=now, clocks=tuple(clocks), events=tuple(events))


Span = tuple[datetime, datetime]
_BEGINNING: Final = datetime.min.replace(tzinfo=UTC)


def _running_spans(events: Iterable[ClockEvent], now: datetime, *, begins: bool) -> list[Span]:
    """When the clock ran. A station's runs from the beginning, the session's from its start."""
    spans: list[Span] = []
    since = _BEGINNING if begins else None
    for event in events:
        if event.kind in ("start", "resume") and since is None:
            since = event.occurred_at
        elif event.kind in ("pause", "stop") and since is not None:
            spans.append((since, max(since, event.occurred_at)))
            since = None
    return [*spans, (since, max(since, now))] if since is not None else spans


def _overlap(one: list[Span], two: list[Span]) -> list[Span]:
    both = [(max(a, c), min(b, d)) for a, b in one for c, d in two]
    return [(start, end) for start, end in both if start < end]


def _clock(station: int | None, spans: list[Span], events: list[ClockEvent], now: datetime) -> Clock:
    ran = sum(((end - start) for start, end in spans), timedelta())
    return Clock(
        station=station,
        running=bool(spans) and spans[-1][1] >= now,
        ran_ms=round(ran.total_seconds() * 1000),
        make_up_s=sum(each.make_up_s or 0 for each in events),
    )


def _require_order(events: list[ClockEvent], data: PressClock, occurred_at: datetime) -> None:
    if data.kind == "make_up":
        return
    own = [each for each in events if each.station == data.station and each.kind != "make_up"]
    last = own[-1] if own else None
    follows = FOLLOWS if data.station is None else STATION_FOLLOWS
    kind = last.kind if last else None
    if kind not in follows.get(data.kind, ()) or (last is not None and occurred_at < last.occurred_at):
        raise Problem("clock_order")


async def _events(connection: Connection, session_id: UUID) -> list[ClockEvent]:
    return [ClockEvent(**row) for row in await connection.fetch(CLOCK_EVENTS, session_id)]
