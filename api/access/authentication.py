"""From a cookie or a bearer token to an Actor: one query, remembered for less than a second."""

import hashlib
import time
from collections import OrderedDict
from typing import Any
from uuid import UUID

import asyncpg
import msgspec
from litestar.connection import ASGIConnection
from litestar.datastructures import State
from litestar.middleware import AbstractAuthenticationMiddleware, AuthenticationResult
from litestar.types import Message, Receive, Scope, Send

from api.access.actor import ANONYMOUS, Actor, Grant
from api.access.rights import PIN_ROLES
from api.plumbing.db import Db
from api.plumbing.limits import Spent

SESSION_COOKIE = "sbq_session"
# A change of rights must hold within a second (DESIGN 6), so nothing is remembered for longer than this.
REMEMBERED_SECONDS = 0.8
REMEMBERED_ACTORS = 10_000

ACTORS_OF_SESSIONS = """/* access.actors_of_sessions */
SELECT s.token_hash, s.id AS session_id, s.kind, s.second_factor, a.id AS account_id, a.display_name, a.locale,
       coalesce(g.grants, '[]') AS grants, NULL::text[] AS scopes,
       CASE WHEN d.contest_id IS NOT NULL THEN ARRAY[d.contest_id] END AS contest_ids,
       s.seen_at < now() - interval '1 minute' AS unseen
FROM sign_in_session s
JOIN account a ON a.id = s.account_id AND a.disabled_at IS NULL
LEFT JOIN device d ON d.id = s.device_id
LEFT JOIN LATERAL (
    SELECT json_agg(json_build_array(role, scope_kind, scope_id, support)) AS grants FROM access_grant
    WHERE account_id = a.id AND revoked_at IS NULL AND valid_from <= now() AND (valid_to IS NULL OR valid_to > now())
) g ON true
WHERE s.token_hash = ANY($1) AND s.revoked_at IS NULL AND s.expires_at > now() AND s.seen_at + s.idle > now()
  AND d.revoked_at IS NULL
"""

ACTORS_OF_TOKENS = """/* access.actors_of_tokens */
SELECT t.token_hash, t.id AS session_id, 'token' AS kind, false AS second_factor, a.id AS account_id, a.display_name, a.locale,
       coalesce(g.grants, '[]') AS grants, t.scopes, t.contest_ids, false AS unseen
FROM api_token t
JOIN account a ON a.id = t.account_id AND a.disabled_at IS NULL
LEFT JOIN LATERAL (
    SELECT json_agg(json_build_array(role, scope_kind, scope_id, support)) AS grants FROM access_grant
    WHERE account_id = a.id AND revoked_at IS NULL AND valid_from <= now() AND (valid_to IS NULL OR valid_to > now())
) g ON true
WHERE t.token_hash = ANY($1) AND t.revoked_at IS NULL AND t.expires_at > now()
"""

# Once a minute a session: often enough for a rest of hours, too rare for the mark write to notice.
SEEN = """/* access.session_seen */
UPDATE sign_in_session SET seen_at = now() WHERE token_hash = $1 AND seen_at < now() - interval '1 minute'
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
    """Actors seen in the last moment, by token hash; an API token's is marked, so that it opens nothing as a cookie, or a cookie as it."""

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
    remembered_as = b"bearer:" + key if bearer else key
    known = memory.get(remembered_as)
    if known is not None:
        return known
    async with db.reading() as connection:
        row = await connection.fetchrow(ACTORS_OF_TOKENS if bearer else ACTORS_OF_SESSIONS, [key])
        if row is None:
            return ANONYMOUS
        if row["unseen"]:
            await connection.execute(SEEN, key)
    actor = _actor(row, bearer=bearer)
    memory.put(remembered_as, actor)
    return actor


async def actors_of(db: Db, keys: list[bytes], *, bearer: bool) -> dict[bytes, Actor]:
    """The actors behind many hashed tokens as they are now, remembered by nobody; an unknown or ended one is left out.

    An open stream is no sign of life: a session rests while nothing else is done with it.
    """
    if not keys:
        return {}
    async with db.reading() as connection:
        rows = await connection.fetch(ACTORS_OF_TOKENS if bearer else ACTORS_OF_SESSIONS, keys)
    return {row["token_hash"]: _actor(row, bearer=bearer) for row in rows}


def _actor(row: asyncpg.Record, *, bearer: bool) -> Actor:
    grants = _grants_of(row["grants"], row["kind"])
    # A token was made by somebody who had shown a second factor.
    must_enrol = not bearer and not row["second_factor"] and any(g.role == "administrator" for g in grants)
    return Actor(
        account_id=row["account_id"],
        display_name=row["display_name"],
        locale=row["locale"],
        grants=() if must_enrol else grants,
        session_kind=row["kind"],
        session_id=row["session_id"],
        second_factor=row["second_factor"],
        must_enrol=must_enrol,
        token_scopes=None if row["scopes"] is None else frozenset(row["scopes"]),
        token_contests=None if row["contest_ids"] is None else frozenset(row["contest_ids"]),
        csrf_secret=b"" if bearer else hashlib.sha256(b"csrf:" + row["token_hash"]).digest(),
    )


def _grants_of(packed: str, kind: str) -> tuple[Grant, ...]:
    rows = msgspec.json.decode(packed, type=list[_GrantRow])
    return tuple(
        Grant(row.role, row.scope_kind, row.scope_id, row.support)
        for row in rows
        if kind != "judge" or row.role in PIN_ROLES
    )


# Requests a minute. Judges have none: a tablet that comes back with a whole session of marks is never told to wait.
TOKEN_REQUESTS = 600
SESSION_REQUESTS = 3000


class Authentication(AbstractAuthenticationMiddleware):
    """Puts the Actor into `request.user`. An unknown token is nobody, not an error: the guard answers for the route."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See the class. An answer to an API token says what is left of its minute (RateLimit header fields)."""

        async def send_with_limits(message: Message) -> None:
            spent: Spent | None = scope["state"].get("spent")
            if spent is not None and message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *spent.headers()]
            await send(message)

        await super().__call__(scope, receive, send_with_limits)

    async def authenticate_request(
        self, connection: ASGIConnection[Any, Any, Any, State]
    ) -> AuthenticationResult:
        """See the class. Raises too_many_requests."""
        token, bearer = credentials(connection)
        if token is None:
            return AuthenticationResult(user=ANONYMOUS, auth=None)
        state = connection.app.state
        actor = await actor_of(state.db, state.actor_memory, token, bearer=bearer)
        if bearer and actor.signed_in:
            connection.scope["state"]["spent"] = await state.limiter.spend(
                "token", str(actor.session_id), TOKEN_REQUESTS, 60
            )
        elif actor.signed_in and not actor.holds("sheet.mark"):
            await state.limiter.spend("session", str(actor.session_id), SESSION_REQUESTS, 60)
        return AuthenticationResult(user=actor, auth=None)


def credentials(connection: ASGIConnection[Any, Any, Any, State]) -> tuple[str | None, bool]:
    """The token of the request and whether it came as a bearer token, which wins over a cookie."""
    header = connection.headers.get("authorization", "")
    if is_bearer(header):
        return header[7:].strip(), True
    return connection.cookies.get(SESSION_COOKIE), False


def is_bearer(header: str) -> bool:
    """Whether an Authorization header carries a token of ours; a browser sends other kinds by itself, never this one."""
    return header[:7].lower() == "bearer "
