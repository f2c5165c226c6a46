"""Avoidance 回避: no judge marks a contestant of the own unit (DOMAIN 6).

A judge's units are the one they were registered with and the employers of their person on the contest's days, and so many years before
them as the contest's rules say; a contestant's are the entry's unit and the employers of each member in the same time. All is dated:
whoever changes employer after the contest changes no history. Nobody overrides it: another judge is put on the seat.

Asked on every assignment: seats, a replacement, a draw and a redraw. What comes later, an entry that is accepted or an employment that
becomes known, keeps a session from being started, and the control room shows it.

A venue server knows no units. With a session comes which judges stand aside, and so the same question has an answer there.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from uuid import UUID

import msgspec

from api.contests.rules import rules_of_contest, rules_of_item
from api.plumbing.db import Connection
from api.plumbing.ids import encode_id
from api.plumbing.problems import Problem

CONFLICTS = """/* judging.conflicts */
WITH contested AS (
    SELECT c.id AS contest_id, (c.starts_on - make_interval(years => $3))::date AS since, c.ends_on AS until
    FROM item i JOIN contest c ON c.id = i.contest_id WHERE i.id = $1
), asked AS (
    SELECT j.id, j.code, j.unit_id, a.person_id FROM judge j JOIN account a ON a.id = j.account_id WHERE j.id = ANY ($2::uuid[])
), unit_of_judge AS (
    SELECT id, code, unit_id AS unit, NULL::date AS since, NULL::date AS until FROM asked WHERE unit_id IS NOT NULL
    UNION
    SELECT asked.id, asked.code, w.organisation_id, w.valid_from, w.valid_to FROM asked, contested, employment w
    WHERE w.person_id = asked.person_id AND w.organisation_id IS NOT NULL
      AND w.valid_from <= until AND (w.valid_to IS NULL OR w.valid_to > since)
), unit_of_entry AS (
    SELECT e.id, e.unit_id AS unit FROM entry e WHERE e.item_id = $1 AND e.state = 'accepted' AND e.unit_id IS NOT NULL
    UNION
    SELECT e.id, w.organisation_id FROM entry e JOIN entry_member m ON m.entry_id = e.id AND m.active, contested, employment w
    WHERE e.item_id = $1 AND e.state = 'accepted' AND w.organisation_id IS NOT NULL AND (w.id = m.employment_id
       OR (w.person_id = m.person_id AND w.valid_from <= until AND (w.valid_to IS NULL OR w.valid_to > since)))
)
SELECT DISTINCT j.id AS judge_id, j.code, e.id AS entry_id, o.name_zh AS unit, j.since, j.until
FROM unit_of_judge j JOIN unit_of_entry e ON e.unit = j.unit JOIN organisation o ON o.id = j.unit
ORDER BY j.code, o.name_zh, j.since NULLS FIRST, e.id
"""

SAME_UNIT = """/* judging.judges_of_one_unit */
SELECT array_agg(j.id ORDER BY j.code) AS judges, array_agg(j.code ORDER BY j.code) AS codes
FROM judge j JOIN contest c ON c.id = j.contest_id JOIN account a ON a.id = j.account_id
LEFT JOIN LATERAL (
    SELECT organisation_id FROM employment
    WHERE person_id = a.person_id AND valid_from <= c.starts_on AND (valid_to IS NULL OR valid_to > c.starts_on)
) own ON true
WHERE j.id = ANY ($1::uuid[]) AND coalesce(j.unit_id, own.organisation_id) IS NOT NULL
GROUP BY coalesce(j.unit_id, own.organisation_id) HAVING count(DISTINCT j.id) > 1 ORDER BY 2
"""

UNITS_OF_JUDGES = """/* judging.units_of_judges */
SELECT j.id, dense_rank() OVER (ORDER BY coalesce(j.unit_id, own.organisation_id)) AS unit
FROM judge j JOIN contest c ON c.id = j.contest_id JOIN account a ON a.id = j.account_id
LEFT JOIN LATERAL (
    SELECT organisation_id FROM employment
    WHERE person_id = a.person_id AND valid_from <= c.starts_on AND (valid_to IS NULL OR valid_to > c.starts_on)
    ORDER BY valid_from DESC LIMIT 1
) own ON true
WHERE j.contest_id = $1 AND coalesce(j.unit_id, own.organisation_id) IS NOT NULL
"""

# What the centre said when it handed the session out.
BARRED_BY_CENTRE = """/* judging.barred_by_centre */
SELECT j.code FROM venue_judge_limit v JOIN judge j ON j.id = v.judge_id
WHERE v.item_id = $1 AND v.judge_id = ANY ($2::uuid[]) AND v.barred ORDER BY j.code
"""

SAME_UNIT_BY_CENTRE = """/* judging.same_unit_by_centre */
SELECT string_agg(j.code, '、' ORDER BY j.code) FROM venue_judge_limit v JOIN judge j ON j.id = v.judge_id
WHERE v.judge_id = ANY ($1::uuid[]) AND v.of_unit IS NOT NULL GROUP BY v.item_id, v.of_unit HAVING count(*) > 1 ORDER BY 1 LIMIT 1
"""

JUDGES_AT_WORK = """/* judging.judges_at_work */
SELECT pj.judge_id FROM panel p JOIN panel_judge pj ON pj.panel_id = p.id WHERE p.item_id = $1
UNION
SELECT s.judge_id FROM sheet s JOIN attempt a ON a.id = s.attempt_id AND NOT a.voided WHERE s.item_id = $1
"""

JUDGES_OF_SESSION = """/* judging.judges_of_session */
SELECT DISTINCT s.judge_id FROM sheet s JOIN attempt a ON a.id = s.attempt_id AND NOT a.voided WHERE s.session_id = $1
"""


class Conflict(msgspec.Struct, frozen=True):
    """A judge and an entry of one unit. Without `since` the judge was registered with it; else they were employed there, `until`
    exclusively where it ended."""

    judge_id: UUID
    code: str
    entry_id: UUID
    unit: str
    since: date | None = None
    until: date | None = None


class ConflictReason(msgspec.Struct, frozen=True):
    """Why a judge stands aside: the unit, since when and until when (exclusive) they belong to it, and how many contestants do.

    Without `since` they were registered with it for this contest.
    """

    unit: str
    since: date | None
    until: date | None
    entries: int


class ConflictOfJudge(msgspec.Struct, frozen=True, kw_only=True):
    """A judge of an item with the units that they share with contestants, and with how many of them."""

    judge: str
    code: str
    units: tuple[str, ...]
    entries: int
    reasons: tuple[ConflictReason, ...] = ()


async def conflicts_among(connection: Connection, item_id: UUID, judges: Sequence[UUID]) -> list[Conflict]:
    """Every judge of these and every accepted entry of the item that come from one unit."""
    years = (await rules_of_item(connection, item_id)).avoidance.years
    rows = await connection.fetch(CONFLICTS, item_id, list(judges), years)
    return [Conflict(**dict(row)) for row in rows]


async def conflicts_at_work(connection: Connection, item_id: UUID) -> list[Conflict]:
    """The same for everybody who has a seat or a sheet in the item: what has come to be since they were seated."""
    judges = [row["judge_id"] for row in await connection.fetch(JUDGES_AT_WORK, item_id)]
    return await conflicts_among(connection, item_id, judges)


def by_judge(conflicts: Sequence[Conflict]) -> list[ConflictOfJudge]:
    """A line for each judge; who works at which station is not said."""
    found: dict[UUID, list[Conflict]] = {}
    for conflict in conflicts:
        found.setdefault(conflict.judge_id, []).append(conflict)
    return [
        ConflictOfJudge(
            judge=encode_id("judge", judge),
            code=each[0].code,
            units=tuple(dict.fromkeys(one.unit for one in each)),
            entries=len({one.entry_id for one in each}),
            reasons=_reasons(each),
        )
        for judge, each in found.items()
    ]


def _reasons(conflicts: Sequence[Conflict]) -> tuple[ConflictReason, ...]:
    counted = Counter((one.unit, one.since, one.until) for one in conflicts)
    return tuple(
        ConflictReason(unit, since, until, entries) for (unit, since, until), entries in counted.items()
    )


async def require_no_conflict(connection: Connection, item_id: UUID, judges: Sequence[UUID]) -> None:
    """Raise judge_avoidance, naming the judges who come from the unit of an accepted entrant of the item."""
    codes = dict.fromkeys(each.code for each in await conflicts_among(connection, item_id, judges))
    codes |= dict.fromkeys(
        row["code"] for row in await connection.fetch(BARRED_BY_CENTRE, item_id, list(judges))
    )
    if codes:
        raise Problem("judge_avoidance", judges="、".join(codes))


async def require_no_conflict_in_session(connection: Connection, item_id: UUID, session_id: UUID) -> None:
    """The same for those who have a sheet in a session: before it starts."""
    await require_no_conflict(connection, item_id, await _judges_of(connection, session_id))


async def conflicts_in_session(connection: Connection, item_id: UUID, session_id: UUID) -> list[Conflict]:
    """Those who have a sheet in the session and come from a contestant's unit."""
    return await conflicts_among(connection, item_id, await _judges_of(connection, session_id))


