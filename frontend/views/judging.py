"""SJ1 sign-in, SJ2 station grid, SJ3 sheet, SJ8 sign-off. No name of a contestant is in any struct here."""

from datetime import datetime
from typing import ClassVar, Literal

import msgspec

from api.judging.schemas import Away
from frontend.views.chief import WaitingCorrection
from frontend.views.common import FormState, Mark


class RecentJudge(msgspec.Struct, frozen=True):
    code: str
    at: datetime


class JudgeSignInPage(msgspec.Struct, frozen=True):
    """GET and POST /judge with badge (or code) and pin."""

    TEMPLATE: ClassVar[str] = "judging/sign_in.html"

    now: datetime
    device: str | None = None
    venue: str | None = None
    item: str | None = None
    badge: str | None = None
    """What the badge's QR carried; it goes back with the PIN."""
    code: str | None = None
    """The judge's code that the badge belongs to."""
    next_session: str | None = None
    waiting_of_others: tuple[tuple[str, int], ...] = ()
    """Unsent marks of other judges on this device: code and count only."""
    recent: tuple[RecentJudge, ...] = ()
    cooling_until: datetime | None = None
    app: str = ""
    form: FormState = FormState()


class JudgeHead(msgspec.Struct, frozen=True):
    """The title block of every judge page."""

    session: str
    session_name: str
    item: str
    stage: str
    judge: str
    starts_at: datetime
    ends_at: datetime
    room: str = ""
    saved: Literal["saved", "waiting", "trouble", "locked"] = "saved"
    waiting: int = 0
    hand_path: str | None = None
    """Where a hand is raised; None on pages of no session."""
    account: str = ""
    """Under whom the tablet keeps what is entered; empty on a page that is put aside for whoever comes."""
    app: str = ""
    """The version of the judges' pages and scripts."""
    away: Away | None = None
    """The session is judged on a venue server: here it is only read."""


SessionState = Literal["not_started", "running", "paused", "closed"]


class SessionLine(msgspec.Struct, frozen=True):
    """One of the judge's sessions."""

    session: str
    name: str
    item: str
    stage: str
    starts_at: datetime
    ends_at: datetime
    state: SessionState


class SessionsPage(msgspec.Struct, frozen=True):
    """GET /judge for a judge who is signed in and has not exactly one session running."""

    TEMPLATE: ClassVar[str] = "judging/sessions.html"

    judge: str
    sessions: tuple[SessionLine, ...]
    chief: bool = False


StationState = Literal[
    "untouched", "doing", "ready", "waiting", "submitted", "locked", "conflict", "returned", "absent"
]


class StationTile(msgspec.Struct, frozen=True):
    station: str
    done: int
    of: int
    state: StationState


class BroadcastLine(msgspec.Struct, frozen=True):
    """A notice that the judge has not read yet; nobody's name stands beside it."""

    id: str
    text: str
    at: datetime


class BroadcastsPart(msgspec.Struct, frozen=True):
    """GET /judge/s/{session}/broadcasts, a part of SJ2, SJ3 and SJ5; POST with read=ID."""

    TEMPLATE: ClassVar[str] = "judging/_broadcasts.html"

    broadcasts: tuple[BroadcastLine, ...]


class StationsPage(msgspec.Struct, frozen=True):
    """GET /judge/s/{session}; SJ2."""

    TEMPLATE: ClassVar[str] = "judging/stations.html"

    head: JudgeHead
    tiles: tuple[StationTile, ...]
    session_state: SessionState | Literal["not_mine"] = "running"
    chief: bool = False
    blank: bool = False
    broadcasts: tuple[BroadcastLine, ...] = ()

    def count(self, *states: StationState) -> int:
        return sum(tile.state in states for tile in self.tiles)


class Benchmark(msgspec.Struct, frozen=True):
    """One step of a 0–3 judgement: word of two or three characters and its sentence."""

    value: str
    word: str
    text: str


