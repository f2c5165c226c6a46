"""Sheets are held before the publication, by everybody: two acts on one item at once wait for each other and never both."""

import asyncio

from api.access.actor import Actor, Grant
from api.judging.commands.signing import sign_session
from api.judging.queries.signing import session_to_sign
from tests.control.conftest import controlled_item

WAITING = "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted)"


async def test_signing_a_session_waits_for_a_sheet_that_is_being_corrected_before_it_holds_the_publication(
    world,
):
    it = await controlled_item(world, signed=False)
    session = await world.fetchval("SELECT id FROM judging_session WHERE item_id = $1", it.contest.item)
    chief = Actor(account_id=it.chief.account_id, grants=(Grant("chief_judge", "item", it.contest.item),))
    looked_at = (await session_to_sign(world.db, chief, session)).hash
    held = max(sheet for row in it.sheets for sheet in row)

    async with world.db.pool.acquire() as correcting, correcting.transaction():
        await correcting.fetch("SELECT FROM sheet WHERE id = $1 FOR NO KEY UPDATE", held)
        signing = asyncio.create_task(sign_session(world.db, chief, session, looked_at))
        async with asyncio.timeout(20):
            while not await correcting.fetchval(WAITING):
                await asyncio.sleep(0)
        await correcting.fetch(
            "SELECT FROM publication WHERE item_id = $1 FOR NO KEY UPDATE NOWAIT", it.contest.item
        )

    signed = await signing
    assert {sheet.state for sheet in signed.sheets} == {"signed"}
