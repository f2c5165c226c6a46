"""SO10 control room, SJ7 spreads, the sheet in the control room, corrections, recheck and sign-off. Nameless but for who may know."""

from datetime import datetime
from typing import ClassVar, Literal

import msgspec

from api.control.schemas import Correction, CorrectionPreview, Moved, Rechecks, SignedVersion
from api.judging.schemas import Away
from frontend.views.chief import WaitingCorrection
from frontend.views.common import FormState, Mark, PublicationState
from frontend.views.organiser import SessionRun
from frontend.views.workshop import IncidentLine

CellState = Literal["untouched", "marking", "ready", "submitted", "signed", "returned", "absent"]


class RoomCell(msgspec.Struct, frozen=True, kw_only=True):
    """One sheet; `quiet`: its judge's tablet is out of touch, so that this is what was last known."""

    sheet: str
    judge: str
    state: CellState
    done: int
    of: int
    quiet: bool = False
    conflict: bool = False


class RoomStation(msgspec.Struct, frozen=True, kw_only=True):
    station: str
    absent: bool
    cells: tuple[RoomCell, ...]
    spreads: int = 0
    hands: int = 0


class RoomJudge(msgspec.Struct, frozen=True, kw_only=True):
    """`touch`: new (no tablet yet), heard, late (amber) or lost (grey)."""

    judge: str
    chief: bool
    touch: Literal["new", "heard", "late", "offline"]
    device: str
    seen_at: datetime | None
    battery: int | None
    charging: bool
    unsent: int
    lost: int
    conflict: bool


class SentLine(msgspec.Struct, frozen=True, kw_only=True):
    """A notice that went to the judges of the session, or (`everybody`) of the whole contest."""

    text: str
    by: str
    at: datetime
    everybody: bool
    read: int
    judges: int
    id: str = ""
    withdraws: bool = False
    withdrawn_at: datetime | None = None
    withdrawn_by: str = ""


class RoomPage(msgspec.Struct, frozen=True, kw_only=True):
    """GET /org/sessions/{session}/control; POST with act=start … reopen (session, rev, reason, with_gaps), seen or settled (incident),
    broadcast (text, to, key), withdraw (broadcast)."""

    TEMPLATE: ClassVar[str] = "control/room.html"
    PART: ClassVar[str] = "control/_room.html"

    session: SessionRun
    contest: str
    item: str
    draw_url: str
    item_name: str
    stage: str
    at: datetime
    ran: str
    running: bool
    blocks: tuple[tuple[RoomStation, ...], ...]
    judges: tuple[RoomJudge, ...]
    submitted: int
    sheets: int
    unsent: int
    incidents: tuple[IncidentLine, ...]
    waiting: int
    settled_hands: int = 0
    spreads: bool = False
    """Some limit holds for marks that lie apart; `recheck`: results are checked once more."""
    recheck: bool = False
    corrections: tuple[WaitingCorrection, ...] = ()
    gaps: tuple[str, ...] = ()
    publication: PublicationState = "open"
    settled: str = ""
    """The state of a result that is out: its sessions stay as they are."""
    runs: bool = False
    answers: bool = False
    signs: bool = False
    sent: tuple[SentLine, ...] = ()
    sends: bool = False
    sends_to_all: bool = False
    key: str = ""
    writing: bool = False
    """Without script: not read again by itself while somebody writes."""
    form: FormState = FormState()


class DetailLine(msgspec.Struct, frozen=True, kw_only=True):
    key: str
    number: int
    title: str
    state: Literal["unset", "scored", "not_attempted"]
    value: Mark | None
    unit: str
    kind: Literal["judgement", "pass_fail", "deduction", "measured", "points"]
    at: datetime | None
    rev: int


class DetailMove(msgspec.Struct, frozen=True):
    state: str
    by: str
    at: datetime
    reason: str


class DetailPage(msgspec.Struct, frozen=True, kw_only=True):
    """GET /org/sheets/{sheet}; POST with act=return (seq, reason)."""

    TEMPLATE: ClassVar[str] = "control/sheet.html"

    sheet: str
    session: str
    session_name: str
    item_name: str
    station: str
    judge: str
    state: str
    present: bool
    done: int
    of: int
    seq: int
    head: str
    told: bool
    returns: bool
    corrects: bool
    lines: tuple[DetailLine, ...]
    moves: tuple[DetailMove, ...]
    corrections: tuple[WaitingCorrection, ...] = ()
    form: FormState = FormState()


class AskCorrectionPage(msgspec.Struct, frozen=True, kw_only=True):
    """GET and POST /org/sheets/{sheet}/correct?criterion=…; act=preview shows what moves, act=ask asks (base_rev, value, reason, note)."""

    TEMPLATE: ClassVar[str] = "control/ask.html"

    sheet: str
    station: str
    judge: str
    item_name: str
    criterion: str
    number: int
    title: str
    limits: str
    unit: str
    value: Mark | None
    base_rev: int
    published: bool
    preview: CorrectionPreview | None = None
    key: str = ""
    form: FormState = FormState()


class CorrectionPage(msgspec.Struct, frozen=True, kw_only=True):
    """GET /org/corrections/{id}; POST with act=confirm (note, where the result has become public since), or act=refuse (reason)."""

    TEMPLATE: ClassVar[str] = "control/correction.html"

    correction: Correction
    confirms: bool
    key: str
    needs_note: bool = False
    form: FormState = FormState()

    @property
    def moved(self) -> Moved:
        """As the part of the template that both pages share names it."""
        return self.correction.moved


class ControlPage(msgspec.Struct, frozen=True, kw_only=True):
    """GET /org/items/{item}/check; POST with act=draw (number), record (line, facts, outcome, note), sign (snapshot, hash)."""

    TEMPLATE: ClassVar[str] = "control/check.html"

    item: str
    item_name: str
    results_url: str
    publication: PublicationState = "open"
    version: SignedVersion | None
    hash_fragment: str
    signed_fragment: str
    recheck: Rechecks
    corrections: tuple[Correction, ...]
    signs: bool
    draws: bool
    records: bool
    asks_pin: bool
    key: str
    form: FormState = FormState()

    @property
    def rechecks(self) -> bool:
        """Whether results are checked once more here, or were."""
        return self.recheck.required or self.recheck.current is not None


class SpreadMark(msgspec.Struct, frozen=True, kw_only=True):
    judge: str
    value: Mark | None
    mine: bool
    end: Literal["low", "high", ""]


class SpreadLine(msgspec.Struct, frozen=True, kw_only=True):
    """`own_sheet` and `own_rev` where the reader may change their own mark; `choices` are the steps of a judgement."""

    station: str
    criterion: str
    number: int | None
    title: str
    limit: Mark
    spread: Mark
    unit: str
    lowest: Mark
    highest: Mark
    marks: tuple[SpreadMark, ...]
    decided: str
    decided_by: str
    own_sheet: str = ""
    own_rev: int = 0
    choices: tuple[str, ...] = ()


class SpreadsPage(msgspec.Struct, frozen=True, kw_only=True):
    """GET /judge/s/{session}/diff; POST with act=change (sheet, criterion, base_rev, value) or decide (station, criterion, lowest …); SJ7."""

    TEMPLATE: ClassVar[str] = "control/spreads.html"

    session: str
    session_name: str
    item_name: str
    judge: str
    decides: bool
    lines: tuple[SpreadLine, ...]
    waiting: tuple[tuple[str, tuple[str, ...]], ...]
    limited: bool
    """Whether there is a limit at all."""
    key: str
    away: Away | None = None
    form: FormState = FormState()
