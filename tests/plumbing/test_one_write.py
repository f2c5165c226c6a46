"""Head and body of an answer leave together; nothing is held back that is large or last."""

import asyncio

from api.plumbing.one_write import MOST_KEPT, JoinedWrites


class Wire:
    """A transport that notes what reaches it."""

    def __init__(self) -> None:
        self.sent: list[bytes] = []
        self.closed = False

    def writelines(self, pieces) -> None:
        self.sent.append(b"".join(pieces))

    def close(self) -> None:
        self.closed = True

    def is_closing(self) -> bool:
        return self.closed

    def get_extra_info(self, name: str) -> str:
        return name


async def test_head_and_body_leave_in_one_write():
    wire = Wire()
    joined = JoinedWrites(wire, asyncio.get_running_loop())

    joined.write(b"head")
    joined.write(b"body")
    assert wire.sent == []
    await asyncio.sleep(0)

    assert wire.sent == [b"headbody"]


async def test_what_is_kept_leaves_before_the_connection_closes():
    wire = Wire()
    joined = JoinedWrites(wire, asyncio.get_running_loop())

    joined.write(b"last")
    joined.close()

    assert (wire.sent, wire.closed) == ([b"last"], True)


async def test_large_pieces_leave_at_once():
    wire = Wire()
    joined = JoinedWrites(wire, asyncio.get_running_loop())

    joined.write(b"x" * (MOST_KEPT + 1))

    assert len(wire.sent[0]) == MOST_KEPT + 1


async def test_nothing_is_written_after_the_other_side_has_gone():
    wire = Wire()
    joined = JoinedWrites(wire, asyncio.get_running_loop())

    joined.write(b"too late")
    wire.closed = True
    await asyncio.sleep(0)

    assert wire.sent == []


def test_everything_else_is_the_transports_own():
    assert JoinedWrites(Wire(), asyncio.new_event_loop()).get_extra_info("peername") == "peername"
