"""One closed sheet and one mark on it: what corrections and second thoughts have in common."""

from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

import asyncpg
import msgspec

from api.access.actor import Scope
from api.control.schemas import MarkShown
from api.judging.codes import BY_CODE
from api.judging.desk import sheet_form
from api.judging.forms import SheetForm
from api.plumbing.db import Connection
from api.plumbing.problems import FieldError, Problem, invalid_fields
from scoring.decimals import plain

SHEET = """/* control.sheet */
SELECT s.id, s.season_id, s.item_id, s.session_id, s.attempt_id, s.account_id, s.plan_id, s.state, s.seq, s.head, a.station, ae.entry_id,
       j.code AS judge, st.node, i.contest_id, o.path, p.state AS publication
FROM sheet s
JOIN attempt a ON a.id = s.attempt_id AND NOT a.voided
LEFT JOIN attempt_entry ae ON ae.attempt_id = a.id
JOIN judge j ON j.id = s.judge_id
JOIN judging_session js ON js.id = s.session_id
JOIN stage st ON st.id = js.stage_id
JOIN item i ON i.id = s.item_id
JOIN contest c ON c.id = i.contest_id
JOIN organisation o ON o.id = c.host_id
JOIN publication p ON p.item_id = s.item_id
WHERE s.id = $1
"""

HOLD = " FOR NO KEY UPDATE OF s"

MARK_NOW = """/* control.mark_now */
SELECT rev, state, value FROM mark_revision WHERE season_id = $1 AND sheet_id = $2 AND criterion = $3 ORDER BY rev DESC LIMIT 1
"""

REVISE = """/* control.revise_mark */
SELECT seq, head, rev FROM revise_mark($1, $2, $3, $4, $5, $6, $7)
"""

# The sheet stays in its state: what was submitted or signed is now this revision of it, with the reason and who answers for it.
NOTE_REVISED = """/* control.note_revised */
INSERT INTO sheet_transition (season_id, sheet_id, position, from_state, to_state, seq, head, reason, by_account)
SELECT $1, $2, coalesce(max(position), 0) + 1, $3, $3, $4, $5, $6, $7 FROM sheet_transition WHERE sheet_id = $2
"""


class HeldSheet(NamedTuple):
    """A sheet with its form. `row` is what SHEET selects."""

    row: asyncpg.Record
    form: SheetForm

    @property
    def scope(self) -> Scope:
        """Where it lies."""
        row = self.row
        return Scope(
            organisation_path=tuple(row["path"]),
            contest_id=row["contest_id"],
            item_id=row["item_id"],
            session_id=row["session_id"],
        )


async def sheet_at(connection: Connection, sheet_id: UUID, *, held: bool = False) -> HeldSheet:
    """The sheet, held against marks where it is to be changed. Raises not_found, also for one that a redraw voided."""
    row = await connection.fetchrow(SHEET + (HOLD if held else ""), sheet_id)
    if row is None:
        raise Problem("not_found")
    return HeldSheet(row, await sheet_form(connection, row["plan_id"], row["node"]))


class MarkNow(msgspec.Struct, frozen=True):
    """What stands on a line of a sheet; revision 0 where nothing was entered."""

    rev: int
    state: str
    value: Decimal | None

    @property
    def shown(self) -> MarkShown:
        """As both sides of a correction show it."""
        return MarkShown(self.state, None if self.value is None else format(plain(self.value), "f"))


async def mark_now(connection: Connection, sheet: HeldSheet, criterion: str) -> MarkNow:
    """The current mark of a criterion."""
    row = await connection.fetchrow(MARK_NOW, sheet.row["season_id"], sheet.row["id"], criterion)
    return MarkNow(row["rev"], row["state"], row["value"]) if row else MarkNow(0, "cleared", None)


def checked_mark(
    form: SheetForm, criterion: str, state: str, value: str | None, pointer: str = "/value"
) -> Decimal | None:
    """The value as a number. Raises not_found for a criterion that the sheet has not, invalid_fields in the words of the tablet."""
    number = form.numbers.get(criterion)
    if number is None:
        raise Problem("not_found")
    refused = form.answer(criterion, state, value).refused  # type: ignore[arg-type]
    if refused is None and state == "scored" and value is None:
        refused = "value_missing"
    if refused is not None:
        line, text = form.lines[number - 1], BY_CODE[refused]
        bounds = {"minimum": line.minimum, "maximum": line.maximum, "step": line.step}
        words = {"criterion": criterion, "number": str(number), "value": value or ""}
        words |= {name: "" if each is None else format(plain(each), "f") for name, each in bounds.items()}
        raise invalid_fields(
            FieldError(pointer, refused, text.zh.format_map(words), text.en.format_map(words))
        )
    return None if value is None else plain(Decimal(value))


async def revise(
    connection: Connection, sheet: HeldSheet, criterion: str, base_rev: int, state: str, value: Decimal | None,
    reason: str, account_id: UUID,
) -> bool:  # fmt: skip
    """Write the mark as the next revision and note it as the sheet's; False where another came first."""
    row = sheet.row
    revised = await connection.fetchrow(
        REVISE, row["id"], criterion, base_rev, state, value, [reason[:60]], account_id
    )
    if revised is None:
        return False
    await connection.execute(
        NOTE_REVISED, row["season_id"], row["id"], row["state"], revised["seq"], revised["head"], reason, account_id
    )  # fmt: skip
    return True
