"""Enter and correct theory marks, row by row. A correction is a new revision with a reason; nothing is ever changed."""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

import asyncpg
import msgspec

from api.access.actor import Actor
from api.contests.plans import plan_by_id
from api.contests.scopes import ItemScope, item_scope
from api.jobs.schemas import Mode, Outcome, RowError, RowResult
from api.judging.forms import DECIMAL
from api.judging.nudging import Nudges
from api.judging.schemas import TheoryReceipt, TheoryRow
from api.plumbing.db import Connection, Db
from api.plumbing.ids import encode_id
from api.plumbing.problems import FieldError, Problem, field_error
from api.plumbing.texts import clean_text
from api.results.ledger import append_ledger
from scoring import Imported, check_imported
from scoring.decimals import plain
from scoring.plans.nodes import walk

LONGEST_REASON = 200
LONGEST_SHOWN = 40
# Once a result is confirmed or shown, theory marks stay; an amendment of a final result may begin with one.
OPEN_RESULTS = ("open", "closed", "final", "amended")

# One import of an item at a time: a revision number is given out under this lock.
HOLD_ITEM = """/* judging.hold_item */
SELECT p.state FROM item i LEFT JOIN publication p ON p.item_id = i.id WHERE i.id = $1 FOR NO KEY UPDATE OF i
"""

ENTRIES = """/* judging.theory_entries */
SELECT id, number FROM entry WHERE item_id = $1 AND state = 'accepted'
"""

CURRENT = """/* judging.current_theory */
SELECT DISTINCT ON (entry_id, node) entry_id, node, rev, state, value, hash FROM theory_mark
WHERE season_id = $1 AND item_id = $2 ORDER BY entry_id, node, rev DESC
"""

ADD_THEORY = """/* judging.add_theory */
INSERT INTO theory_mark (season_id, item_id, entry_id, node, rev, state, value, reason, account_id, hash)
SELECT $1, $2, entry_id, node, rev, state, value, reason, $3, hash
FROM unnest($4::uuid[], $5::text[], $6::integer[], $7::text[], $8::numeric[], $9::text[], $10::bytea[])
     AS r (entry_id, node, rev, state, value, reason, hash)
"""


class _Mark(NamedTuple):
    entry_id: UUID
    node: str
    rev: int
    state: str
    value: Decimal | None
    reason: str | None
    hash: bytes


async def require_importer(db: Db, actor: Actor, item_id: UUID) -> None:
    """Raise not_found unless the actor may enter theory marks of the item; `enter_theory` asks again once it writes."""
    async with db.reading() as connection:
        actor.require("theory.import", (await item_scope(connection, item_id)).scope)


async def enter_theory(
    db: Db, nudges: Nudges, actor: Actor, item_id: UUID, mode: Mode, rows: Sequence[tuple[int, TheoryRow]],
    headings: dict[str, str] | None = None,
) -> TheoryReceipt:  # fmt: skip
    """Enter theory marks; each row answers for itself, under its line. `headings`: field → the user's own column names.

    validate writes nothing, partial writes what fits, atomic all or nothing. Raises results_closed.
    """
    async with db.transaction() as connection:
        item = await item_scope(connection, item_id)
        actor.require("theory.import", item.scope)
        if await connection.fetchval(HOLD_ITEM, item_id) not in (None, *OPEN_RESULTS):
            raise Problem("results_closed")
        desk = await _Desk.open(connection, actor, item, headings or {})
        results = [desk.take(line, row) for line, row in rows]
        rejected = sum(result.outcome == "rejected" for result in results)
        saved = mode == "partial" or (mode == "atomic" and not rejected)
        if saved and desk.marks:
            await _add(connection, actor, item, desk.marks)
            nudges.nudge(item_id)
        elif mode == "atomic" and not saved:
            results = [_skipped(result) for result in results]
        return TheoryReceipt(
            mode, saved, _count(results, "accepted"), _count(results, "duplicate"), rejected, tuple(results)
        )


