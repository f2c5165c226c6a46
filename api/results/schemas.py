"""Structs of the results room."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Literal

import msgspec

Reason = Annotated[str, msgspec.Meta(min_length=2, max_length=500)]
Audience = Literal["none", "progress", "live", "provisional", "final", "amended", "withdrawn"]


class MovePublication(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One step of the publication machine. `ranked` repeats the number of ranked entries before publishing: typed, not clicked."""

    to: Literal["open", "closed", "confirmed", "provisional", "final", "amended", "withdrawn"]
    reason: Reason | None = None
    ranked: int | None = None


class FreezeBoard(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Freeze or thaw the public board; the publication machine is not moved by it."""

    frozen: bool


class DecideTie(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The chief judge's order of entries that share a rank: first in the list stands first."""

    entries: Annotated[list[str], msgspec.Meta(min_length=2, max_length=200)]
    reason: Reason


class PublicationGap(msgspec.Struct, frozen=True):
    """A thing that stands in the way of the next step, in both languages."""

    code: str
    zh: str
    en: str


class PublicationView(msgspec.Struct, frozen=True):
    """Where an item stands on its way to a final result. `gaps` say why the next step is refused for now."""

    item: str
    state: str
    rev: int
    snapshot: int | None
    hash_fragment: str | None
    amendment: int
    frozen: bool
    ranked: int
    complete: bool
    next_states: list[str]
    gaps: list[PublicationGap]
    notice_opens_at: datetime | None
    notice_closes_at: datetime | None
    history: list["PublicationStep"]


class PublicationStep(msgspec.Struct, frozen=True):
    """One step taken, by whom and when."""

    from_state: str
    to_state: str
    snapshot: int | None
    reason: str | None
    by: str | None
    at: datetime


class BoardRow(msgspec.Struct, frozen=True, kw_only=True):
    """One entry of a board. Marks are decimal strings, so that nobody's JSON reader makes floats of them."""

    entry: str
    number: str
    name: str
    delegation: str
    unit: str
    rank: int | None
    award_rank: int | None
    shared: bool
    state: str
    total: str | None
    parts: list[str | None]
    complete: bool
    # The criterion that put this row behind the one above it.
    decided_by: str | None
    # Values of all ranking criteria, in the board's `order`.
    compared: list[str | None]
    # The unit as big screens and badges write it.
    unit_short: str = ""


class BoardColumn(msgspec.Struct, frozen=True):
    """A part of the total; `weight` in per cent, empty where parts are not weighed against each other."""

    key: str
    name: str
    name_en: str
    weight: str


class BoardCriterion(msgspec.Struct, frozen=True):
    """A ranking criterion in its order."""

    key: str
    name: str
    name_en: str


class Board(msgspec.Struct, frozen=True, kw_only=True):
    """What a reader may see of an item's standings. What may not be seen is absent, not hidden."""

    item: str
    item_name: str
    item_name_en: str
    contest: str
    contest_slug: str
    contest_name: str
    contest_name_en: str
    tier: str
    audience: Audience
    frozen: bool
    frozen_since: datetime | None
    version: int | None
    hash_fragment: str | None
    at: datetime | None
    field: int
    judged: int
    to_judge: int
    complete: bool
    columns: list[BoardColumn]
    order: list[BoardCriterion]
    rows: list[BoardRow]
    notice_closes_at: datetime | None = None
    withdrawn_at: datetime | None = None
    withdrawn_reason: str | None = None
    # Of a published result that was corrected: when that was last shown, and the public notes of its corrections.
    amended_at: datetime | None = None
    amended_note: str | None = None


class Verification(msgspec.Struct, frozen=True):
    """What the verifier found: chains and standing recomputed from raw facts. `broken` names every chain that does not hold."""

    sheets: int
    marks: int
    ledger_rows: int
    broken: list[str]
    standing_equal: bool | None

    @property
    def sound(self) -> bool:
        """Whether everything held."""
        return not self.broken and self.standing_equal is not False


def shown(value: Decimal | None) -> str | None:
    """A mark as a decimal string without exponent."""
    return None if value is None else format(value, "f")
