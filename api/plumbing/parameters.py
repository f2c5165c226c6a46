"""An unknown query parameter is refused, not ignored: a misspelt filter must not answer with everything."""

from collections.abc import Iterable
from typing import Any

from litestar import Request
from litestar.datastructures import State
from litestar.routes import ASGIRoute, HTTPRoute, WebSocketRoute

from api.plumbing.problems import Problem


async def refuse_unknown_parameters(request: Request[Any, Any, State]) -> None:
    """Raise unknown_parameter for a query parameter that the route does not declare, invalid_parameter or not_found where NUL stands."""
    # No text of the database can hold it: nothing can be found by it.
    if "\x00" in request.scope["path"]:
        raise Problem("not_found")
    if not request.scope["query_string"]:
        return
    known = request.app.state.query_parameters.get(id(request.route_handler), frozenset())
    for name, value in request.query_params.multi_items():
        if name not in known:
            raise Problem("unknown_parameter", name=name[:60])
        if "\x00" in value:
            raise Problem("invalid_parameter")


def declared_parameters(
    routes: Iterable[HTTPRoute | ASGIRoute | WebSocketRoute],
) -> dict[int, frozenset[str]]:
    """Query parameters of every route by the identity of its handler, from what Litestar itself will read."""
    return {
        id(handler): frozenset(parameter.field_alias for parameter in model.expected_query_params)
        for route in routes
        if isinstance(route, HTTPRoute)
        for handler, model in route.route_handler_map.values()
    }
