"""The publication machine of an item (DESIGN 3.9), in the order an item lives through it."""

from datetime import UTC, datetime
from uuid import UUID

import asyncpg
import msgspec

from api.access.actor import Actor
from api.contests.plans import plan_by_id
from api.contests.scopes import ItemScope, item_scope
from api.control.gates import require_rechecked, require_signed_off
from api.judging.rounds import is_decoded
from api.plumbing.calendar import show_deadline
from api.plumbing.db import Connection, Db
from api.plumbing.ids import encode_id, parse_id
from api.plumbing.problems import Problem
from api.plumbing.states import require_transition
from api.plumbing.texts import clean_reason
from api.results.boards import touch_board
from api.results.boundaries import ties_at_boundaries
from api.results.ledger import append_ledger, verify_item
from api.results.notice import notice_end
from api.results.publications import publication_view
from api.results.schemas import DecideTie, MovePublication, PublicationView
from api.results.snapshots import (
    Snapshot,
    latest_snapshot,
    lock_board,
    snapshot_by_number,
    take_snapshot,
)

# A sheet of somebody who did not come, or was withdrawn, has nobody to sign for.
UNSIGNED = """/* results.unsigned_sheets */
SELECT a.station FROM sheet s JOIN attempt a ON a.id = s.attempt_id AND NOT a.voided
LEFT JOIN attempt_entry ae ON ae.attempt_id = a.id LEFT JOIN entry e ON e.id = ae.entry_id
WHERE s.item_id = $1 AND s.state <> 'signed' AND (e.id IS NULL OR e.standing = 'present' AND e.state = 'accepted') ORDER BY a.station
"""

MOVE = """/* results.move_publication */
UPDATE publication SET state = $2, snapshot = $3, amendment = $4, notice_opens_at = $5, notice_closes_at = $6, rev = rev + 1
WHERE item_id = $1
"""

NOTE_MOVE = """/* results.note_move */
INSERT INTO publication_transition (item_id, seq, from_state, to_state, snapshot, reason, by_account)
SELECT $1, coalesce(max(seq), 0) + 1, $2, $3, $4, $5, $6 FROM publication_transition WHERE item_id = $1
"""

NOTE_TIE = """/* results.note_tie */
INSERT INTO tie_decision (item_id, entry_id, rev, place, reason, by_account)
SELECT $1, $2, coalesce(max(rev), 0) + 1, $3, $4, $5 FROM tie_decision WHERE item_id = $1 AND entry_id = $2
"""

RIGHT_OF_STEP = {
    "closed": "result.confirm",
    "open": "result.confirm",
    "confirmed": "result.confirm",
    "provisional": "result.publish",
    "final": "result.publish",
    "amended": "result.publish",
    "withdrawn": "result.publish",
}
NEEDS_REASON = frozenset({"open", "amended", "withdrawn"})
LONGEST_REASON = 500


async def refresh_standings(db: Db, item_id: UUID) -> bool:
    """Append a fresh snapshot if facts have come since the last one. Called by a job; gives whether the board changed."""
    async with db.transaction() as connection:
        season_id, _, _ = await lock_board(connection, item_id)
        _, fresh = await take_snapshot(connection, item_id, season_id)
        if fresh:
            await touch_board(connection, item_id)
        return fresh


async def move_publication(
    db: Db, actor: Actor, item_id: UUID, move: MovePublication, base_rev: int
) -> PublicationView:
    """Take one step. Raises forbidden_transition, sheets_unsigned, standing_incomplete, tie_at_boundary, recheck_missing, recheck_open,
    sign_off_missing, sign_off_void, ranked_count_differs, notice_running, verification_failed, reason_needed, stale."""
    reason = clean_reason(move.reason, LONGEST_REASON)
    async with db.transaction() as connection:
        item = await item_scope(connection, item_id)
        actor.require(RIGHT_OF_STEP[move.to], item.scope)
        season_id, state, number = await lock_board(connection, item_id)
        before = await publication_view(connection, item_id)
        if before.rev != base_rev:
            raise Problem("stale", current=before)
        require_transition("publication", state, move.to)
        if (move.to in NEEDS_REASON or state == move.to) and not reason:
            raise Problem("reason_needed")
        step = _Step(connection, item, season_id, before, number, move)
        await step.take()
        await connection.execute(
            MOVE, item_id, move.to, step.snapshot, step.amendment, step.notice_opens_at, step.notice_closes_at
        )
        await connection.execute(NOTE_MOVE, item_id, state, move.to, step.snapshot, reason, actor.account_id)
        await append_ledger(
            connection, season_id, item_id, "publication." + move.to, item_id,
            msgspec.json.encode({"snapshot": step.snapshot, "hash": step.hash, "reason": reason}).decode(), actor.account_id,
        )  # fmt: skip
        await touch_board(connection, item_id)
        return await publication_view(connection, item_id)


