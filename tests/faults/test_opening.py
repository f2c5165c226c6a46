"""kill -9 of the product while two people open a layer: a layer is open with everything that follows from it, or sealed."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import httpx
import pytest

from api.results.ledger import verify_item
from api.servers.folder import free_port
from tests.faults.product import Product
from tests.judging.blind import Blind, blind_of

pytestmark = [pytest.mark.faults, pytest.mark.timeout(60)]

# Seed, links and the ledger's line are written; what is left is to say who worked where.
ALMOST_DONE = """
SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '/* judging.name_places */%'
"""
OPENED = """
SELECT (SELECT count(*) FROM layer_opening WHERE item_id = $1) AS openings,
       (SELECT count(*) FROM ledger WHERE chain = $1 AND kind = 'layer.opened') AS acts,
       (SELECT count(*) FROM attempt_entry WHERE item_id = $1) AS named
"""


@contextlib.asynccontextmanager
async def running(product: Product) -> AsyncIterator[None]:
    """The API in a process of its own, answering."""
    product.start("api")
    try:
        async with asyncio.timeout(40), httpx.AsyncClient(base_url=product.url) as client:
            while True:
                with contextlib.suppress(httpx.TransportError):
                    if (await client.get("/health")).status_code == 200:
                        break
                await asyncio.sleep(0.05)
        yield
    finally:
        product.stop()


async def ask_to_open(product: Product, blind: Blind, layer: int) -> None:
    """Both people confirm, at the process that is going to die before it can answer."""
    officer, supervisor = blind.officers[layer - 1], blind.supervisor
    second = {"login": await blind.login(supervisor), "secret": await blind.pin(supervisor)}
    body = {"code": blind.codes[layer][0], "secret": await blind.pin(officer), "second": second}
    headers = {"x-csrf-token": officer.headers["x-csrf-token"]}
    async with httpx.AsyncClient(
        base_url=product.url, cookies=officer.cookies, headers=headers, timeout=30
    ) as client:
        with pytest.raises(httpx.TransportError):
            await client.post(f"/api/v1/layers/{blind.ids[layer]}/opening", json=body)


async def test_opening_that_is_killed_leaves_the_layer_sealed_and_is_done_again(
    world, servers, tmp_path, monkeypatch
):
    blind = await blind_of(world)
    item = blind.contest.item
    await blind.number()
    await blind.finish()
    assert (await blind.open(2)).status_code == 201
    [before] = await world.fetch(OPENED, item)
    # PINs without an enrolled tablet.
    monkeypatch.setenv("SHIBAIQIAN_DEMO", "1")
    product = Product(servers, tmp_path, free_port())

    async with running(product), world.db.pool.acquire() as connection, connection.transaction():
        await connection.execute("SELECT FROM entry WHERE item_id = $1 FOR UPDATE", item)
        asked = asyncio.create_task(ask_to_open(product, blind, 1))
        async with asyncio.timeout(30):
            while not await world.fetchval(ALMOST_DONE) and not asked.done():
                await asyncio.sleep(0.02)
        product.kill("api")
        await asked

    [after] = await world.fetch(OPENED, item)
    assert (before, after) == ({"openings": 1, "acts": 1, "named": 0},) * 2
    states = [layer["state"] for layer in (await blind.layers())["layers"]]
    assert states == ["drawn", "opened"]

    again = await blind.open(1)

    assert again.status_code == 201, again.text
    [done] = await world.fetch(OPENED, item)
    assert done == {"openings": 2, "acts": 2, "named": 4}
    async with world.db.reading() as connection:
        verification = await verify_item(connection, item, blind.contest.season, None)
    assert verification.broken == []
