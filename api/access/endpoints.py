"""Which right each endpoint needs: what /access answers from, docs/permissions.md shows and the tests walk cell by cell."""

from collections.abc import Iterable

import msgspec
from litestar.routes import ASGIRoute, HTTPRoute, WebSocketRoute

from api.access.rights import RIGHTS, ROLES


class Endpoint(msgspec.Struct, frozen=True, order=True):
    """One method of one path and the right it needs; None where it is public."""

    path: str
    method: str
    right: str | None

    @property
    def roles(self) -> frozenset[str]:
        """Roles that reach the command behind it; the command then asks for the scope."""
        return frozenset(ROLES) if self.right is None else RIGHTS[self.right].roles


def endpoints_of(
    routes: Iterable[HTTPRoute | ASGIRoute | WebSocketRoute], below: str = "/api/"
) -> list[Endpoint]:
    """Endpoints whose path begins with `below`, by path. Every route names a right of RIGHTS, or says that it is public."""
    found = []
    for route in routes:
        if not isinstance(route, HTTPRoute) or not route.path.startswith(below):
            continue
        for method, (handler, _) in route.route_handler_map.items():
            if method == "OPTIONS":
                continue
            right = handler.opt.get("right")
            assert right is None or right in RIGHTS, f"{method} {route.path} names an unknown right {right}"
            assert right or handler.opt.get("public"), f"{method} {route.path} names no right"
            found.append(Endpoint(route.path_format, method, right))
    return sorted(found)