class _Step:
    """What one step checks and changes; `take` dispatches on where it leads."""

    def __init__(
        self, connection: Connection, item: ItemScope, season_id: UUID, before: PublicationView, number: int | None,
        move: MovePublication,
    ) -> None:  # fmt: skip
        self.connection, self.item, self.season_id, self.before, self.move = (
            connection,
            item,
            season_id,
            before,
            move,
        )
        self.snapshot, self.amendment, self.hash = number, before.amendment, ""
        self.notice_opens_at, self.notice_closes_at = before.notice_opens_at, before.notice_closes_at

    async def take(self) -> None:
        """Check the step and set what it changes."""
        match self.move.to:
            case "closed" if self.before.state == "open":
                await self._close()
            case "closed" | "open":
                self.snapshot = None
            case "confirmed":
                await self._confirm()
            case "provisional" if self.before.state == "provisional":
                await self._show_corrected()
            case "provisional":
                await self._publish()
            case "final":
                await self._finalise()
            case "amended":
                await self._amend()

    async def _close(self) -> None:
        if not await is_decoded(self.connection, self.item.item_id):
            raise Problem("blind_not_decoded")
        unsigned = [row["station"] for row in await self.connection.fetch(UNSIGNED, self.item.item_id)]
        if unsigned:
            stations = "、".join(f"{station:02d}" for station in sorted(set(unsigned))[:20])
            raise Problem("sheets_unsigned", count=len(unsigned), stations=stations)
        self._require_complete(await self._fresh())

    async def _confirm(self) -> None:
        fresh = await self._fresh()
        self._require_complete(fresh)
        await self._require_no_tie(fresh)
        await self._require_rechecked(fresh)
        self._name(fresh)

    async def _require_no_tie(self, fresh: Snapshot) -> None:
        for tie in await ties_at_boundaries(self.connection, self.item.item_id, fresh.standings):
            raise Problem(
                "tie_at_boundary",
                rank=tie.rank,
                count=len(tie.entries),
                what=f"{tie.name_zh} / {tie.name_en}",
            )

    async def _require_rechecked(self, fresh: Snapshot) -> None:
        await require_rechecked(self.connection, self.item.item_id, self.season_id, fresh.standings)

    async def _publish(self) -> None:
        published = await self._named()
        # A fact may have come after the confirmation: what is shown is the latest version, or nothing.
        await require_signed_off(self.connection, self.item.item_id, (await self._fresh()).number)
        await self._require_rechecked(published)
        ranked = sum(row.rank is not None for row in published.standings.rows)
        if self.move.ranked is not None and self.move.ranked != ranked:
            raise Problem("ranked_count_differs", ranked=ranked)
        self._open_notice()

    def _open_notice(self) -> None:
        self.notice_opens_at = datetime.now(UTC)
        self.notice_closes_at = notice_end(self.notice_opens_at, self.item.notice_days, self.item.timezone)

    async def _show_corrected(self) -> None:
        """The notice begins anew: nobody has seen this result before, and objections need their time."""
        fresh = await self._fresh()
        self._require_complete(fresh)
        await self._require_no_tie(fresh)
        await self._require_rechecked(fresh)
        await require_signed_off(self.connection, self.item.item_id, fresh.number)
        self._name(fresh)
        self.amendment += 1
        self._open_notice()

    async def _finalise(self) -> None:
        assert self.notice_closes_at is not None
        if datetime.now(UTC) < self.notice_closes_at:
            raise Problem(
                "notice_running",
                until_zh=show_deadline(self.notice_closes_at, self.item.timezone),
                until_en=show_deadline(self.notice_closes_at, self.item.timezone, "en"),
            )
        await self._verified(await self._named())

    async def _amend(self) -> None:
        fresh = await self._fresh()
        self._require_complete(fresh)
        await self._require_rechecked(fresh)
        await require_signed_off(self.connection, self.item.item_id, fresh.number)
        self._name(fresh)
        self.amendment += 1
        await self._verified(fresh)

    async def _fresh(self) -> Snapshot:
        return (await take_snapshot(self.connection, self.item.item_id, self.season_id))[0]

    async def _named(self) -> Snapshot:
        assert self.snapshot is not None
        snapshot = await snapshot_by_number(self.connection, self.item.item_id, self.season_id, self.snapshot)
        self.hash = snapshot.output_hash.hex()
        return snapshot

    def _name(self, snapshot: Snapshot) -> None:
        self.snapshot, self.hash = snapshot.number, snapshot.output_hash.hex()

    async def _verified(self, snapshot: Snapshot) -> None:
        found = await verify_item(self.connection, self.item.item_id, self.season_id, snapshot.number)
        if not found.sound:
            raise Problem("verification_failed", broken=", ".join(found.broken[:5]) or "standings")

    def _require_complete(self, snapshot: Snapshot) -> None:
        rows = snapshot.standings.rows
        lacking = [row for row in rows if row.state == "present" and (not row.complete or row.total is None)]
        if lacking or not rows:
            raise Problem("standing_incomplete", count=len(lacking))


