"""Structs of the organisations room. Days come in as text, so that a 30 February is named as what it is."""

from datetime import date
from typing import Annotated, Literal, TypeAlias

import msgspec
from msgspec import UNSET, UnsetType

RegionLevel: TypeAlias = Literal["province", "prefecture", "county"]
OrganisationKind: TypeAlias = Literal[
    "national_body", "federation", "industry_line", "enterprise", "authority"
]
Tier: TypeAlias = Literal["province", "city", "base"]
RegionCode: TypeAlias = Annotated[str, msgspec.Meta(pattern="^[0-9]{6}$")]


class Region(msgspec.Struct, frozen=True):
    """A division under its name of one day. Ends that no source proves are null."""

    code: str
    level: RegionLevel
    parent_code: str | None
    name_zh: str
    name_en: str
    valid_from: date | None
    valid_to: date | None


class CreateOrganisation(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An organisation below another. `short_name` is what a list shows: at most 16 characters."""

    parent_id: str
    kind: OrganisationKind
    name_zh: str
    short_name: str
    name_en: str | None = None
    tier: Tier | None = None
    region_code: RegionCode | None = None
    credit_code: str | None = None
    valid_from: str | None = None


class ChangeOrganisation(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What may change of an organisation; it never moves to another parent. `valid_to` closes it from that day on."""

    name_zh: str | UnsetType = UNSET
    name_en: str | UnsetType | None = UNSET
    short_name: str | UnsetType = UNSET
    region_code: RegionCode | UnsetType | None = UNSET
    credit_code: str | UnsetType | None = UNSET
    valid_to: str | UnsetType | None = UNSET


class Organisation(msgspec.Struct, frozen=True, kw_only=True):
    """A node of the tree; `path` leads from the root to itself."""

    id: str
    parent_id: str | None
    path: list[str]
    kind: OrganisationKind
    tier: Tier | None
    region_code: str | None
    name_zh: str
    name_en: str | None
    short_name: str
    credit_code: str | None
    valid_from: date
    valid_to: date | None
    rev: int


class CreateDelegation(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who sends teams in a season: a region, an industry line or a firm."""

    kind: Literal["region", "industry", "firm"]
    name_zh: str
    short_name: str
    name_en: str | None = None
    organisation_id: str | None = None
    region_code: RegionCode | None = None
    position: Annotated[int, msgspec.Meta(ge=0, le=10_000)] = 0


class Delegation(msgspec.Struct, frozen=True, kw_only=True):
    """A delegation of a season."""

    id: str
    season_id: str
    kind: Literal["region", "industry", "firm"]
    name_zh: str
    name_en: str | None
    short_name: str
    organisation_id: str | None
    region_code: str | None
    position: int
