"""Structs of the contests room. Days and deadlines come in as text, so that a 30 February is named as what it is."""

from datetime import date, datetime
from typing import Annotated, Literal, TypeAlias

import msgspec
from msgspec import UNSET, UnsetType

from api.contests.presets import Code, Count, ItemKind, Live, PresetDocument, Tier, TradeCode
from api.contests.rules import ContestRules
from api.organisations.schemas import RegionCode
from scoring import Plan

ContestState: TypeAlias = Literal["draft", "published", "running", "finished", "archived", "cancelled"]
OrganiserRole: TypeAlias = Literal[
    "lead", "host", "co_organiser", "committee", "technical_committee", "supervision", "sponsor"
]
Planned: TypeAlias = Annotated[int, msgspec.Meta(ge=0, le=1_000_000)]
NoticeDays: TypeAlias = Annotated[int, msgspec.Meta(ge=0, le=60)]
TeamSize: TypeAlias = Annotated[int, msgspec.Meta(ge=1, le=50)]
BlindLayers: TypeAlias = Annotated[int, msgspec.Meta(ge=0, le=3)]
MinField: TypeAlias = Annotated[int, msgspec.Meta(ge=0, le=10_000)]


class _In(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What comes in: a misspelt field is refused, not ignored."""


class _Out(msgspec.Struct, frozen=True, kw_only=True):
    """What goes out."""


class CreateSeason(_In, frozen=True, kw_only=True):
    """One year of a programme: 10 contests of the province, 100 of its cities, 1,000 of counties and enterprises."""

    organisation_id: str
    year: Annotated[int, msgspec.Meta(ge=1949, le=2200)]
    name_zh: str
    name_en: str | None = None
    plan_province: Planned = 10
    plan_city: Planned = 100
    plan_base: Planned = 1000
    timezone: str = "Asia/Shanghai"


class ChangeSeason(_In, frozen=True, kw_only=True):
    """What may change of a season."""

    name_zh: str | UnsetType = UNSET
    name_en: str | UnsetType | None = UNSET
    plan_province: Planned | UnsetType = UNSET
    plan_city: Planned | UnsetType = UNSET
    plan_base: Planned | UnsetType = UNSET


class TierProgress(_Out, frozen=True, kw_only=True):
    """How far one tier has come. `done` counts finished contests, `regions` those that hold one."""

    tier: Tier
    planned: int
    contests: int
    published: int
    running: int
    done: int
    running_items: int
    regions: int


class Season(_Out, frozen=True, kw_only=True):
    """A season with its plan and how far it has come."""

    id: str
    organisation_id: str
    year: int
    name_zh: str
    name_en: str | None
    timezone: str
    tiers: list[TierProgress]
    rev: int


class CreatePreset(_In, frozen=True, kw_only=True):
    """A new preset, or the next version of one: `version` is the last one plus one."""

    organisation_id: str
    document: PresetDocument


class PresetLine(_Out, frozen=True, kw_only=True):
    """A preset in a list. Built-in ones belong to no organisation."""

    id: str
    organisation_id: str | None
    code: str
    version: int
    tier: Tier
    name_zh: str
    name_en: str
    hash: str
    items: int


class Preset(_Out, frozen=True, kw_only=True):
    """A preset with its document."""

    id: str
    organisation_id: str | None
    hash: str
    document: PresetDocument


class CreateContest(_In, frozen=True, kw_only=True):
    """A contest from a preset. The tier is the preset's; without `items` all of the preset's are ticked.

    With `event_id` it takes place in an event that another contest holds already, and may begin without items of its own.
    """

    season_id: str
    preset_id: str
    host_id: str
    name_zh: str
    registration_opens_at: str
    registration_closes_at: str
    starts_on: str
    ends_on: str
    name_en: str | None = None
    region_code: RegionCode | None = None
    next_contest_id: str | None = None
    event_id: str | None = None
    items: Annotated[tuple[Code, ...], msgspec.Meta(max_length=200)] | None = None


class ChangeContest(_In, frozen=True, kw_only=True):
    """What may change of a contest; how much depends on its state."""

    name_zh: str | UnsetType = UNSET
    name_en: str | UnsetType | None = UNSET
    slug: Annotated[str, msgspec.Meta(pattern="^[a-z0-9][a-z0-9-]{1,80}$")] | UnsetType = UNSET
    region_code: RegionCode | UnsetType | None = UNSET
    next_contest_id: str | UnsetType | None = UNSET
    registration_opens_at: str | UnsetType = UNSET
    registration_closes_at: str | UnsetType = UNSET
    starts_on: str | UnsetType = UNSET
    ends_on: str | UnsetType = UNSET
    notice_days: NoticeDays | UnsetType = UNSET


class MoveContest(_In, frozen=True, kw_only=True):
    """One step of the contest's state machine; cancelling needs a reason."""

    to: ContestState
    reason: str | None = None


class NameOrganiser(_In, frozen=True, kw_only=True):
    """One organiser: an organisation of the tree, or a name (a committee has no place in the tree)."""

    role: OrganiserRole
    organisation_id: str | None = None
    name_zh: str | None = None
    name_en: str | None = None


class NameOrganisers(_In, frozen=True, kw_only=True):
    """All organisers in the order of the notice; exactly one leads."""

    organisers: Annotated[tuple[NameOrganiser, ...], msgspec.Meta(min_length=1, max_length=100)]


class Organiser(_Out, frozen=True, kw_only=True):
    """An organiser of a contest."""

    role: OrganiserRole
    organisation_id: str | None
    name_zh: str
    name_en: str | None


class FileContest(_In, frozen=True, kw_only=True):
    """A filing with an authority, before the contest begins: honours depend on it."""

    authority_id: str
    number: str
    filed_on: str


class Filing(_Out, frozen=True, kw_only=True):
    """A filing number of one authority."""

    authority_id: str
    authority_zh: str
    number: str
    filed_on: date


class RulesView(_Out, frozen=True, kw_only=True):
    """The rules in force; revision 0 is none. `locked` and `adjustable` are the preset's paths."""

    revision: int
    hash: str | None
    rules: ContestRules
    locked: list[str]
    adjustable: list[str]


class CreateItem(_In, frozen=True, kw_only=True):
    """An item of a contest. Without `plan` it takes that of the preset's item with the same code."""

    trade: TradeCode
    code: Code
    name_zh: str
    name_en: str | None = None
    plan: Plan | None = None
    kind: ItemKind = "individual"
    team_size: TeamSize = 1
    group_name: str | None = None
    min_field: MinField = 0
    capacity: Count | None = None
    per_delegation: Count | None = None
    blind_layers: BlindLayers = 0
    live: Live = "progress"


class ChangeItem(_In, frozen=True, kw_only=True):
    """What may change of an item. Kind, size and blindness are fixed once somebody has entered."""

    name_zh: str | UnsetType = UNSET
    name_en: str | UnsetType | None = UNSET
    group_name: str | UnsetType | None = UNSET
    kind: ItemKind | UnsetType = UNSET
    team_size: TeamSize | UnsetType = UNSET
    min_field: MinField | UnsetType = UNSET
    capacity: Count | UnsetType | None = UNSET
    per_delegation: Count | UnsetType | None = UNSET
    blind_layers: BlindLayers | UnsetType = UNSET
    live: Live | UnsetType = UNSET


class Stage(_Out, frozen=True, kw_only=True):
    """A stage gives the marks of one node of the plan."""

    id: str
    kind: Literal["theory", "practical"]
    node: str
    name_zh: str
    name_en: str | None


class Item(_Out, frozen=True, kw_only=True):
    """An item with its stages and how many have entered."""

    id: str
    contest_id: str
    trade: str
    code: str
    name_zh: str
    name_en: str | None
    kind: ItemKind
    team_size: int
    group_name: str | None
    min_field: int
    capacity: int | None
    per_delegation: int | None
    blind_layers: int
    live: Live
    plan_id: str
    plan_hash: str
    publication: str
    entries: int
    stages: list[Stage]
    rev: int


class PlanView(_Out, frozen=True, kw_only=True):
    """The assessment plan of an item; `id` is that of this version."""

    id: str
    item_id: str
    hash: str
    at: datetime
    plan: Plan


class Step(_Out, frozen=True, kw_only=True):
    """One step of a contest's state machine."""

    from_state: ContestState
    to_state: ContestState
    reason: str | None
    by: str | None
    at: datetime


class ContestLine(_Out, frozen=True, kw_only=True):
    """A contest in a list."""

    id: str
    slug: str
    season_id: str
    tier: Tier
    class_code: str
    state: ContestState
    name_zh: str
    name_en: str | None
    host_id: str
    host_short_name: str
    region_code: str | None
    starts_on: date
    ends_on: date
    registration_opens_at: datetime
    registration_closes_at: datetime
    items: int
    entries: int
    rev: int


class Contest(_Out, frozen=True, kw_only=True):
    """A contest for those who run it. `deadline_zh` writes the closing of registration as a notice does."""

    id: str
    slug: str
    season_id: str
    event_id: str
    preset_id: str | None
    next_contest_id: str | None
    tier: Tier
    class_code: str
    state: ContestState
    next_states: list[str]
    name_zh: str
    name_en: str | None
    host_id: str
    region_code: str | None
    registration_opens_at: datetime
    registration_closes_at: datetime
    deadline_zh: str
    deadline_en: str
    starts_on: date
    ends_on: date
    timezone: str
    notice_days: int
    rules_revision: int
    organisers: list[Organiser]
    filings: list[Filing]
    items: list[Item]
    history: list[Step]
    rev: int


class EventContest(_Out, frozen=True, kw_only=True):
    """A contest of an event: the items that it runs, and those whose results it takes from the others."""

    id: str
    slug: str
    tier: Tier
    state: ContestState
    name_zh: str
    name_en: str | None
    host_id: str
    runs: list[str]
    takes: list[str]


class Event(_Out, frozen=True, kw_only=True):
    """What is held once, from the first to the last day of its contests; those that you may see."""

    id: str
    season_id: str
    name_zh: str
    name_en: str | None
    venue: str | None
    starts_on: date
    ends_on: date
    contests: list[EventContest]
