"""Structs of a judge's tablet: the session it takes along, what it says of itself, raised hands, the clock, signatures. Nameless."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec

from api.judging.schemas import Instant, Reason, Session, SessionState, SheetState
from scoring import Criterion, MarkState

Station = Annotated[int, msgspec.Meta(ge=1, le=9999)]
Count = Annotated[int, msgspec.Meta(ge=0, le=1_000_000)]


class PackLine(msgspec.Struct, frozen=True):
    """One line of every sheet of the session."""

    number: int
    rule: Criterion


class PackMark(msgspec.Struct, frozen=True):
    """What stands at a criterion: an operation on it goes from `rev`."""

    state: MarkState
    value: str | None
    reasons: tuple[str, ...]
    rev: int
    at: datetime


class PackSheet(msgspec.Struct, frozen=True, kw_only=True):
    """One sheet of the reader's, with its present marks by criterion; `returned` is why the chief judge returned it, while it is open."""

    sheet: str
    station: int
    present: bool
    state: SheetState
    seq: int
    marks: dict[str, PackMark]
    returned: str | None = None


class Pack(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that a judge needs to go on without network: the session, its criteria once, the judge's sheets. No names."""

    session: Session
    account: str
    judge: str
    chief: bool
    plan_version: int
    plan_hash: str
    lines: tuple[PackLine, ...]
    sheets: tuple[PackSheet, ...]


class Beat(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a tablet says of itself. `storage` was made together with the browser's storage; `clock` is the tablet's."""

    storage: UUID
    unsent: Count
    troubled: Count = 0
    others: Count = 0
    clock: Instant
    station: Station | None = None
    battery: Annotated[int, msgspec.Meta(ge=0, le=100)] | None = None
    charging: bool | None = None


class LeftBehind(msgspec.Struct, frozen=True):
    """Marks that a storage of this judge held unsent when it was last heard of; `here` if it was on this very tablet."""

    unsent: int
    seen_at: datetime
    here: bool


class Pulse(msgspec.Struct, frozen=True, kw_only=True):
    """The answer: the server's clock, and by which a tablet sees that its pack is out of date.

    `moves` counts changes of state of the session and of the judge's sheets, `seq` all revisions of the judge's sheets.
    """

    at: datetime
    drift_ms: int
    state: SessionState
    moves: int
    seq: int
    missing: tuple[LeftBehind, ...]


class Tablet(msgspec.Struct, frozen=True, kw_only=True):
    """A tablet as those who run the session see it. `device` is the name it was enrolled under, if it was."""

    judge: str
    device: str | None
    battery: int | None
    charging: bool | None
    unsent: int
    troubled: int
    others: int
    station: int | None
    drift_ms: int
    seen_at: datetime
    silent_s: int


IncidentKind = Literal["help", "safety", "equipment", "rule", "dispute", "other"]


class RaiseIncident(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A raised hand: a reason out of a few, at a station or for the room."""

    kind: IncidentKind
    occurred_at: Instant
    station: Station | None = None
    note: Reason | None = None


class AnswerIncident(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Seen, or settled with a word about it."""

    state: Literal["seen", "settled"]
    note: Reason | None = None


class IncidentAnswer(msgspec.Struct, frozen=True):
    """Who answered, and how."""

    state: Literal["seen", "settled"]
    note: str | None
    by: str
    at: datetime


class Incident(msgspec.Struct, frozen=True, kw_only=True):
    """A raised hand. `by` is a judge's code, or the name of who was no judge."""

    id: str
    station: int | None
    kind: IncidentKind
    note: str | None
    by: str
    occurred_at: datetime
    at: datetime
    answers: tuple[IncidentAnswer, ...]


class Broadcasting(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A notice of at most 100 characters, to the judges of the session or to every judge of the contest. No names belong in it."""

    text: Annotated[str, msgspec.Meta(max_length=1000)]
    everybody: bool = False


class Broadcast(msgspec.Struct, frozen=True, kw_only=True):
    """A notice as those see it who run the session: `read` of `judges` have read it. One that was withdrawn is shown to no judge."""

    id: str
    everybody: bool
    text: str
    by: str
    at: datetime
    judges: int
    read: int
    withdrawn_at: datetime | None = None
    withdrawn_by: str | None = None


class UnreadBroadcast(msgspec.Struct, frozen=True):
    """A notice as a judge reads it: nobody's name stands beside it."""

    id: str
    text: str
    at: datetime


ClockKind = Literal["start", "pause", "resume", "stop", "make_up"]


class PressClock(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One press: of the session's clock, or of one station's. A pause and made-up time need a reason; seconds may be taken back."""

    kind: ClockKind
    occurred_at: Instant
    station: Station | None = None
    make_up_s: Annotated[int, msgspec.Meta(ge=-7200, le=7200)] | None = None
    reason: Reason | None = None


class ClockEvent(msgspec.Struct, frozen=True, kw_only=True):
    """One press, as it was recorded."""

    kind: ClockKind
    station: int | None
    occurred_at: datetime
    make_up_s: int | None
    reason: str | None
    by: str
    at: datetime


class Clock(msgspec.Struct, frozen=True, kw_only=True):
    """The time a session, or a station in it, has run until `at`: the session's running time, less its own stops, plus what was made up."""

    station: int | None
    running: bool
    ran_ms: int
    make_up_s: int


class SessionClock(msgspec.Struct, frozen=True, kw_only=True):
    """All clocks of a session at the server's time `at`, and every press behind them."""

    at: datetime
    clocks: tuple[Clock, ...]
    events: tuple[ClockEvent, ...]


class SignOwnSheets(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Sign all own sheets of a session. `hash` is what was looked at; the PIN is asked of who came in by badge."""

    hash: Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}$")]
    pin: Annotated[str, msgspec.Meta(max_length=12)] | None = None


class OwnSignature(msgspec.Struct, frozen=True, kw_only=True):
    """What a judge has to sign, and whether it is signed: `open` stations still lack a submitted sheet."""

    session: Session
    judge: str
    hash: str
    sheets: int
    open: tuple[int, ...]
    asks_pin: bool
    signed_at: datetime | None
    void: bool
    """Signed once, and a sheet has moved since."""
