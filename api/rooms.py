"""The rooms' routes, what they start with the process, and the layers they put in front of the application."""

import contextlib
from collections.abc import Callable
from typing import Any

from litestar import Litestar
from litestar.types import ASGIApp, ControllerRouterHandler

from api import worker
from api.access import routes as access
from api.advancement import routes as advancement
from api.awards import routes as awards
from api.contests import routes as contests
from api.control import routes as control
from api.jobs import routes as jobs
from api.judging import desk, layer_routes, quick_lane, tablet_routes
from api.judging import routes as judging
from api.live import hub
from api.live import routes as live
from api.organisations import routes as organisations
from api.people import routes as people
from api.plumbing.settings import Settings
from api.registration import routes as registration
from api.results import board_cache
from api.results import routes as results
from api.venue import routes as venue

Lifespan = Callable[[Litestar, Settings], contextlib.AbstractAsyncContextManager[Any]]

ROUTES: list[ControllerRouterHandler] = [
    *access.ROUTES,
    *organisations.ROUTES,
    *contests.ROUTES,
    *results.ROUTES,
    *advancement.ROUTES,
    *awards.ROUTES,
    *people.ROUTES,
    *registration.ROUTES,
    *jobs.ROUTES,
    *judging.ROUTES,
    *tablet_routes.ROUTES,
    *layer_routes.ROUTES,
    *control.ROUTES,
    *live.ROUTES,
    *venue.ROUTES,
]
LIFESPANS: list[Lifespan] = [board_cache.watching, desk.open_desk, hub.open_hub, worker.beside_pages]
# Layers stand in front of everything, first in the list innermost: cached bytes must not pay for routing.
LAYERS: list[Callable[[ASGIApp, Litestar], ASGIApp]] = [board_cache.layer, quick_lane.layer]
