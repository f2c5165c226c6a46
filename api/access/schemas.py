"""What goes into and comes out of the access room. No struct that goes out holds a secret, but for those that say `shown once`."""

from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from api.access.rights import ROLES

Code = Annotated[str, Meta(pattern=r"^[0-9]{6}\Z", description="Six digits of the authenticator program")]
Pin = Annotated[str, Meta(pattern=r"^[0-9]{4,8}\Z", description="4 to 8 digits")]
Secret = Annotated[str, Meta(min_length=1, max_length=512)]
Id = Annotated[str, Meta(min_length=1, max_length=40)]
ShortText = Annotated[str, Meta(min_length=1, max_length=200)]
Locale = Literal["zh", "en"]
ScopeKind = Literal["organisation", "contest", "item", "session", "blind_layer"]
Role = Annotated[str, Meta(pattern=f"^({'|'.join(ROLES)})\\Z")]


class SignIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Login and password; `totp` where the account has a second factor."""

    login: Annotated[str, Meta(min_length=1, max_length=64)]
    password: Secret
    totp: Code | None = None


class SignInByLink(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The token of a one-time link; `totp` where the account has a second factor."""

    token: Secret
    totp: Code | None = None


class SignInByBadge(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the QR code of a judge's badge holds, and the judge's PIN."""

    badge: Secret
    pin: Pin


class GrantView(msgspec.Struct, frozen=True, kw_only=True):
    """A role at a scope, for a time. `deputy_of` is the account it stands in for."""

    id: str
    account_id: str
    account_name: str
    role: str
    scope_kind: str
    scope_id: str
    contest_id: str | None
    blind_layer: int | None
    deputy_of: str | None
    support: bool
    reason: str | None
    valid_from: datetime
    valid_to: datetime | None


class Me(msgspec.Struct, frozen=True, kw_only=True):
    """The caller. `csrf_token` goes into X-CSRF-Token of every change made under the session's cookie.

    With `must_enrol` the account is an administrator's without second factor, and can only set one up.
    """

    id: str
    login: str
    display_name: str
    locale: str
    session_kind: str
    second_factor: bool
    must_enrol: bool
    totp_confirmed: bool
    has_password: bool
    csrf_token: str
    token_scopes: list[str] | None
    token_contests: list[str] | None
    grants: list[GrantView]


class SignedIn(msgspec.Struct, frozen=True, kw_only=True):
    """A session has begun; its token travels in the cookie only. `target` is where a link leads."""

    account_id: str
    display_name: str
    locale: str
    session_kind: str
    second_factor: bool
    must_enrol: bool
    csrf_token: str
    expires_at: datetime
    target: str = "/"


class ChangePassword(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A new password; `current` where there is one."""

    new: Secret
    current: Secret | None = None


class CreateAccount(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An account that an organisation looks after. It has no password until its holder sets one through a link."""

    login: Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9._@-]{1,63}\Z")]
    display_name: ShortText
    organisation_id: Id
    locale: Locale = "zh"


class ChangeAccount(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is given is changed. The holder may change the language only."""

    display_name: ShortText | msgspec.UnsetType = msgspec.UNSET
    locale: Locale | msgspec.UnsetType = msgspec.UNSET
    disabled: bool | msgspec.UnsetType = msgspec.UNSET


class AccountView(msgspec.Struct, frozen=True, kw_only=True):
    """An account as those see it who look after it."""

    id: str
    login: str
    display_name: str
    locale: str
    organisation_id: str | None
    has_password: bool
    has_badge: bool
    totp_confirmed: bool
    disabled: bool
    created_at: datetime
    rev: int


class TotpEnrolment(msgspec.Struct, frozen=True):
    """Shown once: the secret for an authenticator program, and the same as the text of a QR code."""

    secret: str
    uri: str


class ConfirmTotp(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A first code, which proves that the program has the secret."""

    code: Code


class MakeBadge(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A new badge ends the old one. Without `pin` four digits are drawn."""

    pin: Pin | None = None


class Badge(msgspec.Struct, frozen=True):
    """Shown once: what the badge's QR code holds, and the PIN. Both are null in a repeated answer."""

    account_id: str
    badge: str | None
    pin: str | None


class MakeLink(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A link that signs in once; a new one ends those not used yet. `target` is a path of this site."""

    target: Annotated[str, Meta(pattern=r"^/([^/\\\s][^\\\s]*)?\Z", max_length=200)] = "/"
    hours: Annotated[int, Meta(ge=1, le=168)] = 24


class Link(msgspec.Struct, frozen=True):
    """Shown once: the address. It is null in a repeated answer."""

    account_id: str
    url: str | None
    expires_at: datetime


class GiveGrant(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A role at a scope. A deputy's grant names whom it stands in for and ends."""

    account_id: Id
    role: Role
    scope_kind: ScopeKind
    scope_id: Id
    blind_layer: Annotated[int, Meta(ge=1, le=3)] | None = None
    deputy_of: Id | None = None
    reason: ShortText | None = None
    valid_from: datetime | None = None
    valid_to: datetime | None = None


class TakeSupport(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Write in a contest of a lower node, for a stated reason and at most 24 hours."""

    reason: Annotated[str, Meta(min_length=5, max_length=200)]
    hours: Annotated[int, Meta(ge=1, le=24)] = 4


class CreateToken(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An API token. Scopes are `read` or names of rights that you hold; `contest_ids` cuts it to these contests."""

    name: Annotated[str, Meta(min_length=1, max_length=60)]
    scopes: Annotated[list[Annotated[str, Meta(max_length=60)]], Meta(min_length=1, max_length=60)]
    contest_ids: Annotated[list[Id], Meta(min_length=1, max_length=100)] | None = None
    days: Annotated[int, Meta(ge=1, le=365)] = 90


class TokenView(msgspec.Struct, frozen=True, kw_only=True):
    """An API token; `hint` is how it begins and ends. `token` is shown once, when it is made."""

    id: str
    name: str
    hint: str
    scopes: list[str]
    contest_ids: list[str] | None
    created_at: datetime
    expires_at: datetime
    token: str | None = None


class EnrolDevice(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Make the browser that asks a device of one contest, on which its judges' PINs count."""

    name: Annotated[str, Meta(min_length=1, max_length=60)]
    contest_id: Id


class DeviceView(msgspec.Struct, frozen=True):
    """An enrolled device. Its secret lives in the device's cookie only."""

    id: str
    name: str
    contest_id: str | None
    enrolled_at: datetime
    revoked: bool


class EnrolFor(msgspec.Struct, frozen=True):
    """A contest under way whose tablets the reader may enrol."""

    id: str
    name_zh: str
    name_en: str | None


class AccessEvent(msgspec.Struct, frozen=True):
    """Something that somebody must answer for: who did what to which thing, and in which request."""

    at: datetime
    account_id: str | None
    account_name: str | None
    action: str
    subject: str
    details: dict[str, str | int | bool | None]
    request_id: str | None


class EndpointAccess(msgspec.Struct, frozen=True):
    """One endpoint: the right it needs (null: none) and whether any grant of yours carries it."""

    method: str
    path: str
    right: str | None
    allowed: bool


class Access(msgspec.Struct, frozen=True):
    """What the caller may do. A right held at one scope still answers not_found at another."""

    signed_in: bool
    rights: list[str]
    endpoints: list[EndpointAccess]


class ProblemView(msgspec.Struct, frozen=True):
    """What a problem's code means; texts may hold `{places}` that each problem fills."""

    code: str
    status: int
    title: str
    title_en: str
    detail: str
    detail_en: str
    next: str
    next_en: str
