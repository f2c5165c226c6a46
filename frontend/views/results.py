"""P5 public ranking, and the organiser's results page of one item."""

from datetime import datetime
from typing import ClassVar, Literal

import msgspec

from frontend.views.common import (
    Choice,
    FormState,
    ItemHead,
    Mark,
    Paging,
    PublicationState,
    Version,
)

SlotAnswer = Literal["accepted", "declined", "lapsed", "cancelled"]
EntryState = Literal[
    "ranked", "absent", "withdrew", "late", "score_cancelled", "disqualified", "hors_concours"
]


class PartColumn(msgspec.Struct, frozen=True):
    """A column of part marks; `weight` in percent as a decimal string, or empty."""

    key: str
    name: str
    weight: Mark


class RankRow(msgspec.Struct, frozen=True):
    """One entry in rank order. `rank` and `total` are None where the state says why."""

    entry: str
    number: str
    name: str
    delegation: str
    unit: str
    rank: int | None
    total: Mark | None
    parts: tuple[Mark | None, ...] = ()
    shared: bool = False
    explained: bool = False
    """A tie stood here: 为什么 is offered."""
    state: EntryState = "ranked"
    own: bool = False


class RankBand(msgspec.Struct, frozen=True):
    """The rows of one award, drawn above by a chain line; without a name the rows below the last award."""

    rows: tuple[RankRow, ...]
    award: str | None = None
    first: int | None = None
    last: int | None = None


class TieStep(msgspec.Struct, frozen=True):
    """One criterion of the tie rule. Values are None when an earlier criterion had decided."""

    criterion: str
    first: str | None
    second: str | None
    decides: bool = False


class WhyPanel(msgspec.Struct, frozen=True):
    """Why an entry stands where it stands, against its neighbour. Sentences come in the reader's language."""

    entry: str
    title: str
    opening: str
    first_name: str
    second_name: str
    steps: tuple[TieStep, ...]
    verdict: str
    source: str
    close_url: str


class RankPage(msgspec.Struct, frozen=True):
    """GET /c/{slug}/e/{item}/rank?q=&delegation=&why= ; `results/_live.html` is the part that search and polling swap.

    In the states none and progress `bands` is empty: what may not be seen is not here.
    """

    TEMPLATE: ClassVar[str] = "results/ranking.html"
    LIVE: ClassVar[str] = "results/_live.html"

    item: ItemHead
    now: datetime
    state: Literal["none", "progress", "live", "provisional", "final", "amended", "withdrawn"]
    columns: tuple[PartColumn, ...] = ()
    bands: tuple[RankBand, ...] = ()
    entrants: int = 0
    version: Version | None = None
    tie_rule: str = ""
    query: str = ""
    delegation: str = ""
    delegations: tuple[Choice, ...] = ()
    paging: Paging | None = None
    why: WhyPanel | None = None
    frozen_since: datetime | None = None
    judged: int = 0
    to_judge: int = 0
    withdrawn_at: datetime | None = None
    withdrawn_reason: str = ""
    amended_at: datetime | None = None
    amended_note: str = ""
    preview: bool = False
    """As readers would see it once it is published; nobody but who publishes sees this."""
    appeals_until: datetime | None = None
    own: RankRow | None = None

    @property
    def shown(self) -> int:
        return sum(len(band.rows) for band in self.bands)


class Gap(msgspec.Struct, frozen=True):
    """A thing that stands in the way of a step, with the place where it is mended."""

    what: str
    detail: str = ""
    fix_url: str | None = None


class PublicationStep(msgspec.Struct, frozen=True):
    """One step of the publication machine. `act` is the value posted; `gaps` say why it is refused for now."""

    state: PublicationState
    act: str
    status: Literal["done", "next", "later"]
    at: datetime | None = None
    by: str = ""
    gaps: tuple[Gap, ...] = ()
    confirm_with: str | None = None
    """What has to be typed before an irreversible step, such as the number of ranked people."""
    allowed: bool = True
    """Whether this reader may take it; publishing is the organiser's alone."""


class FurtherAct(msgspec.Struct, frozen=True):
    """What may be done beside the next step: reopen, unconfirm, amend, withdraw. Its reason's field is `{act}_reason`."""

    act: str
    needs_reason: bool = True


class PastStep(msgspec.Struct, frozen=True):
    """A step that was taken, with the version it named."""

    state: PublicationState
    at: datetime
    by: str = ""
    reason: str = ""
    version: int | None = None


class TiedRow(msgspec.Struct, frozen=True):
    """One of those who share a rank. On a judge's page `name` is empty."""

    entry: str
    number: str
    name: str
    total: Mark | None


class TieGroup(msgspec.Struct, frozen=True):
    """All who share one rank."""

    rank: int
    rows: tuple[TiedRow, ...]


class SlotRow(msgspec.Struct, frozen=True):
    name: str
    delegation: str
    rank: int
    outcome: Literal["in", "substitute", "out", "decide"]
    reason: str
    state: str = ""
    """What became of the place once it was offered, in words."""
    slot: str = ""
    rev: int = 0
    kept: bool = False
    """It was accepted."""
    acts: tuple[str, ...] = ()
    """What may still become of it: slot_accept, slot_decline, slot_lapse, slot_cancel."""


class AwardPreviewRow(msgspec.Struct, frozen=True):
    name: str
    delegation: str
    rank: int
    award: str
    outcome: Literal["eligible", "needs_person", "not_eligible"]
    reason: str


class ItemResultsPage(msgspec.Struct, frozen=True):
    """GET /org/c/{id}/e/{item}/results.

    POST the same address with `act` (close | confirm | publish | finalise | withdraw | amend | reopen | unconfirm | freeze | thaw),
    `rev`, `confirm` and `reason`; after the final result also act=offer (places in the next tier, with `answer_by`), one of the
    slots' acts with `slot`, its `rev` and `reason`, and act=propose (award proposals of the contest).
    """

    TEMPLATE: ClassVar[str] = "organiser/results.html"

    item: ItemHead
    state: PublicationState
    rev: int
    steps: tuple[PublicationStep, ...]
    columns: tuple[PartColumn, ...]
    bands: tuple[RankBand, ...]
    tie_rule: str
    version: Version | None = None
    entrants: int = 0
    ties: tuple[TieGroup, ...] = ()
    ties_decided: bool = True
    """Whether the plan lets the chief judge decide them; if not they share their rank."""
    rechecks: bool = False
    """Whether results are checked once more before they are confirmed."""
    frozen: bool = False
    frozen_since: datetime | None = None
    may_freeze: bool = False
    further: tuple[FurtherAct, ...] = ()
    history: tuple[PastStep, ...] = ()
    slots: tuple[SlotRow, ...] = ()
    slot_rule: str = ""
    may_offer: bool = False
    offered: bool = False
    awards: tuple[AwardPreviewRow, ...] = ()
    award_rule: str = ""
    may_propose: bool = False
    proposed: bool = False
    item_id: str = ""
    sealed: bool = False
    """Ranks are kept back, because the item is blind and not closed yet."""
    why: WhyPanel | None = None
    form: FormState = FormState()

    @property
    def preview(self) -> bool:
        """Before final, slots and awards bind nobody."""
        return self.state not in {"final", "amended"}
