"""What goes in and out of the people room."""

from datetime import date, datetime
from typing import Annotated, Literal

import msgspec

DocumentType = Literal["id_card", "passport", "hk_macao", "taiwan", "military", "permanent_resident"]
Sex = Literal["M", "F"]
LevelName = Literal[
    "apprentice",
    "junior",
    "intermediate",
    "senior",
    "technician",
    "senior_technician",
    "special_technician",
    "chief_technician",
]
# In the order of the ladder (DOMAIN 7); the database keeps the rung.
LEVELS: tuple[LevelName, ...] = LevelName.__args__  # type: ignore[attr-defined]

Text = Annotated[str, msgspec.Meta(max_length=400)]


class IdentityInput(msgspec.Struct, frozen=True, kw_only=True):
    """A person as a form or a row gives them. Sex and birth date may be left out where an identity card tells them."""

    name: str
    document_type: str = "id_card"
    document_number: str
    sex: str | None = None
    birth_date: str | None = None
    education: str | None = None
    mobile: str | None = None


class EmploymentView(msgspec.Struct, frozen=True, kw_only=True):
    """Where a person worked, from and until which day; `until` is the first day no longer there."""

    unit: str
    post: str | None
    front_line: bool | None
    union_member: bool | None
    public: bool | None
    since: date
    until: date | None


class SkillLevelView(msgspec.Struct, frozen=True):
    """A level held in a trade since a day."""

    trade: str
    level: LevelName
    since: date
    certificate_no: str | None


class PersonView(msgspec.Struct, frozen=True, kw_only=True):
    """A person as the newest version says; everything personal is None once erased."""

    id: str
    name: str | None
    sex: Sex | None
    birth_date: date | None
    education: str | None
    document_type: DocumentType | None
    document_number: str | None
    mobile: str | None
    employments: tuple[EmploymentView, ...]
    skill_levels: tuple[SkillLevelView, ...]
    erased_at: datetime | None


class Reveal(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why the full number is needed; it is kept with the access."""

    reason: Text


class RevealedDocument(msgspec.Struct, frozen=True):
    """A document number in full. Never kept, cached or logged."""

    person: str
    document_type: DocumentType
    document_number: str


class Erase(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why a person is erased, such as their own request."""

    reason: Text


class ErasureReceipt(msgspec.Struct, frozen=True):
    """What an erasure took away and what stays."""

    person: str
    erased_at: datetime
    versions: int
    entries_kept: int