class DeductionChip(msgspec.Struct, frozen=True):
    """A ready deduction: points as a decimal string without sign, and its reason."""

    points: Mark
    reason: str


class Criterion(msgspec.Struct, frozen=True):
    """One row of a sheet. `limits` is what the feature frame shows: 23.98–24.05, 0–3, 配分10.

    Form fields: mark.{key}, custom.{key} (deduction typed by hand), state.{key} (not_attempted | cleared), rev.{key}, op.{key},
    was.{key} (what the form showed: only what differs from it is sent on), and in a conflict keep.{key} (here | there),
    here.{key} and there_rev.{key}.
    """

    key: str
    number: str
    title: str
    kind: Literal["judgement", "pass_fail", "deduction", "measured", "points"]
    limits: str
    maximum: Mark | None
    """None for a measure that nothing bounds."""
    op_id: str
    rev: int = 0
    state: Literal["unset", "scored", "not_attempted"] = "unset"
    value: Mark | None = None
    """Points, measured value or points deducted; pass is 1 and fail 0."""
    minimum: Mark | None = None
    step: Mark | None = None
    unit: str = ""
    verdict: Literal["within", "outside"] | None = None
    benchmarks: tuple[Benchmark, ...] = ()
    chips: tuple[DeductionChip, ...] = ()
    datum: str = ""
    refused: str = ""
    """Why the last value was not taken, with what became of it."""
    conflict: "MarkConflict | None" = None
    was: str = ""
    """What the server holds, as the form shows it; while something is refused or in conflict `value` is what was typed instead."""
    received: bool | None = None
    """Whether the server holds an answer, where `state` does not say so."""

    @property
    def answered(self) -> bool:
        return self.state != "unset" if self.received is None else self.received

    @property
    def stepper(self) -> bool:
        """Whether it is a small count, taken with a plus and a minus."""
        whole = self.step == "1" and self.minimum is not None and len(self.minimum) == 1
        return self.kind == "points" and whole and self.maximum is not None and len(self.maximum) == 1

    @property
    def benchmark(self) -> Benchmark | None:
        """The benchmark of the value chosen, if any."""
        return next((mark for mark in self.benchmarks if mark.value == self.value), None)

    @property
    def steps(self) -> tuple[tuple[str, str], ...]:
        """Value and word of every step of a judgement, as the paper's copy is typed."""
        return tuple((mark.value, mark.word) for mark in self.benchmarks)

    @property
    def custom(self) -> bool:
        """Whether the deduction was typed by hand and belongs to no chip."""
        ready = {"0", *(chip.points for chip in self.chips)}
        return self.state == "scored" and self.value not in ready


class MarkConflict(msgspec.Struct, frozen=True):
    """Two values for one criterion; both are kept until the judge chooses."""

    here: str
    here_at: datetime
    there: str
    there_at: datetime
    there_rev: int
    typed: str = ""
    """`here` as the form sends it back: what was typed, or not_attempted or cleared."""


class CriterionGroup(msgspec.Struct, frozen=True):
    letter: str
    name: str
    points: Mark | None
    """None where a line is measured and gives no points of its own."""
    criteria: tuple[Criterion, ...]
    key: str = ""

    @property
    def done(self) -> int:
        return sum(criterion.answered for criterion in self.criteria)


class PlacedGroup(msgspec.Struct, frozen=True):
    """A group on the two-column sheet; its head stands on `line`, its criteria on the lines after it."""

    group: CriterionGroup
    column: int
    line: int


SheetState = Literal["open", "submitted", "locked", "not_started", "paused", "closed"]
"""`open` is the only one in which marks are taken; the last three are the session's."""


