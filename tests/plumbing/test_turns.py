"""Readers leave room for others in every turn of the loop and for marks altogether; each of them is answered in turn."""

import asyncio

from api.plumbing.turns import SECONDS_UNTIL_QUIET, Turns


def readers_of(turns, went, count):
    async def read(number):
        await turns.take()
        went.append(number)

    return [asyncio.create_task(read(number)) for number in range(count)]


async def test_no_turn_lets_more_go_on_than_it_has_room_for():
    went: list[int] = []
    readers, each = readers_of(Turns(4), went, 18), []
    while len(went) < 18:
        before = len(went)
        await asyncio.sleep(0)
        each.append(len(went) - before)
    await asyncio.gather(*readers)

    assert max(each) <= 4
    assert went == list(range(18))


async def test_readers_wait_while_a_mark_is_under_way_and_go_on_right_after_it():
    went: list[int] = []
    turns = Turns(4, patience=60)
    with turns.first():
        with turns.first():
            readers = readers_of(turns, went, 6)
            await asyncio.sleep(0.05)
        await asyncio.sleep(0.05)
        assert went == []

    async with asyncio.timeout(10):
        await asyncio.gather(*readers)
    assert went == list(range(6))


async def test_marks_that_never_end_let_readers_through_all_the_same():
    went: list[int] = []
    turns = Turns(2, patience=0.001)
    with turns.first():
        readers = readers_of(turns, went, 6)
        async with asyncio.timeout(10):
            await asyncio.gather(*readers)

    assert went == list(range(6))


async def test_one_who_goes_away_holds_nobody_up():
    went: list[int] = []
    readers = readers_of(Turns(1), went, 4)
    await asyncio.sleep(0)
    readers[1].cancel()
    readers[2].cancel()
    await asyncio.gather(*readers, return_exceptions=True)

    assert went == [0, 3]


async def test_there_is_room_again_after_a_quiet_moment():
    went: list[int] = []
    turns = Turns(2)
    for _ in range(5):
        async with asyncio.timeout(10):
            await asyncio.gather(*readers_of(turns, went, 3))
        await asyncio.sleep(0.01)

    assert went == [0, 1, 2] * 5


def test_it_is_quiet_until_something_comes_first_and_again_seconds_after(monkeypatch):
    turns, now = Turns(), [100.0]
    monkeypatch.setattr("api.plumbing.turns.time.monotonic", lambda: now[0])
    assert turns.quiet

    with turns.first():
        assert not turns.quiet
    assert not turns.quiet
    now[0] += SECONDS_UNTIL_QUIET + 1
    assert turns.quiet
