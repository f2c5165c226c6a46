"""What an installation needs before its first contest: seasons, organisations, delegations, accounts and grants; and one's own account."""

from datetime import datetime, timedelta
from typing import ClassVar, Literal

import msgspec

from frontend.views.common import Choice, FormState, Paging
from frontend.views.contests import TierProgress


class SetupStep(msgspec.Struct, frozen=True):
    """One thing to do on the way to the first contest. `detail` says how much of it there is; without `url` somebody else does it."""

    name: str
    detail: str
    url: str | None
    done: bool


class AdminPage(msgspec.Struct, frozen=True):
    """GET /org/admin."""

    TEMPLATE: ClassVar[str] = "admin/start.html"

    steps: tuple[SetupStep, ...]


class SeasonLine(msgspec.Struct, frozen=True):
    """A season in the list."""

    id: str
    year: int
    name: str
    organisation: str
    tiers: tuple[TierProgress, ...]


class SeasonsPage(msgspec.Struct, frozen=True):
    """GET /org/admin/seasons?cursor=&before=&back=; POST with organisation, year, name, name_en, plan_province, plan_city, plan_base and key."""

    TEMPLATE: ClassVar[str] = "admin/seasons.html"

    seasons: tuple[SeasonLine, ...]
    paging: Paging
    organisations: tuple[Choice, ...] = ()
    """Where a season may be opened; none for a reader who opens none."""
    key: str = ""
    form: FormState = FormState()


class DelegationLine(msgspec.Struct, frozen=True):
    """A delegation of a season."""

    name: str
    short_name: str
    kind: str


class SeasonPage(msgspec.Struct, frozen=True):
    """GET /org/admin/seasons/{id}?find=&cursor=…; POST with act=plan (name, name_en, plan_*, rev) or act=delegation
    (kind, organisation, find, delegation, delegation_en, short_name, key)."""

    TEMPLATE: ClassVar[str] = "admin/season.html"

    id: str
    year: int
    name: str
    rev: int
    delegations: tuple[DelegationLine, ...]
    paging: Paging
    may_change: bool = True
    find: str = ""
    organisations: tuple[Choice, ...] = ()
    kinds: tuple[Choice, ...] = ()
    key: str = ""
    form: FormState = FormState()


class OrganisationLine(msgspec.Struct, frozen=True):
    """An organisation in the list."""

    id: str
    name: str
    short_name: str
    kind: str
    region: str
    closed: bool = False


class OrganisationsPage(msgspec.Struct, frozen=True):
    """GET /org/admin/organisations?parent=&q=&cursor=…; POST with act=add (parent, kind, tier, name, name_en, short_name, region, key)
    or act=change (parent, own_name, own_name_en, own_short_name, own_region, rev)."""

    TEMPLATE: ClassVar[str] = "admin/organisations.html"

    lines: tuple[OrganisationLine, ...]
    paging: Paging
    here: OrganisationLine | None = None
    """Below which the list lies; None while something is looked for."""
    rev: int = 0
    above: tuple[Choice, ...] = ()
    query: str = ""
    may_change: bool = False
    kinds: tuple[Choice, ...] = ()
    tiers: tuple[Choice, ...] = ()
    regions: tuple[Choice, ...] = ()
    own_regions: tuple[Choice, ...] = ()
    key: str = ""
    form: FormState = FormState()


AccountWay = Literal["none", "password", "badge", "off"]
"""How an account's holder comes in; none but by a link, or not at all because it is switched off."""


class AccountLine(msgspec.Struct, frozen=True):
    """An account in the list."""

    id: str
    name: str
    login: str
    organisation: str
    way: AccountWay


class AccountsPage(msgspec.Struct, frozen=True):
    """GET /org/admin/accounts?q=&find=&cursor=…; POST with login, name, organisation, locale and key."""

    TEMPLATE: ClassVar[str] = "admin/accounts.html"

    lines: tuple[AccountLine, ...]
    paging: Paging
    query: str = ""
    find: str = ""
    may_create: bool = True
    organisations: tuple[Choice, ...] = ()
    key: str = ""
    form: FormState = FormState()


class GrantLine(msgspec.Struct, frozen=True):
    """A role that holds or will hold. `may_end` if the reader may take it away."""

    id: str
    role: str
    where: str
    valid_from: datetime
    valid_to: datetime | None
    may_end: bool
    reason: str = ""

    @property
    def last_moment(self) -> datetime | None:
        """The end is outside: midnight belongs to the day that ends."""
        return self.valid_to - timedelta(microseconds=1) if self.valid_to else None


class ShownOnce(msgspec.Struct, frozen=True):
    """A way in that nobody can look up again: a link with its end, or a badge with its PIN. `picture` is the address of its QR code."""

    name: str
    picture: str
    url: str = ""
    until: datetime | None = None
    badge: str = ""
    pin: str = ""


class AccountPage(msgspec.Struct, frozen=True):
    """GET /org/admin/accounts/{id}?find=; POST with act=grant (role, where, from, until, reason), end (grant), link (target, hours),
    badge, off or on (rev)."""

    TEMPLATE: ClassVar[str] = "admin/account.html"

    account: AccountLine
    rev: int
    grants: tuple[GrantLine, ...]
    paging: Paging
    own: bool = False
    may_change: bool = True
    second_factor: bool = False
    roles: tuple[Choice, ...] = ()
    places: tuple[Choice, ...] = ()
    find: str = ""
    targets: tuple[Choice, ...] = ()
    hours: tuple[Choice, ...] = ()
    shown_once: ShownOnce | None = None
    form: FormState = FormState()


class OwnAccountPage(msgspec.Struct, frozen=True):
    """GET and POST /account with act=begin, act=confirm (code) or act=password (current, new)."""

    TEMPLATE: ClassVar[str] = "access/account.html"

    name: str
    login: str
    must_enrol: bool
    confirmed: bool
    has_password: bool
    waiting: bool = False
    """A secret was made and no code has proved it yet."""
    secret: str = ""
    picture: str = ""
    saved: bool = False
    form: FormState = FormState()


class JudgeWayPage(msgspec.Struct, frozen=True):
    """The answer to POST /org/c/{id}/e/{item}/judges/{judge}/way with act=badge or act=link."""

    TEMPLATE: ClassVar[str] = "organiser/judge_way.html"

    contest: str
    back: str
    code: str
    way: ShownOnce
