"""Grants: given, taken away, and the short support grant for a contest of a lower node."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import asyncpg

from api.access.actor import Actor, Scope
from api.access.authority import ID_KIND, may_give, require_person, scope_of
from api.access.events import note_event
from api.access.schemas import GiveGrant, GrantView, TakeSupport
from api.access.views import grant_view
from api.plumbing.db import Connection, Db
from api.plumbing.ids import encode_id, parse_id
from api.plumbing.problems import Problem, field_error, invalid_fields
from api.plumbing.texts import clean_text

GIVE = """/* access.give_grant */
INSERT INTO access_grant (account_id, role, scope_kind, scope_id, contest_id, blind_layer, deputy_of, support, reason,
                          valid_from, valid_to, granted_by)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, coalesce($10, now()), $11, $12)
RETURNING id
"""
PRINCIPAL_HOLDS = """/* access.principal_holds */
SELECT 1 FROM access_grant
WHERE account_id = $1 AND role = $2 AND scope_kind = $3 AND scope_id = $4 AND revoked_at IS NULL
  AND (valid_to IS NULL OR valid_to > now()) LIMIT 1
"""


async def give_grant(db: Db, actor: Actor, data: GiveGrant) -> GrantView:
    """Give a role. Raises not_found, grant_beyond_own, grant_to_self, roles_exclude, deputy_without_principal, invalid_fields."""
    account_id = parse_id("account", data.account_id)
    scope_id = parse_id(ID_KIND[data.scope_kind], data.scope_id)
    deputy_of = None if data.deputy_of is None else parse_id("account", data.deputy_of)
    reason = None if data.reason is None else clean_text(data.reason, "/reason", 200)
    _require_sense(data)
    async with db.transaction() as connection:
        scope = await scope_of(connection, data.scope_kind, scope_id)
        # Whoever cannot even give the least role here is told that there is nothing here.
        actor.require("grant.give", scope)
        if not may_give(actor, data.role, scope):
            raise Problem("grant_beyond_own")
        if account_id == actor.account_id:
            raise Problem("grant_to_self")
        if not await connection.fetchval("SELECT 1 FROM account WHERE id = $1", account_id):
            raise Problem("not_found")
        if deputy_of and not await connection.fetchval(
            PRINCIPAL_HOLDS, deputy_of, data.role, data.scope_kind, scope_id
        ):
            raise Problem("deputy_without_principal")
        grant_id = await insert_grant(
            connection,
            account_id,
            data.role,
            data.scope_kind,
            scope_id,
            contest_id=scope.contest_id,
            granted_by=actor.account_id,
            blind_layer=data.blind_layer,
            deputy_of=deputy_of,
            reason=reason,
            valid_from=data.valid_from,
            valid_to=data.valid_to,
        )
        await _note(connection, actor, "grant_given", grant_id, scope, role=data.role)
        return await grant_view(connection, grant_id)


def _require_sense(data: GiveGrant) -> None:
    """What the shapes of the fields cannot say: which of them belong together."""
    errors = []
    if (data.scope_kind == "blind_layer") != (data.blind_layer is not None):
        errors.append(field_error("/blind_layer", "grant_layer"))
    if data.deputy_of is not None and (data.valid_to is None or data.deputy_of == data.account_id):
        errors.append(field_error("/deputy_of", "grant_deputy"))
    begins = data.valid_from or datetime.now(UTC)
    if begins.tzinfo is None or (data.valid_to is not None and data.valid_to.tzinfo is None):
        errors.append(field_error("/valid_from" if begins.tzinfo is None else "/valid_to", "grant_zone"))
    elif data.valid_to is not None and data.valid_to <= begins:
        errors.append(field_error("/valid_to", "grant_period"))
    if errors:
        raise invalid_fields(*errors)


GRANT_TO_REVOKE = """/* access.grant_to_revoke */
SELECT account_id, role, scope_kind, scope_id, contest_id FROM access_grant WHERE id = $1 AND revoked_at IS NULL FOR UPDATE
"""
# Who stands in for somebody stands in for as long as there is something to stand in for.
REVOKE = """/* access.revoke_grant */
UPDATE access_grant SET revoked_at = now()
WHERE revoked_at IS NULL AND (id = $1 OR (deputy_of = $2 AND role = $3 AND scope_kind = $4 AND scope_id = $5))
"""


async def revoke_grant(db: Db, actor: Actor, grant_id: UUID) -> None:
    """Take a grant away, and its deputies'; it holds within a second. Anybody may lay down their own. Raises not_found, person_needed."""
    require_person(actor)
    async with db.transaction() as connection:
        row = await connection.fetchrow(GRANT_TO_REVOKE, grant_id)
        if row is None:
            raise Problem("not_found")
        scope = await scope_of(connection, row["scope_kind"], row["scope_id"])
        if row["account_id"] != actor.account_id and not may_give(actor, row["role"], scope):
            raise Problem("not_found")
        await connection.execute(
            REVOKE, grant_id, row["account_id"], row["role"], row["scope_kind"], row["scope_id"]
        )
        await _note(connection, actor, "grant_revoked", grant_id, scope, role=row["role"])


