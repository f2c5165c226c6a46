"""What a handler may ask for by type: `db: FromDb`, `actor: FromActor`, `once: FromOnce`, `base_rev: FromIfMatch`."""

from typing import Annotated, Any, TypeAlias

from litestar import Request
from litestar.datastructures import State
from litestar.di import NamedDependency, Provide
from litestar.params import HeaderParameter

from api.access.actor import Actor
from api.plumbing.db import Db
from api.plumbing.etags import base_rev_of
from api.plumbing.idempotency import Once, once_of
from api.plumbing.jobs import Poker
from api.plumbing.limits import Limiter
from api.plumbing.settings import Settings

FromDb: TypeAlias = NamedDependency[Db]
FromActor: TypeAlias = NamedDependency[Actor]
FromOnce: TypeAlias = NamedDependency[Once]
FromIfMatch: TypeAlias = NamedDependency[int]
FromPoker: TypeAlias = NamedDependency[Poker]
FromLimiter: TypeAlias = NamedDependency[Limiter]
FromSettings: TypeAlias = NamedDependency[Settings]

IfMatchHeader = Annotated[
    str | None, HeaderParameter(name="If-Match", required=False, description="ETag of the version you read")
]
IdempotencyKeyHeader = Annotated[
    str | None,
    HeaderParameter(
        name="Idempotency-Key",
        required=False,
        description="Unique per creation; the same when you retry",
        max_length=200,
    ),
]


async def _db(state: State) -> Db:
    return state.db  # type: ignore[no-any-return]


async def _poker(state: State) -> Poker:
    return state.poker  # type: ignore[no-any-return]


async def _limiter(state: State) -> Limiter:
    return state.limiter  # type: ignore[no-any-return]


async def _settings(state: State) -> Settings:
    return state.settings  # type: ignore[no-any-return]


async def _actor(request: Request[Any, Any, State]) -> Actor:
    return request.user  # type: ignore[no-any-return]


async def _once(
    request: Request[Any, Any, State],
    db: FromDb,
    actor: FromActor,
    idempotency_key: IdempotencyKeyHeader = None,
) -> Once:
    return await once_of(request, db, actor.account_id, idempotency_key)


async def _base_rev(if_match: IfMatchHeader = None) -> int:
    return base_rev_of(if_match)


DEPENDENCIES = {
    "db": Provide(_db),
    "poker": Provide(_poker),
    "limiter": Provide(_limiter),
    "settings": Provide(_settings),
    "actor": Provide(_actor),
    "once": Provide(_once),
    "base_rev": Provide(_base_rev),
}
