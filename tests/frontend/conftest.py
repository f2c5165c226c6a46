"""The product with its pages, on the same database as the API's tests."""

from collections.abc import AsyncIterator

import httpx
import pytest
import pytest_asyncio

from api.app import Application
from frontend.app import application
from tests.world import World


@pytest_asyncio.fixture(scope="session")
async def site(app: Application, settings) -> Application:
    """The application with pages; it shares the started state of the API's application."""
    site = application(settings)
    site.litestar.state.update(
        {name: app.litestar.state[name] for name in ("db", "limiter", "poker", "desk", "hub")}
    )
    return site


@pytest_asyncio.fixture
async def visitor(site: Application) -> AsyncIterator[httpx.AsyncClient]:
    """A browser that nobody has signed in."""
    async with httpx.AsyncClient(transport=httpx.ASGITransport(site), base_url="http://testserver") as client:
        yield client


@pytest.fixture
async def world(site: Application, db, settings) -> AsyncIterator[World]:
    """The same builders; its clients see the pages."""
    async with World(site, db, settings) as world:
        yield world
