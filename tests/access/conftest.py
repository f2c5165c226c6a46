"""People at the door: browsers from addresses of their own, accounts with a password, badge or second factor."""

import asyncio
import itertools
import secrets
from collections.abc import AsyncIterator, Iterator
from typing import Any
from uuid import UUID

import httpx
import msgspec
import pytest
import pytest_asyncio

from api.access.authentication import token_hash
from api.access.passwords import hash_secret
from api.plumbing.ids import encode_id, parse_id
from tests.world import World

ADDRESS = itertools.count(1)
PASSWORD = "四月的焊花落在第七工位上"


class Door:
    """Builders of this room; see the module."""

    def __init__(self, app: Any, world: World) -> None:
        self.app = app
        self.world = world

    async def browser(self) -> httpx.AsyncClient:
        """A browser that nobody has used yet, at an address of its own, so that no limit of another test reaches it."""
        number = next(ADDRESS)
        transport = httpx.ASGITransport(
            self.app, client=(f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}", 1)
        )
        client = httpx.AsyncClient(transport=transport, base_url="http://testserver")
        return await self.world.stack.enter_async_context(client)

    async def account(self, password: str | None = PASSWORD, **columns: Any) -> tuple[UUID, str]:
        """An account with a password: (id, login)."""
        login = f"u{secrets.token_hex(6)}"
        values = {"password_hash": password and await hash_secret(password), **columns}
        account = await self.world.fetchval(
            f"INSERT INTO account (login, display_name, {', '.join(values)}) "
            f"VALUES ($1, '账号', {', '.join(f'${n + 2}' for n in range(len(values)))}) RETURNING id",
            login, *values.values(),
        )  # fmt: skip
        return account, login

    async def sign_in(
        self, login: str, password: str = PASSWORD, **more: Any
    ) -> tuple[httpx.AsyncClient, httpx.Response]:
        """A new browser after its sign-in, with the session's form token."""
        browser = await self.browser()
        answer = await browser.post("/api/v1/sign-in", json={"login": login, "password": password, **more})
        if answer.status_code == 200:
            browser.headers["x-csrf-token"] = answer.json()["csrf_token"]
        return browser, answer

    async def badge(self, account: UUID, pin: str = "7391") -> str:
        """The account's badge, as its QR code holds it."""
        badge = "skb_" + secrets.token_urlsafe(24)
        await self.world.execute(
            "UPDATE account SET badge_hash = $2, pin_hash = $3 WHERE id = $1",
            account,
            token_hash(badge),
            await hash_secret(pin),
        )
        return badge

    async def link(self, account: UUID, *, reusable: bool = False) -> str:
        """A link's token."""
        token = secrets.token_urlsafe(24)
        await self.world.execute(
            "INSERT INTO sign_in_link (token_hash, account_id, reusable, expires_at) VALUES ($1, $2, $3, now() + interval '1 hour')",
            token_hash(token), account, reusable,
        )  # fmt: skip
        return token

    async def device(self, contest: UUID | None = None) -> str:
        """The cookie of an enrolled device."""
        secret = secrets.token_urlsafe(24)
        await self.world.execute(
            "INSERT INTO device (secret_hash, name, contest_id) VALUES ($1, '平板1', $2)",
            token_hash(secret),
            contest,
        )
        return secret


@pytest_asyncio.fixture
async def door(app: Any, world: World) -> AsyncIterator[Door]:
    """See Door."""
    yield Door(app, world)


@pytest.fixture
def strict(app: Any) -> Iterator[None]:
    """The same program outside demo mode."""
    state = app.litestar.state
    demo = state.settings
    state.settings = msgspec.structs.replace(demo, demo=False)
    yield
    state.settings = demo


async def until_waiting(world: World, act: "asyncio.Task[Any]") -> None:
    """Return once the act waits for somebody's lock in the database, or is over without having waited."""
    while not act.done():
        if await world.fetchval("SELECT 1 FROM pg_locks WHERE NOT granted LIMIT 1"):
            return
        await asyncio.sleep(0.01)


def key() -> dict[str, str]:
    """The header of a creating request."""
    return {"idempotency-key": secrets.token_hex(8)}


def outside(kind: str, value: UUID) -> str:
    """An id as the API shows it."""
    return encode_id(kind, value)


def inside(kind: str, text: str) -> UUID:
    """The UUID in an id of the API."""
    return parse_id(kind, text)
