"""Where a tie would matter: at the last place of every quota and award of the contests that take an item's results.

The rules themselves say so (`select`, `propose`), asked as if everybody could go up and be honoured: whoever turns out not to
be eligible makes room later, and a tie that is decided by then does no harm.
"""

from collections.abc import Iterable, Iterator
from uuid import UUID

import asyncpg
import msgspec

from api.contests.columns import columns_of_items
from api.contests.rules import ContestRules, rules_of_contest
from api.plumbing.db import Connection
from api.plumbing.ids import encode_id
from scoring import (
    AwardField,
    AwardRule,
    Entrant,
    Member,
    Reason,
    RuleRefused,
    Standings,
    propose,
    select,
)

CONTESTS_OF_ITEM = """/* results.contests_of_item */
SELECT ci.contest_id, i.code, i.trade_code, i.name_zh, i.team_size, c.class_code, c.next_contest_id IS NOT NULL AS has_next
FROM contest_item ci JOIN item i ON i.id = ci.item_id JOIN contest c ON c.id = ci.contest_id
WHERE ci.item_id = $1 ORDER BY ci.contest_id
"""


class TieAtBoundary(msgspec.Struct, frozen=True):
    """Entries of one rank of which a rule can take only some."""

    rank: int
    entries: tuple[str, ...]
    name_zh: str
    name_en: str


async def ties_at_boundaries(
    connection: Connection, item_id: UUID, standings: Standings
) -> list[TieAtBoundary]:
    """Every tie that a rule leaves to a person, quota first, then awards in their order."""
    columns = await columns_of_items(connection, [item_id])
    named = {encode_id("entry", entry): each for entry, each in columns.items()}
    # One nameless member each: without anybody on record no award could be counted.
    entrants = [
        Entrant(
            entry=row.entry,
            delegation=named.get(row.entry, {}).get("delegation"),
            columns=named.get(row.entry, {}),
            members=(Member(person=row.entry),),
        )
        for row in standings.rows
    ]
    found: list[TieAtBoundary] = []
    for row in await connection.fetch(CONTESTS_OF_ITEM, item_id):
        _, rules = await rules_of_contest(connection, row["contest_id"])
        if row["has_next"]:
            found += _of_quota(rules, row["code"], standings, entrants)
        for award in rules.awards:
            found += _of_award(award, _field(award, row, standings), entrants)
    return found


def _field(award: AwardRule, row: asyncpg.Record, standings: Standings) -> AwardField | None:
    """The item as the field of an award; None where the award ranges over more, or another item decides it."""
    code = row["trade_code"] if award.field == "trade" else row["code"]
    decides = award.deciding_items.get(row["trade_code"], row["code"]) == row["code"]
    if award.field not in ("item", "trade") or not decides:
        return None
    return AwardField(
        kind=award.field,
        code=code,
        name=row["name_zh"],
        items={row["code"]: standings},
        contest_class=row["class_code"],
        team_size=row["team_size"],
    )


def _of_quota(
    rules: ContestRules, item: str, standings: Standings, entrants: list[Entrant]
) -> Iterator[TieAtBoundary]:
    quota = rules.quota_of(item)
    if quota is None:
        return
    said = [(each.entry, each.reasons) for each in select(quota, standings, entrants)]
    yield from _open(said, standings, quota.name, quota.name_en or quota.name)


def _of_award(award: AwardRule, field: AwardField | None, entrants: list[Entrant]) -> Iterator[TieAtBoundary]:
    if field is None:
        return
    try:
        proposals = propose((award,), (field,), entrants)
    except RuleRefused:
        return
    said = [(each.entry, each.reasons) for each in proposals]
    (standings,) = field.items.values()
    yield from _open(said, standings, award.name, award.name_en)


def _open(
    said: Iterable[tuple[str, tuple[Reason, ...]]], standings: Standings, name_zh: str, name_en: str
) -> Iterator[TieAtBoundary]:
    ranks = {row.entry: row.rank for row in standings.rows}
    tied: dict[int, list[str]] = {}
    for entry, reasons in said:
        rank = ranks.get(entry)
        if rank is not None and any(reason.code == "open_tie" for reason in reasons):
            tied.setdefault(rank, []).append(entry)
    for rank, entries in tied.items():
        yield TieAtBoundary(rank, tuple(dict.fromkeys(entries)), name_zh, name_en)
