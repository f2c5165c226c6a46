"""What stands in bundles, and what is said about them. No bundle names a contestant, a unit, an entry or who drew which station."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec

from api.contests.rules import SpreadRule
from api.judging.chain import Revision
from api.judging.schemas import SessionState, SheetState

HexKey = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}$")]
Label = Annotated[str, msgspec.Meta(min_length=1, max_length=60)]


# What both kinds of bundle hold: facts of the session, as they stand.


class Link(msgspec.Struct, frozen=True):
    """One revision of a sheet, in the order of its chain; the sheet's id completes it."""

    seq: int
    criterion: str
    rev: int
    op_id: UUID
    state: str
    value: Decimal | None
    reasons: tuple[str, ...]
    account_id: UUID
    entered_at: datetime
    received_at: datetime
    hash: str

    def of(self, sheet: UUID) -> Revision:
        """The row as its chain takes it."""
        return Revision(
            sheet_id=sheet, seq=self.seq, criterion=self.criterion, rev=self.rev, op_id=self.op_id, state=self.state,
            value=self.value, reasons=self.reasons, account_id=self.account_id, entered_at=self.entered_at,
            received_at=self.received_at, hash=bytes.fromhex(self.hash),
        )  # fmt: skip


class Move(msgspec.Struct, frozen=True):
    """One transition of a sheet, with what was signed."""

    position: int
    from_state: str
    to_state: str
    seq: int
    head: str
    reason: str | None
    by_account: UUID | None
    at: datetime


class SheetFacts(msgspec.Struct, frozen=True, kw_only=True):
    """A sheet with everything that was entered on it. `judge_id` may change at the venue: somebody falls ill on the day."""

    id: UUID
    attempt_id: UUID
    judge_id: UUID
    account_id: UUID
    state: SheetState
    seq: int
    head: str
    links: tuple[Link, ...] = ()
    moves: tuple[Move, ...] = ()


Row = dict[str, Any]
"""One row of a plain table of facts, by column; which columns there are is fixed in `tables.py`."""


class Standing(msgspec.Struct, frozen=True):
    """What became of whoever stands at a station: absent, withdrew, disqualified, or present again."""

    attempt_id: UUID
    from_standing: str
    to_standing: str
    reason: str
    by_account: UUID | None
    at: datetime


class LedgerRow(msgspec.Struct, frozen=True):
    """An act at the venue that somebody answers for."""

    seq: int
    kind: str
    subject: UUID
    payload: msgspec.Raw
    account_id: UUID | None
    at: datetime


class HeldMarks(msgspec.Struct, frozen=True):
    """A tablet that said, when it was last heard of, that it still holds marks."""

    judge: str
    marks: int
    seen_at: datetime


