"""At the centre: who was absent, present again or disqualified at a venue. A venue answers for its stations, but overwrites nobody's word.

While a session is out the centre changes no standing of its entrants. Yet a session may be taken back before everything has come, be
decided on here, and go out again to the same laptop: what a venue changed counts where it began from what stands here, and is a
difference to settle where it did not.
"""

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

import asyncpg

from api.plumbing.db import Connection
from api.venue.commands.taking import unfit
from api.venue.schemas import Difference, Standing

# A change of the same moment is the same change. In the order of entries, so that two who bring facts of the same ones only wait.
HERE = """/* venue.standing_here */
SELECT a.id AS attempt_id, e.id, e.standing, a.station,
       ARRAY (SELECT c.at FROM entry_standing_change c WHERE c.entry_id = e.id) AS known
FROM attempt a JOIN attempt_entry ae ON ae.attempt_id = a.id JOIN entry e ON e.id = ae.entry_id
WHERE a.id = ANY ($1::uuid[]) AND a.session_id = $2 AND NOT a.voided ORDER BY e.id FOR NO KEY UPDATE OF e
"""
ADD = """/* venue.add_standing */
INSERT INTO entry_standing_change (entry_id, seq, from_standing, to_standing, reason, by_account, at)
SELECT $1, coalesce(max(seq), 0) + 1, $2, $3, $4, $5, $6 FROM entry_standing_change WHERE entry_id = $1
"""
SET = "/* venue.set_standing */ UPDATE entry SET standing = $2, rev = rev + 1 WHERE id = $1"


async def take_standings(
    connection: Connection, session_id: UUID, standings: Sequence[Standing]
) -> tuple[int, list[Difference]]:
    """Add what is new; gives how many, and what somebody has to settle. Raises venue_facts_unfit for a station of nobody."""
    changes: defaultdict[UUID, list[Standing]] = defaultdict(list)
    for each in sorted(standings, key=lambda change: change.at):
        changes[each.attempt_id].append(each)
    rows = await connection.fetch(HERE, list(changes), session_id)
    if len(rows) != len(changes):
        raise unfit("缺考等情况", "who was absent")
    new, differences = 0, []
    for here in rows:
        unknown = [each for each in changes[here["attempt_id"]] if each.at not in here["known"]]
        if not unknown:
            continue
        if unknown[0].from_standing == here["standing"]:
            await _add(connection, here["id"], unknown)
            new += len(unknown)
        elif unknown[-1].to_standing != here["standing"]:
            differences.append(_difference(here, unknown[-1]))
    return new, differences


async def _add(connection: Connection, entry: UUID, changes: Sequence[Standing]) -> None:
    for each in changes:
        await connection.execute(
            ADD, entry, each.from_standing, each.to_standing, each.reason, each.by_account, each.at
        )
    await connection.execute(SET, entry, changes[-1].to_standing)


def _difference(here: asyncpg.Record, there: Standing) -> Difference:
    return Difference(
        kind="standing", station=here["station"], here=here["standing"], there=there.to_standing, reason=there.reason
    )  # fmt: skip