async def _judges_of(connection: Connection, session_id: UUID) -> list[UUID]:
    return [row["judge_id"] for row in await connection.fetch(JUDGES_OF_SESSION, session_id)]


async def require_one_per_unit(connection: Connection, contest_id: UUID, judges: Sequence[UUID]) -> None:
    """Raise judges_of_one_unit where the contest's rules allow one judge of a unit, and a panel would have two."""
    told = await connection.fetchval(SAME_UNIT_BY_CENTRE, list(judges))
    groups = [told] if told else []
    if told is None:
        groups = ["、".join(each.values()) for each in await of_one_unit(connection, contest_id, judges)]
    if groups:
        raise Problem("judges_of_one_unit", judges=groups[0])


async def of_one_unit(
    connection: Connection, contest_id: UUID, judges: Sequence[UUID]
) -> list[dict[UUID, str]]:
    """Groups of judges (id and code) who come from one unit and therefore fit on no panel together; none where the rules allow it."""
    if not await _one_per_unit(connection, contest_id):
        return []
    rows = await connection.fetch(SAME_UNIT, list(judges))
    return [dict(zip(row["judges"], row["codes"], strict=True)) for row in rows]


async def units_as_numbers(connection: Connection, contest_id: UUID) -> dict[UUID, int]:
    """Who of the contest's judges comes from one unit, as equal numbers that name none; empty where the rules do not ask."""
    if not await _one_per_unit(connection, contest_id):
        return {}
    return {row["id"]: row["unit"] for row in await connection.fetch(UNITS_OF_JUDGES, contest_id)}


async def _one_per_unit(connection: Connection, contest_id: UUID) -> bool:
    return (await rules_of_contest(connection, contest_id))[1].avoidance.one_judge_per_unit
