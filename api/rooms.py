"""The rooms' routes, what they start with the process, and the layers they put in front of the application."""

import contextlib
from collections.abc import Callable
from typing import Any

from litestar import Litestar
from litestar.types import ASGIApp, ControllerRouterHandler

from api.plumbing.settings import Settings

Lifespan = Callable[[Litestar, Settings], contextlib.AbstractAsyncContextManager[Any]]

ROUTES: list[ControllerRouterHandler] = []
LIFESPANS: list[Lifespan] = []
# Layers stand in front of Litestar, first in the list innermost: cached bytes must not pay for routing.
LAYERS: list[Callable[[ASGIApp, Litestar], ASGIApp]] = []