class SheetPage(msgspec.Struct, frozen=True):
    """GET and POST /judge/s/{session}/w/{station}; SJ3.

    act = save keeps what is typed, act = submit also submits. With script every tap goes through the tablet's own store.
    As `blank` it is the blank page that a tablet puts aside for when there is no network.
    """

    TEMPLATE: ClassVar[str] = "judging/sheet.html"
    ROW: ClassVar[str] = "judging/_row.html"

    head: JudgeHead
    station: str
    sheet: str
    project: str
    plan_version: str
    hash_fragment: str
    groups: tuple[CriterionGroup, ...]
    state: SheetState = "open"
    locked_by: str = ""
    locked_at: datetime | None = None
    returned: str | None = None
    """Why the chief judge returned it, while it is open again."""
    last_key: str | None = None
    """The criterion that was answered last: its row is tinted and its benchmark shown."""
    blank: bool = False
    broadcasts: tuple[BroadcastLine, ...] = ()
    form: FormState = FormState()

    @property
    def criteria(self) -> tuple[Criterion, ...]:
        return tuple(criterion for group in self.groups for criterion in group.criteria)

    @property
    def numbers(self) -> tuple[tuple[str, str, bool], ...]:
        """Key, number and answered of every criterion in order, as the footer strip shows them."""
        return tuple((criterion.key, criterion.number, criterion.answered) for criterion in self.criteria)

    @property
    def placed(self) -> "tuple[PlacedGroup, ...]":
        """Groups with the column and the lines they take on a wide tablet: columns as even as whole groups allow."""
        half = sum(len(group.criteria) + 1 for group in self.groups) / 2
        placed: list[PlacedGroup] = []
        column, line = 1, 1
        for group in self.groups:
            if column == 1 and line > 1 and line + len(group.criteria) / 2 > half:
                column, line = 2, 1
            placed.append(PlacedGroup(group, column, line))
            line += len(group.criteria) + 1
        return tuple(placed)

    @property
    def done(self) -> int:
        return sum(criterion.answered for criterion in self.criteria)

    @property
    def first_open(self) -> tuple[str, str, bool] | None:
        return next((number for number in self.numbers if not number[2]), None)


class CriterionPage(msgspec.Struct, frozen=True):
    """GET /judge/s/{session}/c/{number}; SJ5. The script makes a row of it for each station, so it is the same for every criterion."""

    TEMPLATE: ClassVar[str] = "judging/criterion.html"

    head: JudgeHead
    groups: tuple[CriterionGroup, ...]
    number: str = ""
    title: str = ""
    state: SheetState = "open"
    blank: bool = True


class OutboxPage(msgspec.Struct, frozen=True):
    """GET /judge/outbox; SJ6. What it shows lies on the tablet alone."""

    TEMPLATE: ClassVar[str] = "judging/outbox.html"

    head: JudgeHead


class SignRow(msgspec.Struct, frozen=True):
    station: str
    submitted: int
    of: int
    total: Mark | None
    gaps: tuple[str, ...] = ()


class SignedSheet(msgspec.Struct, frozen=True):
    """A submitted or signed sheet, which may be returned. `value` names it and the revision that was looked at."""

    value: str
    station: str
    judge: str
    signed: bool = False


class SignOffPage(msgspec.Struct, frozen=True):
    """GET and POST /judge/s/{session}/sign; SJ8, for the chief judge: act=sign with hash, act=return with sheet and reason."""

    TEMPLATE: ClassVar[str] = "judging/sign.html"

    head: JudgeHead
    rows: tuple[SignRow, ...]
    hash_fragment: str
    hash: str = ""
    """Of every sheet with its last revision: what is signed is what was looked at."""
    sheets: tuple[SignedSheet, ...] = ()
    signed_at: datetime | None = None
    asks_pin: bool = False
    """Whether the PIN is asked once more; who came in with a password or a link has none."""
    reopened: str = ""
    """Says which sheet was opened again and so made an earlier signature void."""
    corrections: tuple[WaitingCorrection, ...] = ()
    form: FormState = FormState()

    @property
    def gaps(self) -> int:
        return sum(bool(row.gaps) for row in self.rows)
