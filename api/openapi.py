"""The OpenAPI 3.1 document: what Litestar reads from the handlers, and what all of them have in common.

Litestar knows a handler's own answer; that a problem may come instead, and which, follows from what the operation takes.
"""

from typing import Any

import msgspec
from litestar import Litestar
from litestar.openapi.config import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import Components, License, SecurityScheme
from litestar.router import Router

from api.examples import REQUESTS
from api.plumbing.errors import MEDIA_TYPE
from api.plumbing.problems import ProblemBody

VERSION = "1.0.0"
PROBLEM = "#/components/schemas/ProblemBody"
HEADERS_OF_CHANGE = {"If-Match": ("412", "428"), "Idempotency-Key": ("409", "422")}

TITLES = {
    "400": "The request is malformed",
    "401": "Nobody is signed in",
    "403": "No role of the caller holds the right",
    "404": "Absent, or not the caller's to see",
    "409": "Not possible in this state, or the same request is in flight",
    "412": "Changed since it was read; `current` shows it",
    "413": "The body is too large",
    "415": "Unsupported media type",
    "422": "Well-formed, but wrong; `errors` names the fields",
    "428": "If-Match is missing",
    "429": "Too many requests; Retry-After says when",
}

# A JSON Schema document has no narrower type.
Document = dict[str, Any]


def config() -> OpenAPIConfig:
    """What Litestar needs to know. The document stands at /openapi.json and below /api/v1; Litestar's own pages are out of the way."""
    return OpenAPIConfig(
        title="Shibaiqian",
        version=VERSION,
        description="Tiered worker skills contests: registration, live judging, standings, advancement, awards.",
        license=License(name="Apache-2.0", identifier="Apache-2.0"),
        openapi_router=Router("/openapi", route_handlers=[], opt={"public": True}, include_in_schema=False),
        render_plugins=[JsonRenderPlugin(path="/schema.json")],
        components=Components(
            security_schemes={
                "token": SecurityScheme(type="http", scheme="bearer"),
                "session": SecurityScheme(type="apiKey", security_scheme_in="cookie", name="sbq_session"),
            }
        ),
        security=[{"token": []}, {"session": []}],
        use_handler_docstrings=True,
    )


def document(app: Litestar) -> Document:
    """The whole document."""
    whole: Document = app.openapi_schema.to_schema()
    schemas = whole.setdefault("components", {}).setdefault("schemas", {})
    _, problem = msgspec.json.schema_components([ProblemBody], ref_template="#/components/schemas/{name}")
    schemas |= problem
    public = {
        (route.path_format, method.lower())
        for route in app.routes
        for method, (handler, _) in getattr(route, "route_handler_map", {}).items()
        if handler.opt.get("public")
    }
    for path, operations in whole["paths"].items():
        for method, operation in operations.items():
            if (path, method) in public:
                operation["security"] = []
            _show_example(path, method, operation)
            for status in _refusals(path, operation, public=(path, method) in public):
                # Litestar declares its own form for 400; what is answered is a problem.
                operation["responses"][status] = {
                    "description": TITLES[status],
                    "content": {MEDIA_TYPE: {"schema": {"$ref": PROBLEM}}},
                }
    return whole


def _show_example(path: str, method: str, operation: Document) -> None:
    body = REQUESTS.get((method, path))
    if body is not None:
        operation["requestBody"]["content"]["application/json"]["example"] = body


def _refusals(path: str, operation: Document, *, public: bool) -> list[str]:
    """Statuses of the problems that may come, from what the operation takes."""
    found = {"400", "429"}
    if not public:
        found |= {"401", "403", "404"}
    if "{" in path:
        found.add("404")
    if "requestBody" in operation:
        found |= {"409", "413", "415", "422"}
    for parameter in operation.get("parameters", []):
        found.update(HEADERS_OF_CHANGE.get(parameter["name"], ()))
    return sorted(found)
