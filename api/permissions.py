"""Route × role as a page: `python -m api.permissions` writes docs/permissions.md anew."""

from pathlib import Path

from litestar import Litestar, Router

from api import rooms
from api.access.endpoints import Endpoint, endpoints_of
from api.access.rights import PIN_ROLES, RIGHTS, ROLE_NAMES, ROLES, SELF
from api.dependencies import DEPENDENCIES

PAGE = Path("docs/permissions.md")
ANYBODY = "anybody"


def permissions_page() -> str:
    """The page as it has to be now."""
    # An application of its own, because the page shows what the rooms register and nothing of a running process.
    app = Litestar(
        [Router("/api/v1", route_handlers=rooms.ROUTES)], dependencies=DEPENDENCIES, openapi_config=None
    )
    endpoints = endpoints_of(app.routes)
    return "\n".join([*_opening(), *_table_of_rights(), *_table_of_routes(endpoints), ""])


def _opening() -> list[str]:
    return [
        "# Permissions",
        "",
        "Generated from the routes and `api/access/rights.py` by `python -m api.permissions`; a test compares.",
        "",
        "A cell says whether a role reaches the act at all. Where it reaches is decided by the grant's scope, and what lies",
        "outside answers like what does not exist. A node's grant reads its whole subtree; most rights that change something",
        "stop at the node, and in a contest of a lower node need a support grant (a reason, at most 24 hours, logged).",
        "An API token with the scope `read` carries the rights that only read, as far as its maker holds them.",
        "",
        f"A judge signed in by badge and PIN has the rights of these roles only: {', '.join(sorted(PIN_ROLES))}.",
        "An administrator without second factor can only set one up. ● = yes.",
        "",
        "| role | 角色 |",
        "| --- | --- |",
        *(f"| {role} | {ROLE_NAMES[role]} |" for role in ROLES),
        "",
    ]


def _table_of_rights() -> list[str]:
    return [
        "## Rights",
        "",
        "| right | reach | roles |",
        "| --- | --- | --- |",
        *(f"| `{name}` | {_reach(name)} | {_names(right.roles)} |" for name, right in sorted(RIGHTS.items())),
        "",
    ]


def _reach(name: str) -> str:
    right = RIGHTS[name]
    words = ["one's own"] if name == SELF else ["its node" if right.writes else "its whole subtree"]
    if right.reads and name != SELF:
        words.append("reads")
    if not right.by_token:
        words.append("not by API token")
    if not right.by_support:
        words.append("not by support grant")
    return ", ".join(words)


def _names(roles: frozenset[str]) -> str:
    return "everybody signed in" if roles == frozenset(ROLES) else ", ".join(r for r in ROLES if r in roles)


def _table_of_routes(endpoints: list[Endpoint]) -> list[str]:
    head = ["route", "right", *(role.replace("_", " ") for role in ROLES)]
    return [
        "## Routes",
        "",
        f"| {' | '.join(head)} |",
        f"| {' | '.join(['---'] * 2 + [':-:'] * len(ROLES))} |",
        *(_row(endpoint) for endpoint in endpoints),
    ]


def _row(endpoint: Endpoint) -> str:
    right = ANYBODY if endpoint.right is None else f"`{endpoint.right}`"
    cells = ["●" if role in endpoint.roles else "" for role in ROLES]
    return f"| {endpoint.method} `{endpoint.path}` | {right} | {' | '.join(cells)} |"


if __name__ == "__main__":
    PAGE.write_text(permissions_page(), "utf-8")
