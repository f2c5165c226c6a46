"""SD1: the API's page for integrators; everything on it comes from the OpenAPI document of this very process."""

import json
from collections import defaultdict
from typing import Any

from litestar import Litestar, Response, get
from litestar.types import ControllerRouterHandler

from api import openapi
from api.access.endpoints import endpoints_of
from frontend.pages.serving import PageRequest, show
from frontend.views.developers import ApiPage, Field, Operation, RoomOfApi

LONGEST_KIND = 60


@get("/dev", opt={"public": True})
async def show_api(request: PageRequest) -> Response[str]:
    """Every operation with its parameters, body, answers and right."""
    state = request.app.state
    if "api_page" not in state:
        state.api_page = api_page(request.app)
    return show(request, state.api_page, "public")


def api_page(app: Litestar) -> ApiPage:
    """The page's data from the document and the rights of the routes."""
    document = openapi.document(app)
    rights = {(each.path, each.method): each.right for each in endpoints_of(app.routes)}
    rooms: defaultdict[str, list[Operation]] = defaultdict(list)
    for path, methods in sorted(document["paths"].items()):
        for method, operation in methods.items():
            room = path.removeprefix("/api/v1/").partition("/")[0]
            right = rights.get((path, method.upper()))
            rooms[room].append(_operation(document, path, method.upper(), operation, right))
    return ApiPage(
        document["info"]["version"],
        tuple(RoomOfApi(name, tuple(each)) for name, each in sorted(rooms.items())),
    )


def _operation(
    document: openapi.Document, path: str, method: str, operation: openapi.Document, right: str | None
) -> Operation:
    parameters = [
        Field(
            each["name"],
            each["in"],
            _kind(document, each["schema"]),
            each.get("required", False),
            each.get("description", ""),
        )
        for each in operation.get("parameters", [])
    ]
    answers = (
        (status, answer.get("description", "")) for status, answer in sorted(operation["responses"].items())
    )
    return Operation(
        method=method,
        path=path,
        title=operation.get("summary", ""),
        about=operation.get("description", ""),
        right=right,
        fields=(*parameters, *_body(document, operation)),
        answers=tuple(answers),
        example=_example(operation),
    )


def _example(operation: openapi.Document) -> str:
    content: openapi.Document = (
        operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    )
    return json.dumps(content["example"], ensure_ascii=False, indent=2) if "example" in content else ""


def _body(document: openapi.Document, operation: openapi.Document) -> list[Field]:
    content: openapi.Document = operation.get("requestBody", {}).get("content", {})
    first: openapi.Document = next(iter(content.values()), {})
    schema = _resolved(document, first.get("schema", {}))
    required = set(schema.get("required", []))
    return [
        Field(name, "body", _kind(document, member), name in required, member.get("description", ""))
        for name, member in schema.get("properties", {}).items()
    ]


def _resolved(document: openapi.Document, schema: openapi.Document) -> openapi.Document:
    reference = schema.get("$ref")
    if reference is None:
        return schema
    found: Any = document["components"]["schemas"][reference.rpartition("/")[2]]
    return found  # type: ignore[no-any-return]


def _kind(document: openapi.Document, schema: openapi.Document) -> str:
    """A word or two for a type; a choice shows its values."""
    if "$ref" in schema:
        return _kind(document, _resolved(document, schema)) or str(schema["$ref"]).rpartition("/")[2]
    for choice in ("oneOf", "anyOf"):
        if choice in schema:
            kinds = dict.fromkeys(_kind(document, each) for each in schema[choice])
            return " | ".join(kinds)[:LONGEST_KIND]
    if "enum" in schema:
        return " | ".join(str(each) for each in schema["enum"])[:LONGEST_KIND]
    kind = schema.get("type", "")
    if kind == "array":
        return f"{_kind(document, schema.get('items', {}))}[]"
    return (
        " | ".join(kind)
        if isinstance(kind, list)
        else str(schema.get("title", kind) if kind == "object" else kind)
    )


PAGES: list[ControllerRouterHandler] = [show_api]
