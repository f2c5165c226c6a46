"""Where a tie would matter: the last place of every quota and award of the contests that take an item's results."""

from typing import Literal
from uuid import UUID

import msgspec

from api.contests.rules import rules_of_contest
from api.plumbing.db import Connection

CONTESTS_OF_ITEM = """/* results.contests_of_item */
SELECT ci.contest_id, i.code, c.next_contest_id IS NOT NULL AS has_next
FROM contest_item ci JOIN item i ON i.id = ci.item_id JOIN contest c ON c.id = ci.contest_id
WHERE ci.item_id = $1 ORDER BY ci.contest_id
"""


class Boundary(msgspec.Struct, frozen=True):
    """A cut after so many places, by competition rank or by award rank."""

    places: int
    by: Literal["rank", "award_rank"]
    name_zh: str
    name_en: str


async def boundaries_of_item(connection: Connection, item_id: UUID, field: int) -> list[Boundary]:
    """All cuts that a rule does not settle by itself. `field` is the number of present entries, for shares."""
    found: list[Boundary] = []
    for row in await connection.fetch(CONTESTS_OF_ITEM, item_id):
        _, rules = await rules_of_contest(connection, row["contest_id"])
        quota = rules.quota_of(row["code"])
        if row["has_next"] and quota is not None and quota.places is not None and quota.tie == "report":
            found.append(Boundary(quota.places, "rank", quota.name, quota.name_en or quota.name))
        for award in rules.awards:
            if award.field in ("item", "trade") and award.tie == "report":
                last = sum(cut.size(field) for cut in (*award.above, award.cut))
                found.append(Boundary(last, "award_rank", award.name, award.name_en))
    return found