async def take_support(db: Db, actor: Actor, contest_id: UUID, data: TakeSupport) -> GrantView:
    """Write as organiser in a contest of a lower node, for a reason, at most 24 hours, logged. Raises not_found, roles_exclude."""
    reason = clean_text(data.reason, "/reason", 200)
    if len(reason) < 5:
        raise invalid_fields(field_error("/reason", "support_reason"))
    async with db.transaction() as connection:
        scope = await scope_of(connection, "contest", contest_id)
        actor.require("support.take", scope)
        # now() is the transaction's in the insert too, so that 24 hours are never a moment more.
        begins = await connection.fetchval("SELECT now()")
        grant_id = await insert_grant(
            connection,
            actor.account_id,
            "organiser",
            "contest",
            contest_id,
            contest_id=contest_id,
            granted_by=actor.account_id,
            support=True,
            reason=reason,
            valid_from=begins,
            valid_to=begins + timedelta(hours=data.hours),
        )
        await _note(connection, actor, "support_taken", grant_id, scope, reason=reason, hours=str(data.hours))
        return await grant_view(connection, grant_id)


PAIR = """/* access.forbidden_pair */
SELECT reason_zh, reason_en FROM forbidden_pair WHERE role_a = least($1, $2) AND role_b = greatest($1, $2)
"""


async def insert_grant(
    connection: Connection,
    account_id: UUID,
    role: str,
    scope_kind: str,
    scope_id: UUID,
    *,
    contest_id: UUID | None,
    granted_by: UUID | None,
    blind_layer: int | None = None,
    deputy_of: UUID | None = None,
    support: bool = False,
    reason: str | None = None,
    valid_from: datetime | None = None,
    valid_to: datetime | None = None,
) -> UUID:
    """The new grant's id. Other rooms' commands give a role through this too, having asked for their own right. Raises roles_exclude.

    The constraint decides about forbidden pairs; its detail names the other role, and the pair's row says why.
    """
    try:
        async with connection.transaction():
            grant_id: UUID = await connection.fetchval(
                GIVE, account_id, role, scope_kind, scope_id, contest_id, blind_layer, deputy_of, support, reason,
                valid_from, valid_to, granted_by,
            )  # fmt: skip
            return grant_id
    except asyncpg.CheckViolationError as error:
        if error.constraint_name != "grant_forbidden_pair":
            raise
        pair = await connection.fetchrow(PAIR, role, error.detail)
        assert pair is not None
        raise Problem("roles_exclude", reason_zh=pair["reason_zh"], reason_en=pair["reason_en"]) from error


async def _note(
    connection: Connection, actor: Actor, action: str, grant_id: UUID, scope: Scope, **details: str
) -> None:
    await note_event(
        connection, actor.account_id, action, encode_id("grant", grant_id), scope.contest_id, **details
    )
