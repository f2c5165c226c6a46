"""kill -9 of API, worker, PostgreSQL and Valkey while marks come in: every acknowledged mark is there once.

Each promise has its control: the same storm over a product that is broken on purpose must be found out.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from api.servers import Servers, running_servers
from api.servers.folder import free_port
from tests.faults.product import KillInTurn, Product, losses, prepared

pytestmark = [pytest.mark.faults, pytest.mark.timeout(600)]

KILLS = 20


@pytest.fixture
def own_servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Servers, Path]]:
    """Servers of this test alone, as durable as the product's own: they are going to be killed."""
    folder = tmp_path_factory.mktemp("faults")
    with running_servers(folder / "servers", tuning="product") as servers:
        yield servers, folder


async def storm_through(own_servers, driver, app="frontend.app:create_app"):
    """Run the storm over a product in processes of its own; gives what was lost and the product with its kills."""
    servers, folder = own_servers
    product = Product(servers, folder, free_port(), app)
    async with prepared(product, servers.owner_url) as (world, storm):
        product.start("api", "worker")
        try:
            await storm.run(driver)
        finally:
            product.stop()
        return await losses(world, storm), product, storm


async def test_every_acknowledged_mark_survives_twenty_kills_of_each_process(own_servers):
    lost, product, storm = await storm_through(
        own_servers, KillInTurn("api", "worker", "postgres", "valkey", times=KILLS)
    )

    assert lost == []
    assert product.kills == {"api": KILLS, "worker": KILLS, "postgres": KILLS, "valkey": KILLS}
    assert len(storm.acknowledged) > 4 * KILLS


async def test_control_a_product_that_acknowledges_before_it_writes_is_found_out(own_servers):
    lost, _, _ = await storm_through(
        own_servers, KillInTurn("api", times=3), app="tests.faults.hasty:create_app"
    )

    assert any("missing" in line for line in lost)
