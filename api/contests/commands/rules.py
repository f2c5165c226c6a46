"""Rules of a contest: who goes up and which awards there are. A change is a new revision, cut to what the preset leaves open."""

import hashlib
from uuid import UUID

import msgspec

from api.access.actor import Actor
from api.contests.locks import locked_changes
from api.contests.queries.contests import rules_view
from api.contests.queries.presets import preset_of_contest
from api.contests.rule_checks import rules_errors
from api.contests.rules import ContestRules
from api.contests.schemas import RulesView
from api.contests.scopes import contest_scope
from api.contests.settled import settled
from api.plumbing.db import Connection, Db
from api.plumbing.problems import FieldError, Problem, field_error, invalid_fields
from api.results.ledger import append_ledger

# While nobody has decided anything on them; afterwards the rules are part of what was decided.
OPEN_STATES = frozenset({"draft", "published", "running"})

HOLD_CONTEST = """/* contests.hold_contest_rules */
SELECT 1 FROM contest WHERE id = $1 FOR UPDATE
"""

TRADES_OF_ITEMS = """/* contests.trades_of_items */
SELECT i.code, i.trade_code FROM contest_item l JOIN item i ON i.id = l.item_id WHERE l.contest_id = $1
"""


async def change_rules(
    db: Db, actor: Actor, contest_id: UUID, rules: ContestRules, base_revision: int
) -> RulesView:
    """Put new rules in force. Raises not_found, stale, contest_settled, invalid_fields (among them preset_locked by path)."""
    async with db.transaction() as connection:
        await connection.execute(HOLD_CONTEST, contest_id)
        found = await contest_scope(connection, contest_id)
        actor.require("contest.change", found.scope)
        now = await rules_view(connection, contest_id)
        if now.revision != base_revision:
            raise Problem("stale", current=now)
        if found.state not in OPEN_STATES:
            raise settled(found.state)
        items = {
            row["code"]: row["trade_code"] for row in await connection.fetch(TRADES_OF_ITEMS, contest_id)
        }
        errors = rules_errors(rules, items) + await _locked(connection, contest_id, rules)
        if errors:
            raise invalid_fields(*errors)
        await append_rules(connection, found.season_id, contest_id, now.revision + 1, rules, actor.account_id)
        return await rules_view(connection, contest_id)


APPEND_RULES = """/* contests.append_rules */
INSERT INTO contest_rules (contest_id, revision, document, hash, by_account) VALUES ($1, $2, $3, $4, $5)
"""


async def append_rules(
    connection: Connection,
    season_id: UUID,
    contest_id: UUID,
    revision: int,
    rules: ContestRules,
    account_id: UUID,
) -> None:
    """Store checked rules as the next revision and enter their hash in the contest's ledger."""
    document = msgspec.json.encode(rules, order="sorted")
    digest = hashlib.sha256(document).digest()
    await connection.execute(APPEND_RULES, contest_id, revision, document.decode(), digest, account_id)
    payload = msgspec.json.encode({"revision": revision, "hash": digest.hex()}).decode()
    await append_ledger(connection, season_id, contest_id, "contest.rules", contest_id, payload, account_id)


async def _locked(connection: Connection, contest_id: UUID, rules: ContestRules) -> list[FieldError]:
    preset = await preset_of_contest(connection, contest_id)
    if preset is None:
        return []
    paths = locked_changes(preset.rules, rules, "/rules", preset.locked, preset.adjustable)
    # The body is the rules themselves, so its pointers begin where the preset's `/rules` ends.
    return [field_error(path.removeprefix("/rules"), "preset_locked", path=path) for path in paths]
