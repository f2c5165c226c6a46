"""What anybody may read of contests: counts and dates, no person. Shaped so that the home and contest pages fill from it alone."""

from datetime import date, datetime
from typing import Literal, TypeAlias

import msgspec

from api.contests.presets import ItemKind, Tier
from api.contests.schemas import Filing, Organiser

# At the base the host is a county or an enterprise; readers look for one or the other.
PublicTier: TypeAlias = Literal["province", "city", "base", "county", "enterprise"]
# What a reader calls the state, which also follows from the clock and from what has been published.
Phase: TypeAlias = Literal[
    "announced",
    "registration",
    "closed",
    "running",
    "finished",
    "published",
    "awarded",
    "archived",
    "cancelled",
]


class _Out(msgspec.Struct, frozen=True, kw_only=True):
    """What goes out."""


class PublicProgress(_Out, frozen=True, kw_only=True):
    """How far one tier of the 10 / 100 / 1,000 has come. `people` counts contestants and may be a minute old."""

    tier: Tier
    planned: int
    published: int
    running: int
    done: int
    running_items: int
    regions: int
    people: int


class PublicSeason(_Out, frozen=True, kw_only=True):
    """The season a list belongs to."""

    id: str
    year: int
    name_zh: str
    name_en: str | None
    tiers: list[PublicProgress]


class TierCount(_Out, frozen=True, kw_only=True):
    """How many contests a tier holds under the same region, state and search."""

    tier: Literal["province", "city", "county", "enterprise"]
    count: int


class PublicContestLine(_Out, frozen=True, kw_only=True):
    """One line of the list. `deadline` closes registration (end-exclusive), `published_at` is the newest published result."""

    id: str
    slug: str
    name_zh: str
    name_en: str | None
    tier: Literal["province", "city", "county", "enterprise"]
    phase: Phase
    host_zh: str
    region_code: str | None
    region_zh: str | None
    region_en: str | None
    starts_on: date
    ends_on: date
    deadline: datetime
    deadline_zh: str
    deadline_en: str
    trades_zh: list[str]
    trades_en: list[str]
    item_count: int
    entry_count: int
    team_count: int
    people_count: int
    published_at: datetime | None
    stage_zh: str | None
    stage_en: str | None


class PublicContests(_Out, frozen=True, kw_only=True):
    """A page of contests with the season above it: running ones first, then by day, finished ones last."""

    season: PublicSeason | None
    counts: list[TierCount]
    data: list[PublicContestLine]
    next_cursor: str | None
    has_more: bool


class PublicItem(_Out, frozen=True, kw_only=True):
    """An item with how many have been accepted, and of how many there is room for (null: no limit)."""

    id: str
    code: str
    trade_zh: str
    trade_en: str
    name_zh: str
    name_en: str | None
    kind: ItemKind
    team_size: int
    group_name: str | None
    entered: int
    places: int | None
    per_delegation: int | None
    publication: str


class TimelineDate(_Out, frozen=True, kw_only=True):
    """A date of a contest; `until` is end-exclusive. With `is_limit` the end is a deadline."""

    kind: Literal["registration", "theory", "practical", "notice"]
    at: datetime
    until: datetime | None
    is_limit: bool = False
    all_day: bool = False
    working_days: int | None = None


class PublicContest(_Out, frozen=True, kw_only=True):
    """A contest for everybody."""

    id: str
    slug: str
    season_id: str
    name_zh: str
    name_en: str | None
    tier: Literal["province", "city", "county", "enterprise"]
    class_zh: str | None
    class_en: str | None
    phase: Phase
    host_zh: str
    host_en: str | None
    region_code: str | None
    starts_on: date
    ends_on: date
    timezone: str
    registration_opens_at: datetime
    registration_closes_at: datetime
    deadline_zh: str
    deadline_en: str
    places: int | None
    rules_revision: int
    rules_hash: str | None
    next_slug: str | None
    next_name_zh: str | None
    organisers: list[Organiser]
    filings: list[Filing]
    items: list[PublicItem]
    timeline: list[TimelineDate]
