"""Structs in and out. Whoever may not know who works where in a blind item reads stations, never a name or number."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Literal

import msgspec

from api.judging.schemas import Revision, Session

Reason = Annotated[str, msgspec.Meta(min_length=2, max_length=500)]
Outcome = Literal["waiting", "made", "refused", "over"]


class NewMark(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What one mark of a closed sheet should be. `value` is a decimal string, null unless the state is `scored`."""

    criterion: Annotated[str, msgspec.Meta(min_length=1, max_length=80)]
    state: Literal["scored", "not_attempted"] = "scored"
    value: Annotated[str, msgspec.Meta(max_length=40)] | None = None


class AskCorrection(NewMark, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The same with the revision that was looked at, why, and what readers of a published result are told."""

    base_rev: Revision
    reason: Reason
    note: Reason | None = None


class ConfirmCorrection(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Make it. `note` is what readers are told where the result has become public since it was asked for without one."""

    note: Reason | None = None


class RefuseCorrection(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Let it be, with the reason."""

    reason: Reason


class MarkShown(msgspec.Struct, frozen=True):
    """A mark as both sides of a correction show it."""

    state: str
    value: str | None


class Place(msgspec.Struct, frozen=True):
    """Where somebody stands."""

    rank: int | None
    total: str | None


class RankMoved(msgspec.Struct, frozen=True, kw_only=True):
    """An entry that stands elsewhere afterwards. `who` is a name, a number or, in a blind item, a station."""

    who: str
    before: Place | None
    after: Place | None


class SlotMoved(msgspec.Struct, frozen=True, kw_only=True):
    """An entry whose place in the next tier is another: in, out, open, substitute …"""

    who: str
    before: str | None
    after: str | None


class AwardMoved(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody whose award is another."""

    name_zh: str
    name_en: str
    who: str
    before: str | None
    after: str | None


class Moved(msgspec.Struct, frozen=True):
    """Every rank, place and award that moves; empty where nothing that is published changes."""

    ranks: tuple[RankMoved, ...] = ()
    slots: tuple[SlotMoved, ...] = ()
    awards: tuple[AwardMoved, ...] = ()


class CorrectionPreview(msgspec.Struct, frozen=True, kw_only=True):
    """What a correction would do. `publication` is the item's state: once published, the public hears of it."""

    sheet: str
    station: int
    judge: str
    number: int
    title: str
    title_en: str
    before: MarkShown
    after: MarkShown
    base_rev: int
    moved: Moved
    publication: str
    unit: str = ""


class Correction(msgspec.Struct, frozen=True, kw_only=True):
    """A correction with what became of it. `over`: the mark has changed otherwise meanwhile. `moved` is known to both people."""

    id: str
    item: str
    sheet: str
    station: int
    judge: str
    criterion: str
    number: int
    title: str
    title_en: str
    before: MarkShown
    after: MarkShown
    reason: str
    note: str | None
    outcome: Outcome
    own: bool
    asked_by: str
    asked_at: datetime
    by: str | None = None
    at: datetime | None = None
    refused_because: str | None = None
    moved: Moved = Moved()
    unit: str = ""


class MakeRecheck(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Draw the sample; `number` of the sample that there is, 0 for none: whoever draws again has seen it."""

    number: Annotated[int, msgspec.Meta(ge=0, le=10_000)] = 0


class RecordCheck(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What checking one entry came to; an error is told in the note. `facts` is what was looked at."""

    outcome: Literal["ok", "error"]
    facts: Annotated[int, msgspec.Meta(ge=0)]
    note: Annotated[str, msgspec.Meta(max_length=500)] | None = None


class CheckLine(msgspec.Struct, frozen=True, kw_only=True):
    """One entry to check, known by its session and station; by its number where it has none. `key` names it in the address.

    `open`: not checked as it stands. `errors` counts what was found so far. `mine`: whoever asks has marked it themselves.
    """

    key: str
    session_id: str | None
    session: str
    station: int | None
    number: str
    sheets: tuple[str, ...]
    because: Literal["top", "drawn", "all"]
    open: bool
    outcome: Literal["ok", "error"] | None
    errors: int
    facts: int
    mine: bool
    note: str | None = None
    by: str | None = None
    at: datetime | None = None


class Recheck(msgspec.Struct, frozen=True, kw_only=True):
    """A sample with its seed, so that the draw can be repeated, and how far it is. `rate` is in per cent, rounded for show."""

    id: str
    number: int
    snapshot: int
    algorithm: str
    seed: str
    at: datetime
    by: str
    everything: bool
    checked: int
    of: int
    errors: int
    rate: str
    limit: str
    done: bool
    entries: tuple[CheckLine, ...]


class Rechecks(msgspec.Struct, frozen=True, kw_only=True):
    """The recheck of an item: whether its rule asks for one, and the sample, if it was drawn."""

    item: str
    required: bool
    ready: bool
    current: Recheck | None


class SignOff(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Sign the version that was looked at: the number of the standing and its hash in full."""

    snapshot: Annotated[int, msgspec.Meta(ge=1)]
    hash: Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}$")]


class SignedVersion(msgspec.Struct, frozen=True, kw_only=True):
    """The latest version and its signature. `void`: one was signed, and facts came since; then `signed` names that one."""

    item: str
    snapshot: int | None
    hash: str | None
    complete: bool
    unsigned: int
    signed: int | None = None
    signed_hash: str | None = None
    by: str | None = None
    at: datetime | None = None
    valid: bool = False
    void: bool = False


class Spread(msgspec.Struct, frozen=True, kw_only=True):
    """A criterion, or the whole sheet (`criterion` null), on which the judges of one station lie apart by more than the limit."""

    criterion: str | None
    number: int | None
    title: str
    title_en: str
    limit: Decimal
    spread: Decimal
    marks: tuple["JudgesMark", ...]
    # The values of a judgement of a few steps; empty for a number.
    choices: tuple[str, ...] = ()
    unit: str = ""
    decided: str | None = None
    decided_by: str | None = None


class JudgesMark(msgspec.Struct, frozen=True, kw_only=True):
    """One judge's mark in a spread. `changeable`: it is the reader's own, and not signed yet."""

    judge: str
    sheet: str
    value: Decimal | None
    rev: int
    mine: bool = False
    changeable: bool = False


class StationSpreads(msgspec.Struct, frozen=True, kw_only=True):
    """The spreads of one station, known once every judge has submitted; until then `waiting` names who has not."""

    station: int
    waiting: tuple[str, ...]
    spreads: tuple[Spread, ...]


class SessionSpreads(msgspec.Struct, frozen=True, kw_only=True):
    """All of a session; a judge reads the stations that they have submitted themselves."""

    session: Session
    judge: str | None
    decides: bool
    stations: tuple[StationSpreads, ...]


class Reconsider(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A judge's second thought about a mark of their own on which the panel lies apart."""

    criterion: Annotated[str, msgspec.Meta(min_length=1, max_length=80)]
    value: Annotated[str, msgspec.Meta(min_length=1, max_length=40)]
    base_rev: Revision


class DecideSpread(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The chief judge lets a spread stand, with the reason. `lowest` and `highest` are what was looked at."""

    station: Annotated[int, msgspec.Meta(ge=1, le=9999)]
    criterion: Annotated[str, msgspec.Meta(max_length=80)] | None = None
    lowest: Annotated[str, msgspec.Meta(max_length=40)]
    highest: Annotated[str, msgspec.Meta(max_length=40)]
    reason: Reason


CellState = Literal["untouched", "marking", "ready", "submitted", "signed", "returned", "absent"]


class Cell(msgspec.Struct, frozen=True, kw_only=True):
    """One sheet in the matrix."""

    sheet: str
    judge: str
    state: CellState
    done: int
    of: int
    conflict: bool = False


class ControlStation(msgspec.Struct, frozen=True, kw_only=True):
    """One station with its sheets in the order of the judges. `spreads` counts what is over the limit and not decided."""

    station: int
    present: bool
    cells: tuple[Cell, ...]
    spreads: int = 0
    hands: int = 0


class ControlJudge(msgspec.Struct, frozen=True, kw_only=True):
    """A judge of the session with their tablet as it last spoke. `unsent` counts what still waits there.

    `conflict`: comes from the unit of somebody who competes here.
    """

    judge: str
    chief: bool
    device: str | None
    seen_at: datetime | None
    silent_s: int | None
    battery: int | None
    charging: bool
    unsent: int
    others: int
    lost: int
    conflict: bool = False


class ControlRoom(msgspec.Struct, frozen=True, kw_only=True):
    """A session as those see it who run it. Nameless: stations and judges' codes."""

    session: Session
    contest: str
    item: str
    at: datetime
    judges: tuple[ControlJudge, ...]
    stations: tuple[ControlStation, ...]
    submitted: int
    sheets: int
    unsent: int
