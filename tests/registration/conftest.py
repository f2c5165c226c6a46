"""The gate of a contest."""

import pytest_asyncio

from tests.registration.builders import Gate, gate
from tests.world import World


@pytest_asyncio.fixture
async def door(world: World) -> Gate:
    """A contest that takes entries, with its organiser, one unit and the unit's registrar."""
    return await gate(world)
