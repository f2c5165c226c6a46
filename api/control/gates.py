"""What keeps a result from being confirmed or published: a recheck that is not done, a version that nobody signed."""

from uuid import UUID

import msgspec

from api.contests.rules import rules_of_item
from api.control.sampling import ranked_entries, top_entries
from api.plumbing.db import Connection
from api.plumbing.ids import encode_id
from api.plumbing.problems import Problem
from scoring import Standings

CURRENT_RECHECK = """/* control.current_recheck */
SELECT id FROM recheck WHERE item_id = $1 ORDER BY number DESC LIMIT 1
"""

# How many marks there are of an entry: it grows with every one of them.
CHECKED = """/* control.checked_entries */
SELECT c.entry_id, c.because, r.outcome, r.facts AS seen, f.facts, r.note, r.at, b.display_name AS by,
       (SELECT count(*) FROM recheck_result x WHERE x.recheck_id = c.recheck_id AND x.entry_id = c.entry_id AND x.outcome = 'error') AS errors
FROM recheck_entry c
LEFT JOIN LATERAL (
    SELECT * FROM recheck_result x WHERE x.recheck_id = c.recheck_id AND x.entry_id = c.entry_id ORDER BY x.position DESC LIMIT 1
) r ON true
LEFT JOIN account b ON b.id = r.by_account
CROSS JOIN LATERAL (
    SELECT (SELECT coalesce(sum(s.seq), 0) FROM attempt_entry ae JOIN attempt a ON a.id = ae.attempt_id AND NOT a.voided
            JOIN sheet s ON s.attempt_id = a.id WHERE ae.entry_id = c.entry_id)
         + (SELECT count(*) FROM theory_mark t WHERE t.season_id = $2 AND t.item_id = $3 AND t.entry_id = c.entry_id) AS facts
) f
WHERE c.recheck_id = $1
"""

# A sheet of somebody who did not come has nobody to sign for; without sheets there is no chief judge.
HAS_SHEETS = """/* control.has_sheets */
SELECT EXISTS (SELECT FROM sheet s JOIN attempt a ON a.id = s.attempt_id AND NOT a.voided WHERE s.item_id = $1)
"""

LAST_SIGN_OFF = """/* control.last_sign_off */
SELECT o.snapshot, o.output_hash, o.at, a.display_name, coalesce(j.code, a.display_name) AS by
FROM result_sign_off o JOIN account a ON a.id = o.by_account JOIN item i ON i.id = o.item_id
LEFT JOIN judge j ON j.account_id = o.by_account AND j.contest_id = i.contest_id
WHERE o.item_id = $1 ORDER BY o.at DESC, o.id DESC LIMIT 1
"""


class CheckedEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One entry of the sample with the last thing that was recorded of it. `seen` is how many marks there were then."""

    entry_id: UUID
    because: str
    outcome: str | None
    seen: int | None
    facts: int
    errors: int
    note: str | None
    by: str | None
    at: object

    @property
    def open(self) -> bool:
        """Whether somebody still has to check it as it stands; an error stays open until it is corrected and checked again."""
        return self.outcome != "ok" or self.seen != self.facts


async def require_rechecked(
    connection: Connection, item_id: UUID, season_id: UUID, standings: Standings
) -> None:
    """Raise recheck_missing or recheck_open while the contest's rule, or the sample that was drawn, asks for more."""
    problem = await recheck_gap(connection, item_id, season_id, standings)
    if problem:
        raise problem


async def recheck_gap(
    connection: Connection, item_id: UUID, season_id: UUID, standings: Standings
) -> Problem | None:
    """The same without raising it, for those who look."""
    rules = await rules_of_item(connection, item_id)
    recheck_id = await connection.fetchval(CURRENT_RECHECK, item_id)
    if recheck_id is None:
        return Problem("recheck_missing") if rules.recheck else None
    entries = await checked_entries(connection, recheck_id, season_id, item_id)
    open_ones = sum(entry.open for entry in entries)
    have = {encode_id("entry", entry.entry_id) for entry in entries}
    missing = 0
    if rules.recheck:
        everything = any(entry.because == "all" for entry in entries)
        # A correction may have brought somebody up who was not in the sample.
        wanted = ranked_entries(standings.rows) if everything else top_entries(rules.recheck, standings.rows)
        missing = len(set(wanted) - have)
    return Problem("recheck_open", count=open_ones + missing) if open_ones + missing else None


async def checked_entries(
    connection: Connection, recheck_id: UUID, season_id: UUID, item_id: UUID
) -> list[CheckedEntry]:
    """Every entry of a sample."""
    rows = await connection.fetch(CHECKED, recheck_id, season_id, item_id)
    return [CheckedEntry(**dict(row)) for row in rows]


async def require_signed_off(connection: Connection, item_id: UUID, snapshot: int) -> None:
    """Raise sign_off_missing or sign_off_void unless the chief judge signed this very version last."""
    problem = await sign_off_gap(connection, item_id, snapshot)
    if problem:
        raise problem


async def sign_off_gap(connection: Connection, item_id: UUID, snapshot: int) -> Problem | None:
    """The same without raising it."""
    if not await connection.fetchval(HAS_SHEETS, item_id):
        return None
    last = await connection.fetchrow(LAST_SIGN_OFF, item_id)
    if last is None:
        return Problem("sign_off_missing", snapshot=snapshot)
    if last["snapshot"] != snapshot:
        return Problem("sign_off_void", snapshot=snapshot, signed=last["snapshot"])
    return None
