"""From a cookie or a bearer token to an Actor: one query, remembered for less than a second."""

import hashlib
import time
from collections import OrderedDict
from typing import Any
from uuid import UUID

import msgspec
from litestar.connection import ASGIConnection
from litestar.datastructures import State
from litestar.middleware import AbstractAuthenticationMiddleware, AuthenticationResult

from api.access.actor import ANONYMOUS, Actor, Grant
from api.plumbing.db import Db

SESSION_COOKIE = "sbq_session"
# A change of rights must hold within a second (DESIGN 6), so nothing is remembered for longer than this.
REMEMBERED_SECONDS = 0.8
REMEMBERED_ACTORS = 10_000

ACTOR_OF_SESSION = """/* access.actor_of_session */
SELECT s.id AS session_id, s.kind, s.second_factor, a.id AS account_id, a.display_name, a.locale,
       coalesce(g.grants, '[]') AS grants, NULL::text[] AS scopes, NULL::uuid[] AS contest_ids
FROM sign_in_session s
JOIN account a ON a.id = s.account_id AND a.disabled_at IS NULL
LEFT JOIN LATERAL (
    SELECT json_agg(json_build_array(role, scope_kind, scope_id, support)) AS grants FROM access_grant
    WHERE account_id = a.id AND revoked_at IS NULL AND valid_from <= now() AND (valid_to IS NULL OR valid_to > now())
) g ON true
WHERE s.token_hash = $1 AND s.revoked_at IS NULL AND s.expires_at > now()
"""

ACTOR_OF_TOKEN = """/* access.actor_of_token */
SELECT t.id AS session_id, 'token' AS kind, false AS second_factor, a.id AS account_id, a.display_name, a.locale,
       coalesce(g.grants, '[]') AS grants, t.scopes, t.contest_ids
FROM api_token t
JOIN account a ON a.id = t.account_id AND a.disabled_at IS NULL
LEFT JOIN LATERAL (
    SELECT json_agg(json_build_array(role, scope_kind, scope_id, support)) AS grants FROM access_grant
    WHERE account_id = a.id AND revoked_at IS NULL AND valid_from <= now() AND (valid_to IS NULL OR valid_to > now())
) g ON true
WHERE t.token_hash = $1 AND t.revoked_at IS NULL AND t.expires_at > now()
"""


class _GrantRow(msgspec.Struct, array_like=True):
    role: str
    scope_kind: str
    scope_id: UUID
    support: bool


def token_hash(token: str) -> bytes:
    """What the database keeps of a session, link or API token: never the token itself."""
    return hashlib.sha256(token.encode()).digest()


class ActorMemory:
    """Actors seen in the last moment, by token hash."""

    def __init__(self) -> None:
        self._seen: OrderedDict[bytes, tuple[float, Actor]] = OrderedDict()

    def get(self, key: bytes) -> Actor | None:
        """The actor, unless it was read too long ago."""
        found = self._seen.get(key)
        return found[1] if found and time.monotonic() - found[0] < REMEMBERED_SECONDS else None

    def put(self, key: bytes, actor: Actor) -> None:
        """Remember; the oldest are forgotten first."""
        self._seen[key] = (time.monotonic(), actor)
        self._seen.move_to_end(key)
        if len(self._seen) > REMEMBERED_ACTORS:
            self._seen.popitem(last=False)

    def forget(self, key: bytes) -> None:
        """Forget at once: sign-out."""
        self._seen.pop(key, None)


async def actor_of(db: Db, memory: ActorMemory, token: str, *, bearer: bool) -> Actor:
    """The actor behind a session or API token; ANONYMOUS for one that is unknown, ended or disabled."""
    key = token_hash(token)
    known = memory.get(key)
    if known is not None:
        return known
    async with db.reading() as connection:
        row = await connection.fetchrow(ACTOR_OF_TOKEN if bearer else ACTOR_OF_SESSION, key)
    if row is None:
        return ANONYMOUS
    grants = msgspec.json.decode(row["grants"], type=list[_GrantRow])
    actor = Actor(
        account_id=row["account_id"],
        display_name=row["display_name"],
        locale=row["locale"],
        grants=tuple(Grant(g.role, g.scope_kind, g.scope_id, g.support) for g in grants),
        session_kind=row["kind"],
        session_id=row["session_id"],
        second_factor=row["second_factor"],
        token_scopes=None if row["scopes"] is None else frozenset(row["scopes"]),
        token_contests=None if row["contest_ids"] is None else frozenset(row["contest_ids"]),
        csrf_secret=b"" if bearer else hashlib.sha256(b"csrf:" + key).digest(),
    )
    memory.put(key, actor)
    return actor


class Authentication(AbstractAuthenticationMiddleware):
    """Puts the Actor into `request.user`. An unknown token is nobody, not an error: the guard answers for the route."""

    async def authenticate_request(
        self, connection: ASGIConnection[Any, Any, Any, State]
    ) -> AuthenticationResult:
        """See the class."""
        token, bearer = credentials(connection)
        if token is None:
            return AuthenticationResult(user=ANONYMOUS, auth=None)
        state = connection.app.state
        actor = await actor_of(state.db, state.actor_memory, token, bearer=bearer)
        return AuthenticationResult(user=actor, auth=None)


def credentials(connection: ASGIConnection[Any, Any, Any, State]) -> tuple[str | None, bool]:
    """The token of the request and whether it came as a bearer token, which wins over a cookie."""
    header = connection.headers.get("authorization", "")
    if header[:7].lower() == "bearer ":
        return header[7:].strip(), True
    return connection.cookies.get(SESSION_COOKIE), False
