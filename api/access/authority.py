"""Who may give a role, and who looks after an account: the rules by which power is handed on (DESIGN 6).

Nobody gives more than they have: a role is given by grants below which it stands (`GIVES`), inside their own scope; an account is
reset only by somebody whose own grants stand above every grant that it holds, or a link to it would be a way around the first rule.
"""

from uuid import UUID

from api.access.actor import Actor, Scope
from api.access.rights import GIVES
from api.contests.scopes import contest_scope, item_scope, session_scope
from api.plumbing.db import Connection
from api.plumbing.problems import Problem

ID_KIND = {
    "organisation": "organisation",
    "contest": "contest",
    "item": "item",
    "blind_layer": "item",
    "session": "session",
}

ORGANISATION_PATH = """/* access.organisation_path */
SELECT path FROM organisation WHERE id = $1
"""


async def scope_of(connection: Connection, scope_kind: str, scope_id: UUID) -> Scope:
    """Where a grant's scope lies. Raises not_found."""
    match scope_kind:
        case "organisation":
            path = await connection.fetchval(ORGANISATION_PATH, scope_id)
            if path is None:
                raise Problem("not_found")
            return Scope(organisation_path=tuple(path))
        case "contest":
            return (await contest_scope(connection, scope_id)).scope
        case "session":
            return (await session_scope(connection, scope_id)).scope
        case _:
            return (await item_scope(connection, scope_id)).scope


def may_give(actor: Actor, role: str, scope: Scope) -> bool:
    """Whether the actor's grants stand above `role` at this scope; whether a person asks, the command has to know."""
    return any(
        not grant.support and role in GIVES.get(grant.role, ()) and grant.writes(scope)
        for grant in actor.grants
    )


GRANTS_HELD = """/* access.grants_held */
SELECT g.role, coalesce(contest_host.path, node.path, '{}') AS path, g.contest_id,
       CASE WHEN g.scope_kind IN ('item', 'blind_layer') THEN g.scope_id ELSE s.item_id END AS item_id,
       CASE WHEN g.scope_kind = 'session' THEN g.scope_id END AS session_id
FROM access_grant g
LEFT JOIN contest c ON c.id = g.contest_id
LEFT JOIN organisation contest_host ON contest_host.id = c.host_id
LEFT JOIN organisation node ON g.scope_kind = 'organisation' AND node.id = g.scope_id
LEFT JOIN judging_session s ON g.scope_kind = 'session' AND s.id = g.scope_id
WHERE g.account_id = $1 AND g.revoked_at IS NULL AND (g.valid_to IS NULL OR g.valid_to > now())
"""
HOME_OF_ACCOUNT = """/* access.home_of_account */
SELECT coalesce(o.path, '{}') AS path FROM account a LEFT JOIN organisation o ON o.id = a.organisation_id WHERE a.id = $1
"""


async def require_charge(connection: Connection, actor: Actor, account_id: UUID) -> None:
    """Raise not_found unless the actor looks after the account, account_holds_more where it holds what they may not give."""
    home = await connection.fetchval(HOME_OF_ACCOUNT, account_id)
    if home is None or not actor.holds("account.manage"):
        raise Problem("not_found")
    rows = await connection.fetch(GRANTS_HELD, account_id)
    below = [
        _stands_above(
            actor,
            row["role"],
            Scope(
                organisation_path=tuple(row["path"]),
                contest_id=row["contest_id"],
                item_id=row["item_id"],
                session_id=row["session_id"],
            ),
        )
        for row in rows
    ]
    if not actor.may("account.manage", Scope(organisation_path=tuple(home))) and not any(below):
        raise Problem("not_found")
    if account_id == actor.account_id:
        raise Problem("account_own")
    if not all(below):
        raise Problem("account_holds_more")


def _stands_above(actor: Actor, role: str, scope: Scope) -> bool:
    # Reading reach is enough here: a node that may name a county's organisers may also give one of them a new link.
    return any(
        not grant.support and role in GIVES.get(grant.role, ()) and grant.covers(scope)
        for grant in actor.grants
    )


def require_person(actor: Actor) -> None:
    """Raise person_needed for an API token or a PIN: neither changes how somebody signs in."""
    if actor.session_kind != "browser":
        raise Problem("person_needed")
