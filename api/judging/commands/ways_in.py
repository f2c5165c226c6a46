"""Another way in for a judge: a badge or a link is lost, and the old one must stop working."""

from uuid import UUID

import msgspec

from api.access.actor import Actor
from api.access.commands.accounts import make_badge, make_link
from api.access.schemas import Badge, Link, MakeBadge, MakeLink
from api.contests.scopes import contest_scope
from api.plumbing.db import Connection, Db
from api.plumbing.problems import Problem
from api.plumbing.settings import Settings
from api.results.ledger import append_ledger

LINK_HOURS = 72

ACCOUNT_OF_JUDGE = """/* judging.account_of_judge */
SELECT account_id, code FROM judge WHERE id = $1 AND contest_id = $2
"""


async def renew_badge(db: Db, actor: Actor, contest_id: UUID, judge_id: UUID) -> Badge:
    """A new badge and PIN, shown once, and a line in the contest's ledger. Raises not_found, account_own, account_holds_more."""
    async with db.transaction() as connection:
        account_id = await _noted(connection, actor, contest_id, judge_id, "judge.badge_renewed")
        return await make_badge(db, actor, account_id, MakeBadge())


async def renew_link(db: Db, settings: Settings, actor: Actor, contest_id: UUID, judge_id: UUID) -> Link:
    """A new one-time link, shown once, and a line in the contest's ledger. Raises not_found, account_own, account_holds_more."""
    async with db.transaction() as connection:
        account_id = await _noted(connection, actor, contest_id, judge_id, "judge.link_renewed")
        return await make_link(db, settings, actor, account_id, MakeLink(target="/judge", hours=LINK_HOURS))


async def _noted(connection: Connection, actor: Actor, contest_id: UUID, judge_id: UUID, kind: str) -> UUID:
    contest = await contest_scope(connection, contest_id)
    actor.require("panel.change", contest.scope)
    row = await connection.fetchrow(ACCOUNT_OF_JUDGE, judge_id, contest_id)
    if row is None:
        raise Problem("not_found")
    payload = msgspec.json.encode({"code": row["code"]}).decode()
    await append_ledger(connection, contest.season_id, contest_id, kind, judge_id, payload, actor.account_id)
    account_id: UUID = row["account_id"]
    return account_id
