"""Query parameters that lists have in common."""

from typing import Annotated, TypeAlias

from litestar.params import QueryParameter

from api.plumbing.paging import MAX_LIMIT

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
