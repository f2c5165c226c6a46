"""P1 home, P2 contest, P3 item."""

from datetime import date, datetime
from typing import ClassVar, Literal

import msgspec

from frontend.views.common import Choice, ContestHead, ContestState, ItemHead, Mark, Paging, Tier


class TierProgress(msgspec.Struct, frozen=True):
    """How far one tier of the season's 10 / 100 / 1,000 has come."""

    tier: Literal["province", "city", "base"]
    done: int
    planned: int
    running_items: int | None = None
    regions: int | None = None
    people: int | None = None


class TierTab(msgspec.Struct, frozen=True):
    tier: Tier
    count: int
    chosen: bool = False


class ContestRow(msgspec.Struct, frozen=True):
    """One line of a contest list. `deadline` counts down registration, `state_at` dates everything that is done."""

    slug: str
    name: str
    region: str
    starts_on: date
    ends_on: date
    state: ContestState
    trades: tuple[str, ...] = ()
    item_count: int = 0
    team_count: int | None = None
    people_count: int | None = None
    deadline: datetime | None = None
    state_at: datetime | None = None
    stage: str | None = None


class OpenNotice(msgspec.Struct, frozen=True):
    title: str
    url: str
    closes_at: datetime


class HomePage(msgspec.Struct, frozen=True):
    """GET /?tier=&region=&q=&state= ; `contests/_list.html` is the part that search swaps."""

    TEMPLATE: ClassVar[str] = "contests/home.html"
    LIST: ClassVar[str] = "contests/_list.html"

    season: str
    now: datetime
    progress: tuple[TierProgress, ...]
    tabs: tuple[TierTab, ...]
    regions: tuple[Choice, ...]
    rows: tuple[ContestRow, ...]
    paging: Paging
    query: str = ""
    published_only: bool = False
    upper_tier: Tier | None = None
    """Where to look when the list is empty: the next tier up."""
    own_rank: bool = False
    """Whether own ranks can be looked up by code in this installation."""
    notices: tuple[OpenNotice, ...] = ()

    @property
    def tier(self) -> Tier:
        return next((tab.tier for tab in self.tabs if tab.chosen), "province")


class TimelineEvent(msgspec.Struct, frozen=True):
    """A date of a contest. With `until` (end-exclusive) it is a span; `working_days` is said instead of its ends."""

    kind: Literal["registration", "review", "theory", "practical", "notice", "award"]
    at: datetime
    until: datetime | None = None
    is_limit: bool = False
    """The instant is a deadline (end-exclusive) and not a beginning."""
    all_day: bool = True
    working_days: int | None = None


class ItemLine(msgspec.Struct, frozen=True):
    key: str
    name: str
    entered: int
    places: int | None = None
    team: bool = False

    @property
    def full(self) -> bool:
        return self.places is not None and self.entered >= self.places


class DocumentLink(msgspec.Struct, frozen=True):
    title: str
    url: str
    dated: date


class ContestPage(msgspec.Struct, frozen=True):
    """GET /c/{slug}."""

    TEMPLATE: ClassVar[str] = "contests/contest.html"

    contest: ContestHead
    now: datetime
    host: str
    items: tuple[ItemLine, ...]
    timeline: tuple[TimelineEvent, ...]
    places: int | None = None
    filing_number: str | None = None
    notice_version: str | None = None
    hash_fragment: str | None = None
    entry_rule: str | None = None
    """One sentence about who may enter, such as 个人赛，每市每项限报3人."""
    register_opens_at: datetime | None = None
    register_closes_at: datetime | None = None
    register_note: str | None = None
    documents: tuple[DocumentLink, ...] = ()


class ScheduleLine(msgspec.Struct, frozen=True):
    at: datetime
    until: datetime | None
    what: str
    where: str | None = None


class PartLine(msgspec.Struct, frozen=True):
    """A part of the assessment: name, weight in percent as a decimal string or empty, how it is marked."""

    name: str
    weight: Mark
    how: str


class ItemPage(msgspec.Struct, frozen=True):
    """GET /c/{slug}/e/{item}."""

    TEMPLATE: ClassVar[str] = "contests/item.html"

    item: ItemHead
    now: datetime
    entered: int
    places: int | None
    parts: tuple[PartLine, ...]
    ties: str
    ranking: Literal["none", "progress", "live", "published", "withdrawn"]
    ranked: int = 0
    judged: int = 0
    to_judge: int = 0
    published_at: datetime | None = None
    schedule: tuple[ScheduleLine, ...] = ()
    documents: tuple[DocumentLink, ...] = ()
    register_closes_at: datetime | None = None
    register_path: str | None = None
