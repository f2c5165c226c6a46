"""The worker is told of new marks at most five times a second for each item, and of the last one always."""

import asyncio
from uuid import uuid4

import pytest

from api.judging.nudging import SECONDS_BETWEEN, Nudges


class Poker:
    """Notes what the worker would be asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []

    async def poke(self, job: str, key: str) -> None:
        self.asked.append((job, key))


async def test_marks_of_one_moment_ask_once_for_each_item(db):
    poker, item, other = Poker(), uuid4(), uuid4()
    nudges = Nudges(db, poker)

    for _ in range(50):
        nudges.nudge(item)
    nudges.nudge(other)
    await nudges.close()

    assert sorted(poker.asked) == sorted(
        [("refresh_standings", str(item)), ("refresh_standings", str(other))]
    )


async def test_first_mark_after_a_quiet_moment_asks_at_once_and_what_follows_asks_once_more(db):
    poker, item = Poker(), uuid4()
    nudges = Nudges(db, poker)

    nudges.nudge(item)
    await asyncio.sleep(0)
    asked_at_once = len(poker.asked)
    for _ in range(20):
        nudges.nudge(item)
        await asyncio.sleep(0)
    asked_before_the_interval_ends = len(poker.asked)
    await nudges.close()

    assert (asked_at_once, asked_before_the_interval_ends, len(poker.asked)) == (1, 1, 2)


async def test_mark_after_the_interval_asks_again(db):
    poker, item = Poker(), uuid4()
    nudges = Nudges(db, poker)

    for _ in range(2):
        nudges.nudge(item)
        await nudges.close()

    assert len(poker.asked) == 2


async def test_marks_are_told_when_they_are_written_and_not_where_they_are_undone(db):
    poker, item, undone = Poker(), uuid4(), uuid4()
    nudges = Nudges(db, poker)

    async with db.transaction(), db.transaction():
        nudges.nudge(item)
        await asyncio.sleep(0)
        asked_before_the_commit = len(poker.asked)
    with pytest.raises(LookupError):
        async with db.transaction():
            nudges.nudge(undone)
            raise LookupError
    await nudges.close()

    assert (asked_before_the_commit, poker.asked) == (0, [("refresh_standings", str(item))])


def test_interval_is_a_fifth_of_a_second():
    assert SECONDS_BETWEEN >= 1 / 5
