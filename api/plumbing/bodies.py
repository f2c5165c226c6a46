"""A JSON body must mean one thing: it says that it is JSON, is UTF-8, and names nothing twice in one object.

Of a name that stands twice, one reader takes the first and another the last (RFC 8259, 4): whoever marks would not know what was kept.
"""

import json
from typing import Any, Final

from litestar import Request
from litestar.datastructures import State
from litestar.enums import RequestEncodingType
from litestar.handlers import HTTPRouteHandler
from litestar.params import BodyKwarg

from api.plumbing.problems import Problem, field_error

JSON: Final = "application/json"
LONGEST_NAME_SHOWN: Final = 40


async def refuse_unfit_body(request: Request[Any, Any, State]) -> None:
    """Raise unsupported_media_type or invalid_body for what a route that takes JSON cannot take. No Content-Type at all is taken for JSON."""
    if not takes_json(request.route_handler):
        return
    if not says_json(request.headers.get("content-type", "")):
        raise Problem("unsupported_media_type")
    refuse_repeated_names(await request.body())


def takes_json(handler: object) -> bool:
    """Whether the route reads a struct out of a JSON body."""
    field = handler.parsed_data_field if isinstance(handler, HTTPRouteHandler) else None
    body = field.kwarg_definition if field is not None else None
    return isinstance(body, BodyKwarg) and body.media_type == RequestEncodingType.JSON


def says_json(content_type: str) -> bool:
    """Whether the header says JSON, or nothing."""
    return content_type.partition(";")[0].strip().lower() in ("", JSON)


def refuse_repeated_names(body: bytes) -> None:
    """Raise invalid_body for bytes that are no UTF-8 or a name twice in one object. Any other fault is left to the decoder."""
    try:
        _reader.decode(body.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise _malformed("not UTF-8") from error
    except (ValueError, RecursionError):
        return


def _refuse_twice(pairs: list[tuple[str, object]]) -> None:
    if len(dict(pairs)) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise _malformed(f"“{twice[:LONGEST_NAME_SHOWN]}” stands twice in one object")


def _malformed(reason: str) -> Problem:
    return Problem("invalid_body", errors=(field_error("", "malformed_field", reason=reason),))


# Made once: marks pass here too, and to make one takes as long as to read a mark.
_reader = json.JSONDecoder(object_pairs_hook=_refuse_twice)