class SessionFacts(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that was recorded in a session, from its first moment."""

    state: SessionState
    sheets: tuple[SheetFacts, ...]
    tables: dict[str, tuple[Row, ...]]
    standings: tuple[Standing, ...] = ()
    ledger: tuple[LedgerRow, ...] = ()
    held: tuple[HeldMarks, ...] = ()


# The rest of a session bundle: what the venue server needs around the facts.


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who works in the session. `shown` is a judge's code or a role, no name; neither login nor password travel."""

    id: UUID
    shown: str
    badge_hash: str | None
    pin_hash: str | None
    roles: tuple[tuple[str, str], ...]
    """(role, "contest" | "item" | "session")."""


class JudgeSeat(msgspec.Struct, frozen=True, kw_only=True):
    """A judge of the contest; `position` where they sit on the session's panel."""

    id: UUID
    account_id: UUID
    code: str
    position: int | None
    chief: bool
    barred: bool = False
    """From the unit of an accepted entrant of the item, or of an entrant's employer: marks nobody of it. Which unit is not said."""
    of_unit: int | None = None
    """Only where the contest's rules allow one judge of a unit: who has the same number here comes from the same unit."""


class Place(msgspec.Struct, frozen=True):
    """A station as judges know it: the code of the last layer, under a random id."""

    attempt_id: UUID
    station: int
    standing: str


class SessionBundle(msgspec.Struct, frozen=True, kw_only=True):
    """A session as it is handed out."""

    season: Row
    trade: Row
    contest: Row
    item: Row
    stage: Row
    panel: Row
    session: Row
    plan_hash: str
    plan: msgspec.Raw
    keeper: UUID
    people: tuple[Person, ...]
    judges: tuple[JudgeSeat, ...]
    places: tuple[Place, ...]
    facts: SessionFacts
    spread: SpreadRule = SpreadRule()
    """How far its judges may lie apart; of the contest's rules nothing else is needed in a workshop."""
    pairing_seed: str | None = None
    """Only in a bundle that travels as a file: the venue's key is not known yet."""


class FactsBundle(msgspec.Struct, frozen=True, kw_only=True):
    """What comes back."""

    facts: SessionFacts


# The API's own structs.


class HandOut(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Hand a session to a venue server. Without `venue_key` the bundle travels as a file, and the first laptop that opens it is the one."""

    label: Label
    venue_key: HexKey | None = None


class TakeBack(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """End a hand-out: from now on the session is judged at the centre again."""

    reason: Annotated[str, msgspec.Meta(max_length=1000)] = ""


class Tally(msgspec.Struct, frozen=True):
    """Facts of one kind: how many the bundle holds, and how many of them were new here."""

    kind: str
    sent: int
    new: int


class Gap(msgspec.Struct, frozen=True, kw_only=True):
    """Something that is not there yet. `kind`: sheet_open, sheet_unsigned, tablet_holds, older."""

    kind: Literal["sheet_open", "sheet_unsigned", "tablet_holds", "older"]
    station: int | None = None
    judge: str | None = None
    done: int | None = None
    of: int | None = None


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """Something that a person has to settle, because no rule does.

    judge_avoidance: `judge` has sheets of the session and comes from a contestant's unit. standing: whoever stands at `station` is `here`
    in the centre's books and `there` at the venue, which says why; the centre's was kept. `key` names it when it is settled.
    """

    kind: Literal["judge_avoidance", "standing"]
    judge: str | None = None
    station: int | None = None
    here: str | None = None
    there: str | None = None
    reason: str | None = None
    key: str = ""

    def __post_init__(self) -> None:
        """The same difference in a later bundle has the same name."""
        if not self.key:
            told = (self.kind, self.judge or self.station, self.here, self.there)
            name = ":".join(str(each) for each in told if each is not None)
            msgspec.structs.force_setattr(self, "key", name)


class Settle(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Say that a difference of hand-out `number` was looked into, and what came of it."""

    number: int
    difference: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    reason: Annotated[str, msgspec.Meta(max_length=1000)] = ""


class Settlement(msgspec.Struct, frozen=True):
    """Who settled which difference, when and why."""

    difference: str
    reason: str
    by: str
    at: datetime


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What was found in a bundle of facts. `equal` of `sheets` chains have the same last link here as at the venue.

    `complete`: the session is closed, every sheet signed, every chain equal, and no tablet holds anything. `differences` are no gaps:
    everything is here, and somebody has to decide.
    """

    session: str
    number: int
    bundle: int
    state: SessionState
    tallies: tuple[Tally, ...]
    sheets: int
    equal: int
    gaps: tuple[Gap, ...]
    differences: tuple[Difference, ...] = ()
    complete: bool
    at: datetime


class Handout(msgspec.Struct, frozen=True, kw_only=True):
    """One hand-out of a session. `venue` is the fingerprint of the venue's key, once it is known."""

    session: str
    number: int
    label: str
    by: str
    at: datetime
    venue: str | None
    imports: int
    report: Report | None
    ended_at: datetime | None
    ended_by: str | None
    reason: str | None
    rev: int
    settlements: tuple[Settlement, ...] = ()


class VenueState(msgspec.Struct, frozen=True, kw_only=True):
    """Whether a session is at a venue, and all its hand-outs, the latest first. `centre` is the fingerprint of the centre's key;
    `without_badge` are judges of the panel who have no badge with a PIN yet, and so could not sign in at a venue."""

    session: str
    name_zh: str
    name_en: str | None
    state: SessionState
    without_badge: tuple[str, ...] = ()
    out: bool
    centre: str
    handouts: tuple[Handout, ...]
