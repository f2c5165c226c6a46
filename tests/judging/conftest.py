"""One small contest that is being marked: two entries, five judges, a sheet each."""

from collections.abc import Awaitable, Callable
from uuid import UUID

import msgspec
import pytest_asyncio

from scoring import Plan
from tests.world import Client, Contest, World


class Marking(msgspec.Struct):
    """A running session. `sheets[entry][judge]`; the first judge is the chief."""

    contest: Contest
    judges: list[Client]
    entries: list[UUID]
    sheets: list[list[UUID]]

    @property
    def judge(self) -> Client:
        return self.judges[0]

    @property
    def sheet(self) -> UUID:
        return self.sheets[0][0]


async def marking_of(
    world: World, *, judges: int = 5, entries: int = 2, state: str = "running", **contest: object
) -> Marking:
    """A contest with a session in `state`."""
    place = await world.contest(**contest)
    clients = await world.judges(place, judges)
    entered = [await world.entry(place) for _ in range(entries)]
    return Marking(place, clients, entered, await world.sheets(place, entered, clients, state))


@pytest_asyncio.fixture
async def marking(world: World) -> Marking:
    """Two entries before two judges."""
    return await marking_of(world, judges=2)


@pytest_asyncio.fixture
async def marking_by(world: World) -> Callable[..., Awaitable[Marking]]:
    """Two entries before judges who mark by a plan of the test's own; `node` is what the practical stage marks."""

    async def made(plan: Plan, *, judges: int, node: str = "practical") -> Marking:
        marking = await marking_of(world, judges=judges, plan=plan)
        await world.execute("UPDATE stage SET node = $2 WHERE id = $1", marking.contest.practical_stage, node)
        return marking

    return made
