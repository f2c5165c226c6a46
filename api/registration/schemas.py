"""What goes in and out of the registration room."""

from datetime import datetime
from typing import Annotated, Literal

import msgspec

from api.people.schemas import DocumentType, LevelName, Text

EntryState = Literal[
    "draft", "at_unit", "at_organiser", "at_committee", "returned", "accepted", "refused", "withdrawn"
]
Standing = Literal["present", "absent", "withdrew", "late", "score_cancelled", "disqualified"]
Role = Literal["contestant", "leader", "coach"]
Id = Annotated[str, msgspec.Meta(max_length=40)]
Members = Annotated[tuple["MemberInput", ...], msgspec.Meta(min_length=1, max_length=60)]


class MemberInput(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One member as a form or a row gives them.

    In a correction, `person` (the id in the entry) stands for the document, which nobody has to type again. `name_changed` is heard from
    the host's reviewers only: the document is known under another name, and the new name is right. `public` says whether the
    employer is publicly owned.
    """

    role: Role = "contestant"
    person: Id | None = None
    name: Text = ""
    document_type: DocumentType = "id_card"
    document_number: Text = ""
    sex: Annotated[str, msgspec.Meta(max_length=4)] | None = None
    birth_date: Annotated[str, msgspec.Meta(max_length=40)] | None = None
    education: Text | None = None
    mobile: Text | None = None
    post: Text | None = None
    front_line: bool | None = None
    union_member: bool | None = None
    public: bool | None = None
    skill_level: LevelName | None = None
    certificate_no: Text | None = None
    name_changed: bool = False


class RegisterEntry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A new entry. Without `submit_to` it goes to its unit, or to the organiser where there is no unit with an account.

    `unit` is an organisation, `unit_name` an employer that is none; `slot` is the place won in the tier below.
    """

    item: Id
    delegation: Id | None = None
    unit: Id | None = None
    unit_name: Text | None = None
    slot: Id | None = None
    members: Members
    submit_to: Literal["draft", "at_unit", "at_organiser"] | None = None


class ChangeEntry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A correction of a draft or a returned entry: the members as they shall be, all of them."""

    members: Members


class EntryTransition(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A step of the review. Returning and refusing need a reason."""

    to: EntryState
    reason: Text | None = None


class ChangeStanding(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What became of an entrant, and why; who says so is kept with it."""

    to: Standing
    reason: Text


class RegistrationRules(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who may register: full years on the first day (None: any age), and whether one person may enter one item only."""

    minimum_age: Annotated[int, msgspec.Meta(ge=1, le=99)] | None = 16
    one_item_per_person: bool = False


class RegistrationRulesView(RegistrationRules, frozen=True, kw_only=True):
    """The rules with their version."""

    contest: str
    rev: int


class MemberView(msgspec.Struct, frozen=True, kw_only=True):
    """A member as they were when registered; personal fields are None once the person was erased. The number is masked."""

    person: str
    role: Role
    name: str | None
    document_type: DocumentType | None
    document_number: str | None
    unit: str | None
    post: str | None
    skill_level: LevelName | None


class EntryRow(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a list of entries."""

    id: str
    rev: int
    contest: str
    contest_name: str
    item: str
    item_name: str
    number: str | None
    state: EntryState
    standing: Standing
    delegation: str | None
    unit: str | None
    members: tuple[MemberView, ...]
    # When it came to its present state, and why where somebody gave a reason.
    state_at: datetime
    reason: str | None
    hors_concours: bool


class EntryEvent(msgspec.Struct, frozen=True, kw_only=True):
    """One step of an entry's history: of its review (`kind` state) or of the day (`kind` standing)."""

    kind: Literal["state", "standing"]
    before: str
    after: str
    reason: str | None
    by: str | None
    at: datetime


class EntryDetail(EntryRow, frozen=True, kw_only=True):
    """An entry with its history and what this reader may do next."""

    delegation_id: str | None
    unit_id: str | None
    slot: str | None
    history: tuple[EntryEvent, ...]
    possible: tuple[EntryState, ...]
    may_correct: bool


class ImportReceipt(msgspec.Struct, frozen=True):
    """The job that carries out an upload."""

    job: str
    rows: int


class ItemPlaces(msgspec.Struct, frozen=True, kw_only=True):
    """Whether an item can be entered now. `places_left` is None where there is no limit."""

    item: str
    state: Literal["not_yet", "open", "closed", "full", "not_announced"]
    opens_at: datetime
    closes_at: datetime
    places_left: int | None
    minimum_age: int | None
