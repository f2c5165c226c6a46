"""Readers leave room for others in every turn of the loop, and each of them is answered in turn."""

import asyncio

from api.results.turns import Turns


async def test_no_turn_lets_more_go_on_than_it_has_room_for():
    turns, turn, went = Turns(4), 0, []

    async def read(number):
        await turns.take()
        went.append((turn, number))

    readers = [asyncio.create_task(read(number)) for number in range(18)]
    while len(went) < 18:
        await asyncio.sleep(0)
        turn += 1
    await asyncio.gather(*readers)

    each = [sum(at == one for at, _ in went) for one in {at for at, _ in went}]
    assert max(each) <= 4
    assert [number for _, number in went] == list(range(18))


async def test_one_who_goes_away_holds_nobody_up():
    turns, went = Turns(1), []

    async def read(number):
        await turns.take()
        went.append(number)

    readers = [asyncio.create_task(read(number)) for number in range(4)]
    await asyncio.sleep(0)
    readers[1].cancel()
    readers[2].cancel()
    await asyncio.gather(*readers, return_exceptions=True)

    assert went == [0, 3]


async def test_there_is_room_again_after_a_quiet_moment():
    turns = Turns(2)
    for _ in range(5):
        async with asyncio.timeout(1):
            await asyncio.gather(*(turns.take() for _ in range(3)))
        await asyncio.sleep(0.01)
