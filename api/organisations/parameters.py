"""Query parameters that lists have in common, and the values inside a cursor."""

import re
from datetime import date
from typing import Annotated, Final, TypeAlias
from uuid import UUID

from litestar.params import QueryParameter

from api.plumbing.ids import parse_id
from api.plumbing.paging import MAX_LIMIT
from api.plumbing.problems import Problem

NUMBER: Final = re.compile(r"-?[0-9]{1,9}")

Search: TypeAlias = Annotated[
    str | None, QueryParameter(min_length=1, max_length=60, description="Part of a name")
]
Cursor: TypeAlias = Annotated[
    str | None, QueryParameter(max_length=1000, description="next_cursor of the page before")
]
PageLimit: TypeAlias = Annotated[int, QueryParameter(ge=1, le=MAX_LIMIT, description="Rows of a page")]
RegionFilter: TypeAlias = Annotated[
    str | None, QueryParameter(pattern="^[0-9]{6}$", description="Region code; what lies below it counts too")
]


def cursor_id(kind: str, text: str) -> UUID:
    """The id inside a cursor; a forged cursor is a wrong parameter, not a missing page."""
    try:
        return parse_id(kind, text)
    except Problem as error:
        raise Problem("invalid_parameter") from error


def cursor_number(text: str) -> int:
    """The number inside a cursor. Raises invalid_parameter."""
    if not NUMBER.fullmatch(text):
        raise Problem("invalid_parameter")
    return int(text)


def cursor_day(text: str) -> date:
    """The day inside a cursor. Raises invalid_parameter."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Problem("invalid_parameter") from error
