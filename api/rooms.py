"""The rooms' routes, what they start with the process, and the layers they put in front of the application."""

import contextlib
from collections.abc import Callable
from typing import Any

from litestar import Litestar
from litestar.types import ASGIApp, ControllerRouterHandler

from api.access import routes as access
from api.advancement import routes as advancement
from api.awards import routes as awards
from api.organisations import routes as organisations
from api.plumbing.settings import Settings
from api.results import board_cache
from api.results import routes as results

Lifespan = Callable[[Litestar, Settings], contextlib.AbstractAsyncContextManager[Any]]

ROUTES: list[ControllerRouterHandler] = [*access.ROUTES, *organisations.ROUTES, *results.ROUTES, *advancement.ROUTES, *awards.ROUTES]
LIFESPANS: list[Lifespan] = [board_cache.listening]
# Layers stand in front of everything, first in the list innermost: cached bytes must not pay for routing.
LAYERS: list[Callable[[ASGIApp, Litestar], ASGIApp]] = [board_cache.layer]
