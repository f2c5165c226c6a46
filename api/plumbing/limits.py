"""Rate limits that hold over processes: one counter a window in Valkey, moved by one script, so that no two processes race."""

import hashlib
import time

import msgspec
import redis.asyncio as redis
import structlog

from api.plumbing.problems import Problem

log = structlog.get_logger()

COUNT = """
local n = redis.call('INCR', KEYS[1])
if n == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
return {n, redis.call('PTTL', KEYS[1])}
"""


class Spent(msgspec.Struct, frozen=True):
    """What one act left of its subject's window."""

    name: str
    most: int
    seconds: int
    left: int
    resets_in: int

    def headers(self) -> list[tuple[bytes, bytes]]:
        """Header fields of draft-ietf-httpapi-ratelimit-headers."""
        return [
            (b"ratelimit-policy", f'"{self.name}";q={self.most};w={self.seconds}'.encode()),
            (b"ratelimit", f'"{self.name}";r={self.left};t={self.resets_in}'.encode()),
        ]


class Limiter:
    """Counts acts per subject. Without Valkey nothing is limited: a venue must go on marking when a cache is gone."""

    def __init__(self, client: "redis.Redis") -> None:
        self._count = client.register_script(COUNT)
        self._quiet_until = 0.0

    async def spend(self, name: str, subject: str, most: int, seconds: int) -> Spent | None:
        """Count one act of `subject`; None while nobody counts. Raises too_many_requests past `most` in `seconds`."""
        if time.monotonic() < self._quiet_until:
            return None
        # The subject may be a login name or an address: only its hash leaves the process.
        key = f"limit:{name}:{hashlib.sha256(subject.encode()).hexdigest()[:32]}"
        try:
            used, left_ms = await self._count(keys=[key], args=[seconds * 1000])
        except (redis.RedisError, OSError):
            log.warning("limiter_without_valkey", limit=name)
            self._quiet_until = time.monotonic() + 2
            return None
        wait = max(1, -(-int(left_ms) // 1000))
        if used > most:
            raise Problem("too_many_requests", headers={"Retry-After": str(wait)}, seconds=wait)
        return Spent(name, most, seconds, most - int(used), wait)
