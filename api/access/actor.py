"""Who asks: the account, its grants and what they reach."""

from uuid import UUID

import msgspec

from api.access.rights import RIGHTS, SELF
from api.plumbing.problems import Problem


class Scope(msgspec.Struct, frozen=True, kw_only=True):
    """Where something lies: its organisation with all ancestors, and the contest, item and session it belongs to."""

    organisation_path: tuple[UUID, ...] = ()
    contest_id: UUID | None = None
    item_id: UUID | None = None
    session_id: UUID | None = None


class Grant(msgspec.Struct, frozen=True):
    """A role at a scope. `support` marks the short writing grant for a contest of a lower node."""

    role: str
    scope_kind: str
    scope_id: UUID
    support: bool = False

    def covers(self, scope: Scope) -> bool:
        """Whether the scope lies at or below this grant's own."""
        match self.scope_kind:
            case "organisation":
                return self.scope_id in scope.organisation_path
            case "contest":
                return self.scope_id == scope.contest_id
            case "item" | "blind_layer":
                return self.scope_id == scope.item_id
            case _:
                return self.scope_id == scope.session_id

    def writes(self, scope: Scope) -> bool:
        """Whether it may change things there: a node's grant writes at its own node only, not in its subtree."""
        if self.scope_kind == "organisation" and scope.contest_id is not None:
            return bool(scope.organisation_path) and scope.organisation_path[-1] == self.scope_id
        return self.covers(scope)


class Actor(msgspec.Struct, frozen=True, kw_only=True):
    """The caller of a command or query. Nobody signed in is `ANONYMOUS`; jobs act as `SYSTEM`."""

    account_id: UUID
    display_name: str = ""
    locale: str = "zh"
    grants: tuple[Grant, ...] = ()
    session_kind: str = "none"
    session_id: UUID | None = None
    second_factor: bool = False
    # An administrator without second factor: nothing is held until one is set up (DESIGN 6).
    must_enrol: bool = False
    # API tokens: rights are cut to these scopes ("read", or names of rights) and contests; None = no cut. A session on an
    # enrolled device is cut to the device's contest in the same way.
    token_scopes: frozenset[str] | None = None
    token_contests: frozenset[UUID] | None = None
    csrf_secret: bytes = b""

    @property
    def signed_in(self) -> bool:
        """Whether somebody is signed in."""
        return self is not ANONYMOUS and self.account_id != NOBODY

    def roles(self) -> frozenset[str]:
        """Every role held anywhere now."""
        return frozenset(grant.role for grant in self.grants)

    def holds(self, right: str) -> bool:
        """Whether any grant, wherever it lies, carries the right: what a route asks before a command knows the scope."""
        if right == SELF:
            return self.signed_in
        roles = RIGHTS[right].roles
        return self._token_allows(right) and any(grant.role in roles for grant in self.grants)

    def may(self, right: str, scope: Scope) -> bool:
        """Whether the right reaches this scope."""
        rule = RIGHTS[right]
        if not self._token_allows(right):
            return False
        if self.token_contests is not None and scope.contest_id not in self.token_contests:
            return False
        return any(
            grant.role in rule.roles
            and (rule.by_support or not grant.support)
            and (grant.writes(scope) if rule.writes else grant.covers(scope))
            for grant in self.grants
        )

    def require(self, right: str, scope: Scope) -> None:
        """Raise not_found unless the right reaches this scope: "absent" and "not yours" answer alike."""
        if not self.may(right, scope):
            raise Problem("not_found")

    def reach(self, right: str) -> "Reach":
        """What a list query may show: the organisations, contests, items and sessions this right reaches."""
        held = (
            [grant for grant in self.grants if grant.role in RIGHTS[right].roles]
            if self._token_allows(right)
            else []
        )
        return Reach(
            organisations=[grant.scope_id for grant in held if grant.scope_kind == "organisation"],
            contests=[grant.scope_id for grant in held if grant.scope_kind == "contest"],
            items=[grant.scope_id for grant in held if grant.scope_kind in ("item", "blind_layer")],
            sessions=[grant.scope_id for grant in held if grant.scope_kind == "session"],
            token_contests=None if self.token_contests is None else list(self.token_contests),
        )

    def _token_allows(self, right: str) -> bool:
        if self.token_scopes is None:
            return True
        rule = RIGHTS[right]
        return rule.by_token and (right in self.token_scopes or ("read" in self.token_scopes and rule.reads))


class Reach(msgspec.Struct, frozen=True):
    """Scopes as lists of ids, ready to be parameters of a query."""

    organisations: list[UUID]
    contests: list[UUID]
    items: list[UUID]
    sessions: list[UUID]
    token_contests: list[UUID] | None


NOBODY = UUID(int=0)
ANONYMOUS = Actor(account_id=NOBODY)
# What jobs of our own act as; it holds no grant, so commands that jobs call take their rights from the request behind the job.
SYSTEM = Actor(account_id=UUID(int=1), display_name="system")
