"""A light HTTP/1.1 load generator: keep-alive connections that send prepared bytes and read answers to their end.

It shares the machine with the server it loads, so it does nothing else: no headers are parsed but status and length.
Bounded in time and connections; 127.0.0.1 only.
"""

import asyncio
import time
from collections.abc import Callable
from typing import cast

import msgspec

NextRequest = Callable[[int], bytes]


class LoadResult(msgspec.Struct):
    """What came back in `seconds`. `statuses` counts answers by status, `latencies` are in seconds, unordered."""

    seconds: float
    answers: int
    bytes_read: int
    statuses: dict[int, int]
    latencies: list[float]

    @property
    def per_second(self) -> float:
        """Answers a second."""
        return self.answers / self.seconds

    def percentile(self, share: float) -> float:
        """Latency in seconds that `share` of the answers did not exceed."""
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


class _Connection(asyncio.Protocol):
    def __init__(
        self,
        number: int,
        next_request: NextRequest,
        result: LoadResult,
        ends_at: float,
        on_body: "OnBody | None",
    ) -> None:
        self.number, self.next_request, self.result, self.ends_at, self.on_body = (
            number,
            next_request,
            result,
            ends_at,
            on_body,
        )
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.head = b""
        self.left = -1
        self.body: list[bytes] = []
        self.status = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports are none of asyncio's, though they can the same.
        self.transport = cast("asyncio.Transport", transport)
        self._send()

    def data_received(self, data: bytes) -> None:
        self.result.bytes_read += len(data)
        if self.left < 0:
            self.head += data
            end = self.head.find(b"\r\n\r\n")
            if end < 0:
                return
            head = self.head[:end].lower()
            self.status = int(head[9:12])
            at = head.find(b"content-length:")
            length = (
                int(head[at + 15 : head.find(b"\r\n", at) if head.find(b"\r\n", at) > 0 else None])
                if at > 0
                else 0
            )
            data = self.head[end + 4 :]
            self.head, self.left = b"", length
        if self.on_body:
            self.body.append(data)
        self.left -= len(data)
        if self.left <= 0:
            self._answered()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.done.done():
            self.done.set_result(None)

    def _answered(self) -> None:
        now = time.perf_counter()
        self.result.answers += 1
        self.result.latencies.append(now - self.sent_at)
        self.result.statuses[self.status] = self.result.statuses.get(self.status, 0) + 1
        if self.on_body:
            self.on_body(self.number, self.status, b"".join(self.body))
            self.body = []
        self.left = -1
        if now < self.ends_at:
            self._send()
        else:
            self.transport.close()

    def _send(self) -> None:
        self.sent_at = time.perf_counter()
        self.transport.write(self.next_request(self.number))


OnBody = Callable[[int, int, bytes], None]


async def load(
    port: int, connections: int, seconds: float, next_request: NextRequest, on_body: OnBody | None = None
) -> LoadResult:
    """Load 127.0.0.1:port from `connections` clients, each waiting for its answer before it asks again."""
    assert seconds <= 120, "a load loop is bounded"
    result = LoadResult(0, 0, 0, {}, [])
    loop = asyncio.get_running_loop()
    started = time.perf_counter()
    protocols = []
    for number in range(connections):
        _, protocol = await loop.create_connection(
            lambda number=number: _Connection(number, next_request, result, started + seconds, on_body),
            "127.0.0.1",
            port,
        )
        protocols.append(protocol)
    async with asyncio.timeout(seconds + 30):
        await asyncio.gather(*(protocol.done for protocol in protocols))
    result.seconds = time.perf_counter() - started
    return result
