"""Idempotency-Key: the key, the effect and the answer of a creating request commit together.

Source: draft-ietf-httpapi-idempotency-key-header; kept 72 hours, then removed by the hourly job.
"""

import hashlib
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import msgspec
from litestar import Request, Response
from litestar.datastructures import State

from api.plumbing.db import Db
from api.plumbing.problems import Problem

KEPT_HOURS = 72


FIND_KEY = """/* plumbing.find_idempotency_key */
SELECT route, body_hash, status, headers, body FROM idempotency_key WHERE account_id = $1 AND key = $2
"""
KEEP_ANSWER = """/* plumbing.keep_answer */
INSERT INTO idempotency_key (account_id, key, route, body_hash, status, headers, body) VALUES ($1, $2, $3, $4, $5, $6, $7)
"""


class Once(msgspec.Struct, frozen=True):
    """One creating request. `answer` runs its act at most once, however often the request comes."""

    db: Db
    account_id: UUID
    key: str
    route: str
    body_hash: bytes

    async def answer(
        self,
        act: Callable[[], Awaitable[msgspec.Struct]],
        location: Callable[[msgspec.Struct], str] | None = None,
        status: int = 201,
    ) -> Response[bytes]:
        """The act's struct as JSON; on a repeat the kept answer with `Idempotent-Replayed: true`.

        Raises idempotency_in_flight while the first request runs, idempotency_key_reused for another body or route.
        """
        async with self.db.transaction() as connection:
            if not await connection.fetchval(
                "SELECT pg_try_advisory_xact_lock(hashtextextended($1, 0))",
                f"once:{self.account_id}:{self.key}",
            ):
                raise Problem("idempotency_in_flight", headers={"Retry-After": "1"})
            kept = await connection.fetchrow(FIND_KEY, self.account_id, self.key)
            if kept is not None:
                if kept["body_hash"] != self.body_hash or kept["route"] != self.route:
                    raise Problem("idempotency_key_reused")
                headers = msgspec.json.decode(kept["headers"], type=dict[str, str])
                return _json(kept["body"], kept["status"], headers | {"Idempotent-Replayed": "true"})
            result = await act()
            body = msgspec.json.encode(result)
            headers = {"Location": location(result)} if location else {}
            await connection.execute(
                KEEP_ANSWER, self.account_id, self.key, self.route, self.body_hash, status,
                msgspec.json.encode(headers).decode(), body,
            )  # fmt: skip
        return _json(body, status, headers)


async def once_of(request: Request[Any, Any, State], db: Db, account_id: UUID, key: str | None) -> Once:
    """The `Once` of this request. Raises idempotency_key_missing."""
    if not key:
        raise Problem("idempotency_key_missing")
    body = await request.body()
    return Once(db, account_id, key, f"{request.method} {request.url.path}", hashlib.sha256(body).digest())


def _json(body: bytes, status: int, headers: dict[str, str]) -> Response[bytes]:
    return Response(body, status_code=status, headers=headers, media_type="application/json")
