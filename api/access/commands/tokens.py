"""API tokens: what a program may do in somebody's name, never more than that person."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from api.access.actor import Actor
from api.access.authentication import token_hash
from api.access.authority import require_person, scope_of
from api.access.events import note_event
from api.access.rights import RIGHTS, SELF
from api.access.schemas import CreateToken, TokenView
from api.access.secret_texts import new_token
from api.plumbing.db import Db
from api.plumbing.ids import encode_id, parse_id
from api.plumbing.problems import Problem, field_error, invalid_fields
from api.plumbing.settings import Settings
from api.plumbing.texts import clean_text

CREATE_TOKEN = """/* access.create_token */
INSERT INTO api_token (token_hash, account_id, name, hint, scopes, contest_ids, expires_at)
VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id, created_at
"""  # noqa: S105 - a statement, not a token


async def create_token(db: Db, settings: Settings, actor: Actor, data: CreateToken) -> TokenView:
    """A token, shown once; test tokens (skc_test_) are the demo's. Raises invalid_fields, not_found, person_needed."""
    require_person(actor)
    name = clean_text(data.name, "/name", 60)
    scopes = _held_scopes(actor, data.scopes)
    contests = None if data.contest_ids is None else [parse_id("contest", text) for text in data.contest_ids]
    token = new_token("skc_test_" if settings.demo else "skc_live_")
    hint = f"{token[:11]}…{token[-4:]}"
    expires_at = datetime.now(UTC) + timedelta(days=data.days)
    async with db.transaction() as connection:
        for contest_id in contests or ():
            actor.require("contest.read", await scope_of(connection, "contest", contest_id))
        row = await connection.fetchrow(
            CREATE_TOKEN, token_hash(token), actor.account_id, name, hint, scopes, contests, expires_at
        )
        assert row is not None
        await note_event(connection, actor.account_id, "token_created", encode_id("token", row["id"]))
    return TokenView(
        id=encode_id("token", row["id"]),
        name=name,
        hint=hint,
        scopes=scopes,
        contest_ids=None if contests is None else [encode_id("contest", contest) for contest in contests],
        created_at=row["created_at"],
        expires_at=expires_at,
        token=token,
    )


def _held_scopes(actor: Actor, asked: list[str]) -> list[str]:
    errors = [
        field_error(f"/scopes/{place}", "token_scope", scope=scope)
        for place, scope in enumerate(asked)
        if scope != "read"
        and (scope not in RIGHTS or scope == SELF or not RIGHTS[scope].by_token or not actor.holds(scope))
    ]
    if errors:
        raise invalid_fields(*errors)
    return sorted(set(asked))


REVOKE_TOKEN = """/* access.revoke_token */
UPDATE api_token SET revoked_at = now() WHERE id = $1 AND account_id = $2 AND revoked_at IS NULL RETURNING id
"""  # noqa: S105 - a statement, not a token


async def revoke_token(db: Db, actor: Actor, token_id: UUID) -> None:
    """End one of the actor's own tokens. Raises not_found."""
    async with db.transaction() as connection:
        if await connection.fetchval(REVOKE_TOKEN, token_id, actor.account_id) is None:
            raise Problem("not_found")
        await note_event(connection, actor.account_id, "token_revoked", encode_id("token", token_id))
