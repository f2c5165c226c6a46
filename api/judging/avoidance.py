"""Avoidance 回避: no judge marks a contestant of the own unit (DOMAIN 6).

A judge's unit is the one they were registered with, or else the employer of their person on the contest's first day; a
contestant's is the entry's unit and the employer of each member.
"""

from collections.abc import Sequence
from uuid import UUID

from api.plumbing.db import Connection
from api.plumbing.problems import Problem

CONFLICTED_JUDGES = """/* judging.conflicted_judges */
SELECT DISTINCT j.code
FROM judge j
JOIN contest c ON c.id = j.contest_id
JOIN account a ON a.id = j.account_id
LEFT JOIN LATERAL (
    SELECT organisation_id FROM employment
    WHERE person_id = a.person_id AND valid_from <= c.starts_on AND (valid_to IS NULL OR valid_to > c.starts_on)
) own ON true
JOIN entry e ON e.item_id = $1 AND e.state = 'accepted'
LEFT JOIN entry_member m ON m.entry_id = e.id AND m.active
LEFT JOIN employment w ON w.id = m.employment_id
WHERE j.id = ANY ($2::uuid[]) AND coalesce(j.unit_id, own.organisation_id) IN (e.unit_id, w.organisation_id)
ORDER BY j.code
"""


async def require_no_conflict(connection: Connection, item_id: UUID, judges: Sequence[UUID]) -> None:
    """Raise judge_avoidance, naming the judges who come from the unit of an accepted entrant of the item."""
    codes = [row["code"] for row in await connection.fetch(CONFLICTED_JUDGES, item_id, list(judges))]
    if codes:
        raise Problem("judge_avoidance", judges="、".join(codes))
