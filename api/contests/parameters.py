"""Query parameters of lists of contests."""

from typing import Annotated, TypeAlias

from litestar.params import QueryParameter

from api.contests.schemas import ContestState

# Named by hand: an argument called "state" would be the application's own state to Litestar.
StateFilter: TypeAlias = Annotated[
    ContestState | None, QueryParameter(name="state", description="State of the contest")
]
