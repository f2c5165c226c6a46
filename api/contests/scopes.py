"""Where a contest, an item or a judging session lies: what every room asks before it asks for a right.

`held=True` keeps the contest's state as it was read until the transaction ends, so that an act that needs a running contest
cannot slip in while somebody closes it.
"""

from uuid import UUID

import asyncpg
import msgspec

from api.access.actor import Scope
from api.plumbing.db import Connection
from api.plumbing.problems import Problem


class ContestScope(msgspec.Struct, frozen=True, kw_only=True):
    """A contest with its place in the tree of organisations. `host_id` is the last of the scope's path."""

    contest_id: UUID
    season_id: UUID
    event_id: UUID
    host_id: UUID
    tier: str
    state: str
    timezone: str
    rev: int
    scope: Scope


class ItemScope(msgspec.Struct, frozen=True, kw_only=True):
    """An item under the contest that runs it (others may take its results); `state` is the contest's."""

    item_id: UUID
    contest_id: UUID
    season_id: UUID
    host_id: UUID
    plan_id: UUID
    kind: str
    team_size: int
    capacity: int | None
    blind_layers: int
    live: str
    state: str
    timezone: str
    notice_days: int
    rev: int
    scope: Scope


class SessionScope(msgspec.Struct, frozen=True, kw_only=True):
    """A judging session; `state` is its own, `item.state` the contest's."""

    session_id: UUID
    stage_id: UUID
    panel_id: UUID | None
    state: str
    rev: int
    item: ItemScope
    scope: Scope


CONTEST_SCOPE = """/* contests.contest_scope */
SELECT c.id, c.season_id, c.event_id, c.host_id, c.tier, c.state, c.timezone, c.rev, o.path
FROM contest c JOIN organisation o ON o.id = c.host_id
WHERE c.id = $1
"""

HOLD_CONTEST = " FOR SHARE OF c"


async def contest_scope(connection: Connection, contest_id: UUID, *, held: bool = False) -> ContestScope:
    """The contest's scope. Raises not_found."""
    row = await connection.fetchrow(CONTEST_SCOPE + (HOLD_CONTEST if held else ""), contest_id)
    if row is None:
        raise Problem("not_found")
    return ContestScope(
        contest_id=row["id"],
        season_id=row["season_id"],
        event_id=row["event_id"],
        host_id=row["host_id"],
        tier=row["tier"],
        state=row["state"],
        timezone=row["timezone"],
        rev=row["rev"],
        scope=Scope(organisation_path=tuple(row["path"]), contest_id=row["id"]),
    )


ITEM_SCOPE = """/* contests.item_scope */
SELECT i.id AS item_id, i.contest_id, i.season_id, i.plan_id, i.kind, i.team_size, i.capacity, i.blind_layers, i.live, i.rev,
       c.host_id, c.state, c.timezone, c.notice_days, o.path
FROM item i
JOIN contest c ON c.id = i.contest_id
JOIN organisation o ON o.id = c.host_id
WHERE i.id = $1
"""


async def item_scope(connection: Connection, item_id: UUID, *, held: bool = False) -> ItemScope:
    """The item's scope. Raises not_found."""
    row = await connection.fetchrow(ITEM_SCOPE + (HOLD_CONTEST if held else ""), item_id)
    if row is None:
        raise Problem("not_found")
    return _item(row)


SESSION_SCOPE = """/* contests.session_scope */
SELECT s.id, s.stage_id, s.panel_id, s.state AS session_state, s.rev AS session_rev,
       i.id AS item_id, i.contest_id, i.season_id, i.plan_id, i.kind, i.team_size, i.capacity, i.blind_layers, i.live, i.rev,
       c.host_id, c.state, c.timezone, c.notice_days, o.path
FROM judging_session s
JOIN item i ON i.id = s.item_id
JOIN contest c ON c.id = i.contest_id
JOIN organisation o ON o.id = c.host_id
WHERE s.id = $1
"""


async def session_scope(connection: Connection, session_id: UUID, *, held: bool = False) -> SessionScope:
    """The judging session's scope. Raises not_found."""
    row = await connection.fetchrow(SESSION_SCOPE + (HOLD_CONTEST if held else ""), session_id)
    if row is None:
        raise Problem("not_found")
    item = _item(row)
    return SessionScope(
        session_id=row["id"],
        stage_id=row["stage_id"],
        panel_id=row["panel_id"],
        state=row["session_state"],
        rev=row["session_rev"],
        item=item,
        scope=Scope(
            organisation_path=item.scope.organisation_path,
            contest_id=item.contest_id,
            item_id=item.item_id,
            session_id=row["id"],
        ),
    )


def _item(row: asyncpg.Record) -> ItemScope:
    return ItemScope(
        item_id=row["item_id"],
        contest_id=row["contest_id"],
        season_id=row["season_id"],
        host_id=row["host_id"],
        plan_id=row["plan_id"],
        kind=row["kind"],
        team_size=row["team_size"],
        capacity=row["capacity"],
        blind_layers=row["blind_layers"],
        live=row["live"],
        state=row["state"],
        timezone=row["timezone"],
        notice_days=row["notice_days"],
        rev=row["rev"],
        scope=Scope(
            organisation_path=tuple(row["path"]), contest_id=row["contest_id"], item_id=row["item_id"]
        ),
    )
