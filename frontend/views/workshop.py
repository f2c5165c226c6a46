"""SJ9 time and incidents, a raised hand, the judge's own signature: what a judge does in a workshop beside marking."""

from datetime import datetime
from typing import ClassVar, Literal

import msgspec

from frontend.views.common import FormState
from frontend.views.judging import JudgeHead


class HandPage(msgspec.Struct, frozen=True):
    """GET and POST /judge/s/{session}/hand, with `station` where it was raised at one."""

    TEMPLATE: ClassVar[str] = "judging/hand.html"

    head: JudgeHead
    station: str = ""
    once: str = ""
    raised: bool = False
    form: FormState = FormState()


class OwnSignPage(msgspec.Struct, frozen=True):
    """GET and POST /judge/s/{session}/own with hash and pin: a judge signs their own sheets."""

    TEMPLATE: ClassVar[str] = "judging/own_sign.html"

    head: JudgeHead
    hash: str
    hash_fragment: str
    sheets: int
    open: tuple[str, ...] = ()
    """Stations whose sheet is not submitted."""
    asks_pin: bool = False
    signed_at: datetime | None = None
    void: bool = False
    form: FormState = FormState()


class ClockLine(msgspec.Struct, frozen=True):
    """One clock; `station` is empty for the session's."""

    station: str
    running: bool
    ran_ms: int
    ran: str
    make_up_s: int = 0


class IncidentLine(msgspec.Struct, frozen=True):
    incident: str
    kind: str
    station: str
    by: str
    at: datetime
    state: Literal["raised", "seen", "settled"]
    note: str = ""


class TabletLine(msgspec.Struct, frozen=True):
    """`unsent` counts what still waits or needs its judge; `others` is of other judges on the same tablet."""

    judge: str
    device: str
    battery: int | None
    unsent: int
    others: int
    seen_at: datetime
    lost: bool = False


class TimePage(msgspec.Struct, frozen=True):
    """GET and POST /judge/s/{session}/time; SJ9. act=start, pause, resume, stop, make_up, seen or settled."""

    TEMPLATE: ClassVar[str] = "judging/time.html"

    head: JudgeHead
    clock: ClockLine
    stations: tuple[ClockLine, ...] = ()
    started: bool = False
    keeps: bool = False
    answers: bool = False
    incidents: tuple[IncidentLine, ...] = ()
    tablets: tuple[TabletLine, ...] = ()
    once: str = ""
    form: FormState = FormState()
