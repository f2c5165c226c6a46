"""What became of an entrant on the day: a fact with reason and signer, never a zero."""

import msgspec

from api.access.actor import Actor
from api.plumbing.db import Db
from api.plumbing.ids import parse_id
from api.plumbing.problems import Problem, field_error, invalid_fields
from api.plumbing.texts import clean_text
from api.registration.commands.reviewing import MOST_REASON
from api.registration.held import hold_entry
from api.registration.queries import entry_by_id
from api.registration.schemas import ChangeStanding, EntryDetail
from api.registration.scopes import office_of
from api.results.ledger import append_ledger

# FOR SHARE: a publication that is being closed waits for this change, or this change sees that it is closed.
PUBLICATION = """/* registration.publication */
SELECT state FROM publication WHERE item_id = $1 FOR SHARE
"""

# In the order of whoever hands a session out and brings its facts back: first the session, then the entry.
HOLD_SESSIONS = """/* registration.hold_sessions_of_entry */
SELECT FROM judging_session WHERE id IN (
    SELECT a.session_id FROM attempt_entry ae JOIN attempt a ON a.id = ae.attempt_id AND NOT a.voided WHERE ae.entry_id = $1
) ORDER BY id FOR KEY SHARE
"""

NOTE_STANDING = """/* registration.note_standing */
INSERT INTO entry_standing_change (entry_id, seq, from_standing, to_standing, reason, by_account)
SELECT $1, coalesce(max(seq), 0) + 1, $2, $3, $4, $5 FROM entry_standing_change WHERE entry_id = $1
"""


async def change_standing(
    db: Db, actor: Actor, entry: str, base_rev: int, change: ChangeStanding
) -> EntryDetail:
    """Note absent, late, withdrew, score cancelled or disqualified, or take it back, each time with a reason.

    Raises entry_not_accepted, standing_unchanged, session_at_venue while a session of the entry is away, because the venue answers for
    who is there, and result_is_confirmed once the result was confirmed: it is corrected there.
    """
    async with db.transaction() as connection:
        await connection.execute(HOLD_SESSIONS, parse_id("entry", entry))
        held = await hold_entry(connection, actor, entry, base_rev)
        if not office_of(actor).may("entry.change_standing", held.place.host):
            raise Problem("not_found")
        reason = clean_text(change.reason, "/reason", MOST_REASON)
        if len(reason) < 2:
            raise invalid_fields(field_error("/reason", "reason_needed"))
        if held.state != "accepted":
            raise Problem("entry_not_accepted")
        if held.standing == change.to:
            raise Problem("standing_unchanged")
        if await connection.fetchval(PUBLICATION, held.item_id) not in (None, "open", "closed"):
            raise Problem("result_is_confirmed")
        await connection.execute(
            "UPDATE entry SET standing = $2, rev = rev + 1 WHERE id = $1", held.id, change.to
        )
        await connection.execute(NOTE_STANDING, held.id, held.standing, change.to, reason, actor.account_id)
        payload = msgspec.json.encode({"from": held.standing, "to": change.to}).decode()
        await append_ledger(
            connection, held.season_id, held.item_id, "entry_standing", held.id, payload, actor.account_id
        )
        return await entry_by_id(connection, actor, held.id)
