"""Structs in and out. In: strict about form, unknown fields refused. Out: nothing that names a contestant."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec

from api.judging.codes import Status
from scoring import MarkState

MOST_OPERATIONS = 50

Revision = Annotated[int, msgspec.Meta(ge=0, le=2**31 - 2)]
Instant = Annotated[datetime, msgspec.Meta(tz=True)]


class Operation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One change of one mark, as the tablet made it. `value` is a decimal string, null unless the state is `scored`."""

    op_id: UUID
    criterion: Annotated[str, msgspec.Meta(min_length=1, max_length=80)]
    state: MarkState
    base_rev: Revision
    entered_at: Instant
    value: str | None = None
    reasons: Annotated[tuple[str, ...], msgspec.Meta(max_length=10)] = ()

    def __post_init__(self) -> None:
        """A clock may be as wrong as it likes; the first and last year are what the database driver takes for infinity."""
        if not 1 < self.entered_at.year < 9999:
            raise ValueError("not within the years 2 to 9998")


class EnterMarks(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """1 to 50 operations on one sheet; they apply in this order."""

    ops: Annotated[list[Operation], msgspec.Meta(min_length=1, max_length=MOST_OPERATIONS)]


class CurrentMark(msgspec.Struct, frozen=True):
    """What stands there now."""

    state: MarkState
    value: str | None


class MarkResult(msgspec.Struct, frozen=True, omit_defaults=True):
    """What became of one operation. `code` and both texts where it was not saved; `current`, `by` (a judge's code) and `at` in a conflict."""

    op_id: UUID
    status: Status
    rev: int | None = None
    received_at: datetime | None = None
    code: str | None = None
    detail: str | None = None
    detail_en: str | None = None
    current: CurrentMark | None = None
    by: str | None = None
    at: datetime | None = None


class MarksReceipt(msgspec.Struct, frozen=True):
    """One result for each operation, in order. What is `accepted` or `duplicate` here is durable."""

    results: list[MarkResult]
