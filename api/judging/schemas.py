"""Structs in and out. In: strict about form, unknown fields refused. Out: nothing that names a contestant."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

import msgspec

from api.jobs.schemas import Mode, RowResult
from api.judging.codes import Status
from scoring import Criterion, MarkState

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


JudgeCode = Annotated[str, msgspec.Meta(pattern=r"^[A-Z]-[0-9]{2,3}$")]
Id = Annotated[str, msgspec.Meta(max_length=40)]
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
Reason = Annotated[str, msgspec.Meta(max_length=1000)]
SheetState = Literal["open", "submitted", "signed"]
SessionState = Literal["planned", "running", "paused", "closed"]


class AddJudge(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Make an account a judge of a contest, under a code; `unit` for avoidance, if it is not known from the person's employment."""

    account: Id
    code: JudgeCode
    unit: Id | None = None


class Judge(msgspec.Struct, frozen=True, kw_only=True):
    """A judge as organisers see them."""

    id: str
    account: str
    name: str
    code: str
    unit: str | None
    unit_name: str | None


class Seat(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One judge of a panel."""

    judge: Id
    chief: bool = False


class CreatePanel(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A panel of an item; the order of seats is the order on lists."""

    name: Name
    seats: Annotated[tuple[Seat, ...], msgspec.Meta(max_length=99)] = ()


class SetSeats(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole list of a panel's judges."""

    seats: Annotated[tuple[Seat, ...], msgspec.Meta(min_length=1, max_length=99)]


class ReplaceJudge(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Give the seat of `judge` to `by`: open sheets without a mark go with it, and `begun` ones only where that is asked for."""

    judge: Id
    by: Id
    reason: Annotated[str, msgspec.Meta(min_length=2, max_length=1000)]
    begun: bool = False


class SeatView(msgspec.Struct, frozen=True):
    """One judge of a panel; a code, no name."""

    judge: str
    code: str
    chief: bool


class Panel(msgspec.Struct, frozen=True, kw_only=True):
    """A panel; `size` is what the plan asks for."""

    id: str
    name: str
    size: int | None
    seats: tuple[SeatView, ...]
    rev: int


class Replaced(msgspec.Struct, frozen=True):
    """One judge took another's place: both by id, when, why and by whose order. `handout`: at a venue server, in that hand-out of a session;
    the panel here keeps its seats, because its other sessions do."""

    judge: str
    by: str
    at: datetime
    reason: str
    ordered_by: str
    handout: int | None


class CreateSession(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A judging session 场次. `stage` is needed only where the item has several practical stages."""

    panel: Id
    name_zh: Name
    starts_at: Instant
    ends_at: Instant
    stations: Annotated[int, msgspec.Meta(ge=1, le=9999)]
    name_en: Name | None = None
    stage: Id | None = None


class Away(msgspec.Struct, frozen=True):
    """A session is with a venue server: which one, as the organiser calls it, and since when."""

    label: str
    since: datetime


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """A judging session. Nothing in it names an item or contest by id: a judge's device reads it too.

    While it is `away` nothing of it changes here.
    """

    id: str
    name_zh: str
    name_en: str | None
    item_name: str
    stage_name: str
    position: int
    panel: str | None
    stations: int
    starts_at: datetime
    ends_at: datetime
    state: SessionState
    drawn: int
    rev: int
    away: Away | None = None


class MoveSession(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Start, pause, resume, close or reopen. All but start and resume need a reason; `with_gaps` closes in spite of named gaps."""

    to: SessionState
    reason: Reason | None = None
    with_gaps: bool = False


class MakeDraw(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Draw the item's planned sessions for the first time. The seed is the server's; there is nothing to choose."""


class AskRedraw(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Ask for a redraw; it is made once somebody else confirms it."""

    reason: Annotated[str, msgspec.Meta(min_length=2, max_length=1000)]


class Redraw(msgspec.Struct, frozen=True, kw_only=True):
    """A redraw that was asked for and waits for a second person. `number` is the draw it will make; `own` if the reader asked."""

    id: str
    number: int
    reason: str
    by: str
    own: bool
    at: datetime


class DrawnPlace(msgspec.Struct, frozen=True):
    """Who works where."""

    session: str
    station: int
    entry: str
    number: str | None


class Draw(msgspec.Struct, frozen=True, kw_only=True):
    """A draw with everything needed to replay it; in a blind item neither seed nor places for those who may not know.

    `current` is false once a later one voided it."""

    id: str
    number: int
    algorithm: str
    seed: str | None
    result_hash: str
    reason: str | None
    by: str | None
    second: str | None
    at: datetime
    current: bool
    places: tuple[DrawnPlace, ...]
    commitment: str | None = None
    """SHA-256 of the seed as it was recorded before the draw; a blind item's layers hold their own."""
    committed_at: datetime | None = None


class SheetLine(msgspec.Struct, frozen=True, kw_only=True):
    """One sheet in the grid: how far it has come, and whether it is open because it was returned."""

    sheet: str
    judge: str
    state: SheetState
    done: int
    of: int
    seq: int
    returned: bool = False


class Station(msgspec.Struct, frozen=True):
    """One station; `present` is false where the contestant is absent, withdrew or was disqualified."""

    station: int
    present: bool
    sheets: tuple[SheetLine, ...]


class StationGrid(msgspec.Struct, frozen=True):
    """A session's stations: a judge's own sheets, or every judge's for those who run the session."""

    session: Session
    judge: str | None
    chief: bool
    stations: tuple[Station, ...]


class CurrentAnswer(msgspec.Struct, frozen=True):
    """What stands at a criterion now."""

    state: MarkState
    value: Decimal | None
    reasons: tuple[str, ...]
    rev: int
    received_at: datetime


class SheetCriterion(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a sheet with its bounds, benchmarks, and current answer; without one, base_rev is 0."""

    number: int
    rule: Criterion
    current: CurrentAnswer | None


class Sheet(msgspec.Struct, frozen=True, kw_only=True):
    """One judge's sheet of one attempt, nameless. `head` is the hash of the last revision; both go into the signature."""

    id: str
    session: Session
    station: int
    judge: str
    present: bool
    state: SheetState
    seq: int
    head: str
    plan_hash: str
    criteria: tuple[SheetCriterion, ...]
    transitions: tuple["SheetMove", ...]


class SheetMove(msgspec.Struct, frozen=True):
    """Who submitted, returned or signed, when, and at which revision. `by` is a judge's code; None where it was no judge."""

    to: SheetState
    by: str | None
    at: datetime
    seq: int
    reason: str | None


class MoveSheet(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Submit (`submitted`), sign (`signed`) or return (`open`, with reason). `seq` is what was looked at: it is what is signed."""

    to: SheetState
    seq: Annotated[int, msgspec.Meta(ge=0)]
    reason: Reason | None = None


class TheoryRow(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One theory mark: for a contest number or an entry; `node` where the plan imports several parts; value null means absent 缺考."""

    value: str | None
    number: Annotated[str, msgspec.Meta(max_length=60)] | None = None
    entry: Id | None = None
    node: Annotated[str, msgspec.Meta(max_length=80)] | None = None
    reason: Reason | None = None


class EnterTheory(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """1 to 1,000 theory marks."""

    rows: Annotated[tuple[TheoryRow, ...], msgspec.Meta(min_length=1, max_length=1000)]


class TheoryReceipt(msgspec.Struct, frozen=True):
    """What became of each row; `saved` is false for a dry run and for an atomic one with any rejected row."""

    mode: Mode
    saved: bool
    accepted: int
    duplicate: int
    rejected: int
    rows: tuple[RowResult, ...]


class TheoryMark(msgspec.Struct, frozen=True, kw_only=True):
    """The current theory mark of an entry in one part."""

    entry: str
    number: str | None
    node: str
    state: Literal["scored", "absent"]
    value: Decimal | None
    rev: int
    reason: str | None
    received_at: datetime
