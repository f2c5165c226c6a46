"""The chief judge's page, and what waits for them there and elsewhere. No name of a contestant is in any struct here."""

from datetime import datetime
from typing import ClassVar

import msgspec

from frontend.views.common import FormState, PublicationState
from frontend.views.organiser import SessionRun
from frontend.views.results import TieGroup


class WaitingCorrection(msgspec.Struct, frozen=True):
    """A correction that waits for a second person; `own`: the reader asked for it, so that it is not theirs to confirm."""

    id: str
    sheet: str
    station: str
    judge: str
    criterion: str
    number: int
    title: str
    by: str
    at: datetime
    own: bool


class ChiefItem(msgspec.Struct, frozen=True):
    """An item with what its chief judge runs and decides. Contestants are known by their numbers alone."""

    item: str
    name: str
    state: PublicationState
    sessions: tuple[SessionRun, ...]
    ties: tuple[TieGroup, ...] = ()
    ties_decided: bool = True
    settled: bool = False
    """The result is out: its sessions stay as they are."""
    spreads: bool = False
    """Some limit holds for marks that lie apart."""
    recheck: bool = False
    """Results are checked once more before they are confirmed."""
    corrections: tuple[WaitingCorrection, ...] = ()


class ChiefPage(msgspec.Struct, frozen=True):
    """GET /judge/chief; POST with act=start, pause, resume, close or reopen (session, rev, reason, with_gaps) or act=decide (item,
    place_{entry} for each of those who share a rank, reason)."""

    TEMPLATE: ClassVar[str] = "judging/chief.html"

    judge: str
    items: tuple[ChiefItem, ...]
    form: FormState = FormState()
