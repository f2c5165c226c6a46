"""Recomputes every chain of an item from its rows: sheets, theory marks, the item's own ledger, and what was signed."""

from uuid import UUID

from api.plumbing.db import Connection
from api.plumbing.ids import encode_id
from api.results.schemas import Verification
from api.results.snapshots import recomputed_hash, snapshot_by_number

# A link is sound when it follows from the row before it; a chain when its rows are numbered without gap, its last link is the
# sheet's head, and the head is what was signed.
BROKEN_SHEETS = """/* results.broken_sheets */
WITH link AS (
    SELECT m.sheet_id, m.seq, m.hash = mark_hash(
               coalesce(lag(m.hash) OVER w, '\\x'), m.sheet_id, m.seq, m.criterion, m.rev, m.op_id, m.state, m.value, m.reasons,
               m.account_id, m.entered_at, m.received_at) AS sound
    FROM sheet s JOIN mark_revision m ON m.season_id = s.season_id AND m.sheet_id = s.id
    WHERE s.item_id = $1 AND s.season_id = $2
    WINDOW w AS (PARTITION BY m.sheet_id ORDER BY m.seq)
), chain AS (
    SELECT sheet_id, count(*) AS links, max(seq) AS last_seq, bool_and(sound) AS sound FROM link GROUP BY sheet_id
)
SELECT s.id FROM sheet s
LEFT JOIN chain c ON c.sheet_id = s.id
LEFT JOIN mark_revision last ON last.season_id = s.season_id AND last.sheet_id = s.id AND last.seq = s.seq
LEFT JOIN LATERAL (
    SELECT seq, head FROM sheet_transition WHERE sheet_id = s.id AND to_state = 'signed' ORDER BY position DESC LIMIT 1
) signed ON s.state = 'signed'
WHERE s.item_id = $1 AND (
    coalesce(c.links, 0) <> s.seq OR coalesce(c.last_seq, 0) <> s.seq OR NOT coalesce(c.sound, true)
    OR coalesce(last.hash, '\\x') <> s.head
    OR (signed.seq IS NOT NULL AND (signed.seq <> s.seq OR signed.head <> s.head))
)
ORDER BY s.id
"""

# As `theory_hash` of judging makes it: a chain for each entry and part.
BROKEN_THEORY = """/* results.broken_theory */
WITH link AS (
    SELECT entry_id, rev, row_number() OVER w AS place, hash = sha256(
               coalesce(lag(hash) OVER w, '\\x') || convert_to(concat_ws(E'\\x1f', entry_id, node, rev, state,
               coalesce(trim_scale(value)::text, ''), account_id, reason), 'UTF8')) AS sound
    FROM theory_mark WHERE season_id = $2 AND item_id = $1
    WINDOW w AS (PARTITION BY entry_id, node ORDER BY rev)
)
SELECT DISTINCT entry_id FROM link WHERE rev <> place OR NOT sound ORDER BY entry_id
"""

# A chain that was cut, or written anew from its first link, is sound in itself. The ledger has told of every act: how many marks,
# and one hash over all their links. An act and its marks share account and moment.
UNTOLD_THEORY = """/* results.untold_theory */
WITH written AS (
    SELECT account_id, received_at, count(*)::text AS marks,
           encode(sha256(string_agg(hash, ''::bytea ORDER BY hash)), 'hex') AS digest
    FROM theory_mark WHERE season_id = $2 AND item_id = $1 GROUP BY account_id, received_at
), told AS (
    SELECT account_id, at, payload->>'marks' AS marks, payload->>'digest' AS digest
    FROM ledger WHERE season_id = $2 AND chain = $1 AND kind = 'theory.entered'
)
SELECT EXISTS (
    SELECT FROM written w FULL JOIN told t ON t.account_id = w.account_id AND t.at = w.received_at
    WHERE (w.marks, w.digest) IS DISTINCT FROM (t.marks, t.digest)
)
"""

COUNT_MARKS = """/* results.count_marks */
SELECT count(DISTINCT s.id) AS sheets, count(m.*) AS marks
FROM sheet s LEFT JOIN mark_revision m ON m.season_id = s.season_id AND m.sheet_id = s.id WHERE s.item_id = $1
"""

BROKEN_LEDGER = """/* results.broken_ledger */
WITH link AS (
    SELECT seq, hash, digest = sha256(salt || convert_to(payload::text, 'UTF8')) AND hash = sha256(
               coalesce(lag(hash) OVER (ORDER BY seq), '\\x') || convert_to(concat_ws(E'\\x1f', chain, seq, kind, subject,
               encode(digest, 'hex'), coalesce(account_id::text, '')), 'UTF8')) AS sound
    FROM ledger WHERE season_id = $2 AND chain = $1
)
SELECT (SELECT count(*) FROM link) AS links,
       NOT coalesce((SELECT bool_and(sound) FROM link), true)
       OR (SELECT count(*) FROM link) <> coalesce((SELECT seq FROM ledger_head WHERE chain = $1), 0)
       OR coalesce((SELECT hash FROM link ORDER BY seq DESC LIMIT 1), '\\x')
          <> coalesce((SELECT head FROM ledger_head WHERE chain = $1), '\\x') AS broken
"""


async def verify_item(
    connection: Connection, item_id: UUID, season_id: UUID, snapshot: int | None
) -> Verification:
    """Every chain of the item, and whether the standing computed afresh equals `snapshot` byte for byte (None: not asked)."""
    counts = await connection.fetchrow(COUNT_MARKS, item_id)
    sheets = await connection.fetch(BROKEN_SHEETS, item_id, season_id)
    theory = await connection.fetch(BROKEN_THEORY, item_id, season_id)
    untold = await connection.fetchval(UNTOLD_THEORY, item_id, season_id)
    ledger = await connection.fetchrow(BROKEN_LEDGER, item_id, season_id)
    assert counts is not None
    assert ledger is not None
    broken = [encode_id("sheet", row["id"]) for row in sheets]
    broken += [encode_id("entry", row["entry_id"]) for row in theory]
    if ledger["broken"] or untold:
        broken.append(encode_id("item", item_id))
    equal = None
    if snapshot is not None:
        published = await snapshot_by_number(connection, item_id, season_id, snapshot)
        equal = published.output_hash == await recomputed_hash(connection, item_id)
    return Verification(counts["sheets"], counts["marks"], ledger["links"], broken, equal)


async def append_ledger(
    connection: Connection,
    season_id: UUID,
    chain: UUID,
    kind: str,
    subject: UUID,
    payload: str,
    account_id: UUID,
) -> None:
    """One row on the chain of an item or contest; `payload` is a JSON text without personal data."""
    await connection.execute(
        "SELECT append_ledger($1, $2, $3, $4, $5, $6)", season_id, chain, kind, subject, payload, account_id
    )
