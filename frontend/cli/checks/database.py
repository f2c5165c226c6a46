"""The servers: PostgreSQL and what is in it, Valkey."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from urllib.parse import urlsplit

import asyncpg
import redis

from api.plumbing.db import APP_ROLE, MINIMUM_VERSION
from api.servers import Servers
from frontend.cli.checks.finding import Finding

_UNREACHABLE = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError, ValueError)
_SKEW_SECONDS = 2.0

# Superuser or owner of a table: either could change facts, so the application must be neither.
_ROLE_CHECK = """/* doctor.role */
SELECT rolsuper OR EXISTS (SELECT FROM pg_class WHERE relowner = pg_roles.oid AND relkind IN ('r', 'p'))
FROM pg_roles WHERE rolname = $1
"""


async def findings(servers: Servers, *, new: bool = False) -> list[Finding]:
    """What is found in the database; a `new` one was made for the look, so its missing tables mean nothing."""
    return [finding async for finding in _findings(servers, new)]


async def _findings(servers: Servers, new: bool) -> AsyncIterator[Finding]:
    try:
        connection = await asyncpg.connect(servers.app_url, timeout=10)
    except _UNREACHABLE as error:
        yield Finding(
            "PostgreSQL",
            f"{_place(servers.app_url)} does not let us in: {error or type(error).__name__}",
            "Check DATABASE_URL and that the server runs; or unset it, and Shibaiqian brings its own.",
        )
        return
    try:
        yield await _version(connection)
        yield await _role(connection)
        yield await _clock(connection)
    finally:
        await connection.close(timeout=5)
    if not new:
        yield await _migrations(servers)


async def _version(connection: "asyncpg.Connection[asyncpg.Record]") -> Finding:
    version = connection.get_server_version()
    mend = "" if version.major * 10000 >= MINIMUM_VERSION else "Use PostgreSQL 18 or newer."
    return Finding("PostgreSQL", f"version {connection.get_settings().server_version} answers", mend)


async def _role(connection: "asyncpg.Connection[asyncpg.Record]") -> Finding:
    strong = await connection.fetchval(_ROLE_CHECK, APP_ROLE)
    if strong is None:
        return Finding("Application role", f"{APP_ROLE} is missing", "shibaiqian migrate")
    if strong:
        return Finding(
            "Application role",
            f"{APP_ROLE} owns tables or is a superuser, so it could change facts",
            f"ALTER ROLE {APP_ROLE} NOSUPERUSER; give its tables to another role, and set DATABASE_OWNER_URL to that one.",
        )
    try:
        await connection.execute(f"SET ROLE {APP_ROLE}")
    except asyncpg.PostgresError as error:
        user = await connection.fetchval("SELECT current_user")
        return Finding(
            "Application role", f"{user} may not act as {APP_ROLE}: {error}", f"GRANT {APP_ROLE} TO {user}"
        )
    await connection.execute("RESET ROLE")
    return Finding("Application role", f"{APP_ROLE} owns nothing")


async def _clock(connection: "asyncpg.Connection[asyncpg.Record]") -> Finding:
    theirs = await connection.fetchval("SELECT clock_timestamp()")
    apart = abs((datetime.now(UTC) - theirs).total_seconds())
    mend = (
        "" if apart <= _SKEW_SECONDS else "Set both clocks by NTP, for example with timedatectl set-ntp true."
    )
    return Finding("Clock of the database", f"{apart:.1f} s from ours", mend)


async def _migrations(servers: Servers) -> Finding:
    # Brings Piccolo's whole tool box along, which those who only ask for the broker would keep in memory.
    from api.plumbing.migrating import waiting_migrations

    try:
        waiting = await asyncio.wait_for(waiting_migrations(servers.owner_url), 20)
    except _UNREACHABLE as error:
        return Finding(
            "Migrations",
            f"the owner is not let in: {error or type(error).__name__}",
            "Check DATABASE_OWNER_URL.",
        )
    return Finding(
        "Migrations",
        f"{len(waiting)} wait" if waiting else "current",
        "shibaiqian migrate" if waiting else "",
    )


def broker(url: str) -> Finding:
    try:
        with redis.Redis.from_url(url, socket_timeout=5, socket_connect_timeout=5) as client:
            client.ping()
    except (redis.RedisError, OSError, ValueError) as error:
        mend = "Check REDIS_URL and that the server runs; or unset it, and Shibaiqian brings its own."
        return Finding("Valkey", f"{_place(url)} does not answer: {error or type(error).__name__}", mend)
    return Finding("Valkey", "answers")


def _place(url: str) -> str:
    """Host and port of a URL: its user and password are nobody's business."""
    try:
        parts = urlsplit(url)
        return f"{parts.hostname}:{parts.port}" if parts.port else parts.hostname or "the address given"
    except ValueError:
        return "the address given"
