"""From the sheet's form to operations: what the judge has changed, and under which revision they saw it.

Each row carries the operation's number made when the row was shown, so that a form sent twice counts once; its revision; and what
it showed. Only what differs from that is sent on: a value that somebody else has changed meanwhile is not overwritten by a row
that the judge never touched.
"""

import unicodedata
from datetime import datetime
from decimal import Decimal
from typing import Final
from uuid import UUID, uuid4

import msgspec

from api.judging.forms import DECIMAL
from api.judging.schemas import Operation
from scoring import Criterion, MarkState
from scoring.decimals import exact_arithmetic, plain

LARGEST_REVISION: Final = 2**31 - 2
TYPED_KINDS: Final = frozenset({"measured", "free"})
WITHOUT_VALUE: Final[dict[str, MarkState]] = {"not_attempted": "not_attempted", "cleared": "cleared"}


class Entered(msgspec.Struct, frozen=True):
    """One changed row. `typed` is what stands in the form; the state says whether it is a value at all."""

    line: Criterion
    state: MarkState
    typed: str
    op_id: UUID
    rev: int

    def operation(self, at: datetime) -> Operation:
        """The operation that the row stands for."""
        value = value_of(self.line, self.typed) if self.state == "scored" else None
        return Operation(self.op_id, self.line.key, self.state, self.rev, at, value)


def entered_row(line: Criterion, fields: dict[str, str]) -> Entered | None:
    """What the form changes at this criterion, if anything."""
    key = line.key
    keep = fields.get(f"keep.{key}")
    answer = _kept(fields.get(f"here.{key}", "")) if keep == "here" else _answer(line, fields)
    if keep == "there" or answer is None:
        return None
    rev = _revision(fields.get(f"{'there_rev' if keep else 'rev'}.{key}", ""))
    return Entered(line, *answer, _op_id(fields.get(f"op.{key}", "")), rev)


def _kept(here: str) -> tuple[MarkState, str]:
    """The side of a conflict that was typed here."""
    return (WITHOUT_VALUE[here], "") if here in WITHOUT_VALUE else ("scored", here)


def _answer(line: Criterion, fields: dict[str, str]) -> tuple[MarkState, str] | None:
    key = line.key
    pressed = fields.get(f"state.{key}")
    if pressed in WITHOUT_VALUE:
        return WITHOUT_VALUE[pressed], ""
    typed, was = _plain(fields.get(f"mark.{key}", "")), fields.get(f"was.{key}", "")
    if typed == "custom":
        typed = _plain(fields.get(f"custom.{key}", ""))
    if typed == was:
        return None
    if typed:
        return "scored", typed
    # A field that was emptied is cleared; a button that nobody has pressed, or a choice to type, says nothing yet.
    return ("cleared", "") if line.kind in TYPED_KINDS else None


def shown_value(line: Criterion, value: str) -> str:
    """A mark as the form shows it: a deduction shows the points taken off."""
    return _taken_off(line, value) if line.kind == "deduction" else value


def value_of(line: Criterion, typed: str) -> str:
    """The mark behind what was typed; what is no number stays as it is and is refused by name."""
    return _taken_off(line, typed) if line.kind == "deduction" and DECIMAL.fullmatch(typed) else typed


def _taken_off(line: Criterion, number: str) -> str:
    with exact_arithmetic():
        return format(plain(line.maximum - Decimal(number)), "f")


def _plain(typed: str) -> str:
    """Chinese keyboards type full-width digits; they are the same number."""
    return unicodedata.normalize("NFKC", typed).strip()


def _revision(text: str) -> int:
    """A revision that the form does not have is one that never was: the answer will be a conflict, not an overwrite."""
    if text.isascii() and text.isdigit() and len(text) <= 10:
        return min(int(text), LARGEST_REVISION)
    return LARGEST_REVISION


def _op_id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        return uuid4()