class _Desk:
    """The item's entries and current marks, against which rows are taken one after the other."""

    def __init__(
        self, actor: Actor, leaves: dict[str, Imported], check: Callable[[str, Decimal], str | None], entries: list[asyncpg.Record],
        current: list[asyncpg.Record], headings: dict[str, str],
    ) -> None:  # fmt: skip
        self.actor, self.leaves, self.check, self.headings = actor, leaves, check, headings
        self.by_number = {row["number"]: row["id"] for row in entries}
        self.by_id = {encode_id("entry", row["id"]): row["id"] for row in entries}
        self.current = {(row["entry_id"], row["node"]): row for row in current}
        self.taken: set[tuple[UUID, str]] = set()
        self.marks: list[_Mark] = []

    @classmethod
    async def open(
        cls, connection: Connection, actor: Actor, item: ItemScope, headings: dict[str, str]
    ) -> "_Desk":
        plan = await plan_by_id(connection, item.plan_id)
        leaves = {node.key: node for _, node in walk(plan.root) if isinstance(node, Imported)}
        entries = await connection.fetch(ENTRIES, item.item_id)
        current = await connection.fetch(CURRENT, item.season_id, item.item_id)
        return cls(
            actor, leaves, lambda node, value: check_imported(plan, node, value), entries, current, headings
        )

    def take(self, line: int, row: TheoryRow) -> RowResult:
        """What becomes of one row; what is to be written is added to `marks`."""
        entry_id = (
            self.by_number.get(row.number) if row.number is not None else self.by_id.get(row.entry or "")
        )
        if entry_id is None:
            return self._rejected(
                line, "number", "entry_unknown", value=(row.number or row.entry or "")[:LONGEST_SHOWN]
            )
        node = next(iter(self.leaves)) if row.node is None and len(self.leaves) == 1 else row.node or ""
        leaf = self.leaves.get(node)
        if leaf is None:
            return self._rejected(line, "node", "theory_node_unknown", value=node[:LONGEST_SHOWN])
        if (entry_id, node) in self.taken:
            return self._rejected(line, "number", "theory_twice")
        value = None
        if row.value is not None:
            value = Decimal(row.value) if DECIMAL.fullmatch(row.value) else None
            if value is None:
                return self._rejected(line, "value", "decimal_invalid", value=row.value[:LONGEST_SHOWN])
            if self.check(node, value) is not None:
                return self._rejected(
                    line, "value", "theory_value", value=row.value, minimum=leaf.minimum, maximum=leaf.maximum, step=leaf.step
                )  # fmt: skip
        return self._revised(line, row, entry_id, node, value)

    def _revised(
        self, line: int, row: TheoryRow, entry_id: UUID, node: str, value: Decimal | None
    ) -> RowResult:
        state = "absent" if value is None else "scored"
        before = self.current.get((entry_id, node))
        self.taken.add((entry_id, node))
        ref = encode_id("entry", entry_id)
        if before is not None and (before["state"], before["value"]) == (state, value):
            return RowResult(line, "duplicate", (), ref)
        errors: list[FieldError] = []
        reason = None if row.reason is None else clean_text(row.reason, "/reason", LONGEST_REASON, errors)
        if errors:
            return self._rejected(line, "reason", "name_invalid")
        if before is not None and (reason is None or len(reason) < 2):
            shown = "缺考" if before["value"] is None else format(plain(before["value"]), "f")
            return self._rejected(line, "reason", "theory_exists", current=shown)
        rev = 1 if before is None else before["rev"] + 1
        head = b"" if before is None else before["hash"]
        digest = theory_hash(head, entry_id, node, rev, state, value, self.actor.account_id, reason)
        self.marks.append(_Mark(entry_id, node, rev, state, value, reason, digest))
        return RowResult(line, "accepted", (), ref)

    def _rejected(self, line: int, field: str, code: str, **params: object) -> RowResult:
        found = field_error("", code, **params)
        error = RowError(self.headings.get(field, field), field, code, found.detail, found.detail_en)
        return RowResult(line, "rejected", (error,))


def theory_hash(
    head: bytes, entry_id: UUID, node: str, rev: int, state: str, value: Decimal | None, account_id: UUID, reason: str | None
) -> bytes:  # fmt: skip
    """One link of the chain of an entry's marks in one part: SHA-256 over the hash of the revision before and this one's content."""
    text = "" if value is None else format(plain(value), "f")
    fields = [str(entry_id), node, str(rev), state, text, str(account_id)]
    if reason is not None:
        fields.append(reason)
    return hashlib.sha256(head + "\x1f".join(fields).encode()).digest()


async def _add(connection: Connection, actor: Actor, item: ItemScope, marks: list[_Mark]) -> None:
    await connection.execute(
        ADD_THEORY, item.season_id, item.item_id, actor.account_id, *(list(column) for column in zip(*marks, strict=True))
    )  # fmt: skip
    payload = {"marks": len(marks), "corrections": sum(mark.rev > 1 for mark in marks)}
    payload_text = msgspec.json.encode(
        payload | {"digest": theory_digest(mark.hash for mark in marks)}
    ).decode()
    await append_ledger(
        connection,
        item.season_id,
        item.item_id,
        "theory.entered",
        item.item_id,
        payload_text,
        actor.account_id,
    )


def theory_digest(links: Iterable[bytes]) -> str:
    """One hash over all links of one act, so that the item's chain answers for them too; sorted, because rows have no order."""
    return hashlib.sha256(b"".join(sorted(links))).hexdigest()


def _count(results: Sequence[RowResult], outcome: Outcome) -> int:
    return sum(result.outcome == outcome for result in results)


def _skipped(result: RowResult) -> RowResult:
    return msgspec.structs.replace(result, outcome="skipped") if result.outcome == "accepted" else result