async def freeze_board(db: Db, actor: Actor, item_id: UUID, frozen: bool, base_rev: int) -> PublicationView:
    """Freeze or thaw the public board. A frozen board shows progress only, wherever it is read."""
    async with db.transaction() as connection:
        item = await item_scope(connection, item_id)
        actor.require("result.publish", item.scope)
        season_id, _, _ = await lock_board(connection, item_id)
        before = await publication_view(connection, item_id)
        if before.rev != base_rev:
            raise Problem("stale", current=before)
        if before.frozen != frozen:
            latest = await latest_snapshot(connection, item_id, season_id)
            await connection.execute(
                "UPDATE publication SET frozen = $2, frozen_snapshot = $3, rev = rev + 1 WHERE item_id = $1",
                item_id, frozen, latest.number if frozen and latest else None,
            )  # fmt: skip
            kind = "board.frozen" if frozen else "board.thawed"
            await append_ledger(connection, season_id, item_id, kind, item_id, "{}", actor.account_id)
            await touch_board(connection, item_id)
        return await publication_view(connection, item_id)


async def decide_tie(db: Db, actor: Actor, item_id: UUID, decision: DecideTie) -> PublicationView:
    """Record the chief judge's order of entries that share a rank. Raises not_a_tie, ties_not_decided, results_closed, reason_needed."""
    entries = [parse_id("entry", entry) for entry in decision.entries]
    reason = clean_reason(decision.reason, LONGEST_REASON)
    if reason is None:
        raise Problem("reason_needed")
    async with db.transaction() as connection:
        item = await item_scope(connection, item_id)
        actor.require("tie.decide", item.scope)
        season_id, state, _ = await lock_board(connection, item_id)
        if state not in ("open", "closed"):
            raise Problem("results_closed")
        plan = await plan_by_id(connection, item.plan_id)
        if not any(tie.of == "decision" for tie in plan.ties):
            raise Problem("ties_not_decided")
        fresh, _ = await take_snapshot(connection, item_id, season_id)
        shared = {row.rank for row in fresh.standings.rows if row.entry in decision.entries}
        sharers = {row.entry for row in fresh.standings.rows if row.rank in shared and row.rank is not None}
        if len(shared) != 1 or sharers != set(decision.entries) or len(entries) != len(sharers):
            raise Problem("not_a_tie")
        try:
            for place, entry in enumerate(entries, 1):
                await connection.execute(NOTE_TIE, item_id, entry, place, reason, actor.account_id)
        except asyncpg.UniqueViolationError as error:
            raise Problem("stale") from error
        payload = msgspec.json.encode(
            {"entries": [encode_id("entry", entry) for entry in entries], "reason": reason}
        )
        await append_ledger(
            connection, season_id, item_id, "tie.decided", item_id, payload.decode(), actor.account_id
        )
        await take_snapshot(connection, item_id, season_id)
        await touch_board(connection, item_id)
        return await publication_view(connection, item_id)
