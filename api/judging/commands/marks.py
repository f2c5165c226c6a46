"""Enter marks. Not a transaction of its own: requests of one process share statements (api/judging/writing.py)."""

import functools
from uuid import UUID

import asyncpg
from prometheus_client import Counter

from api.access.actor import Actor
from api.judging.codes import BY_CODE
from api.judging.desk import MarkDesk, SheetPlace
from api.judging.forms import SheetForm, packed_reasons
from api.judging.schemas import CurrentMark, EnterMarks, MarkResult, MarksReceipt, Operation
from api.judging.writing import MarkRow
from api.plumbing.metrics import MARKS
from scoring.decimals import plain

LONGEST_SHOWN = 40

JUDGE_CODE = """/* judging.judge_code */
SELECT j.code FROM sheet s JOIN judge own ON own.id = s.judge_id
JOIN judge j ON j.contest_id = own.contest_id AND j.account_id = $2
WHERE s.id = $1
"""

AT_VENUE = """/* judging.sheet_at_venue */
SELECT EXISTS (
    SELECT FROM sheet s JOIN venue_handout h ON h.session_id = s.session_id AND h.ended_at IS NULL WHERE s.id = $1
)
"""


async def enter_marks(desk: MarkDesk, actor: Actor, sheet_id: UUID, batch: EnterMarks) -> MarksReceipt:
    """Record up to 50 marks on one sheet; every operation gets its own answer. Raises not_found for a sheet that is not theirs."""
    place = await desk.sheet_of(sheet_id, actor.account_id)
    actor.require("sheet.mark", place.scope)
    records = await desk.writer.write([_row(place, sheet_id, actor.account_id, op) for op in batch.ops])
    counts: dict[str, int] = {}
    for record in records:
        counts[record["code"]] = counts.get(record["code"], 0) + 1
    # Asked only where it was refused: the write itself knows that a session does not run, not why.
    away = "session_closed" in counts and await _is_away(desk, sheet_id)
    results = []
    for op, record in zip(batch.ops, records, strict=True):
        if record["code"] == "accepted":
            results.append(MarkResult(op.op_id, "accepted", record["rev"], record["at"]))
        else:
            results.append(await _told(desk, sheet_id, place.form, op, record, away=away))
    for code, count in counts.items():
        _counter_of(code).inc(count)
    if "accepted" in counts:
        desk.nudges.nudge(place.item_id)
    return MarksReceipt(results)


@functools.cache
def _counter_of(code: str) -> Counter:
    return MARKS.labels(code)


def _row(place: SheetPlace, sheet_id: UUID, account_id: UUID, op: Operation) -> MarkRow:
    answer = place.form.answer(op.criterion, op.state, op.value)
    reasons, refused = "", answer.refused
    if op.reasons:
        packed = packed_reasons(op.reasons)
        reasons, refused = packed or "", refused or ("reason_invalid" if packed is None else None)
    return MarkRow(
        sheet_id, account_id, op.op_id, answer.criterion, op.state, answer.value, reasons, op.base_rev, op.entered_at, refused
    )  # fmt: skip


async def _told(
    desk: MarkDesk, sheet_id: UUID, form: SheetForm, op: Operation, record: asyncpg.Record, *, away: bool
) -> MarkResult:
    code = BY_CODE["session_at_venue" if away and record["code"] == "session_closed" else record["code"]]
    if code.status == "duplicate":
        return MarkResult(op.op_id, code.status, record["rev"], record["at"])
    shown = _shown(form, op)
    detail, detail_en = code.zh.format_map(shown), code.en.format_map(shown)
    if code.status != "conflict":
        return MarkResult(op.op_id, code.status, code=code.code, detail=detail, detail_en=detail_en)
    current = None
    if record["state"] is not None:
        value = record["value"]
        current = CurrentMark(record["state"], None if value is None else format(plain(value), "f"))
    return MarkResult(
        op.op_id,
        code.status,
        record["rev"],
        code=code.code,
        detail=detail,
        detail_en=detail_en,
        current=current,
        by=await _judge_code(desk, sheet_id, record["by_account"]),
        at=record["at"],
    )


async def _is_away(desk: MarkDesk, sheet_id: UUID) -> bool:
    async with desk.db.reading() as connection:
        return bool(await connection.fetchval(AT_VENUE, sheet_id))


def _shown(form: SheetForm, op: Operation) -> dict[str, str]:
    """What the texts may name."""
    number = form.numbers.get(op.criterion)
    value = "" if op.value is None else op.value[:LONGEST_SHOWN]
    if number is None:
        return {"criterion": op.criterion[:LONGEST_SHOWN], "number": "?", "value": value}
    line = form.lines[number - 1]
    bounds = {"minimum": line.minimum, "maximum": line.maximum, "step": line.step}
    return {
        "criterion": line.key,
        "number": str(number),
        "value": value,
        **{name: format(plain(bound), "f") for name, bound in bounds.items()},
    }


async def _judge_code(desk: MarkDesk, sheet_id: UUID, account_id: UUID | None) -> str | None:
    if account_id is None:
        return None
    async with desk.db.reading() as connection:
        code: str | None = await connection.fetchval(JUDGE_CODE, sheet_id, account_id)
    return code
