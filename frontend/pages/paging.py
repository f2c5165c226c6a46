"""Lists with a way back: a cursor leads forwards only, so the address carries those of the pages before."""

from collections.abc import Callable
from typing import Annotated, Final

import msgspec
from litestar.params import QueryParameter

from frontend.views.common import Paging

# Whoever goes further back than this comes to the first page.
KEPT: Final = 8
FIRST: Final = "-"

CursorText = Annotated[str, QueryParameter(max_length=1000)]
BeforeCount = Annotated[int, QueryParameter(ge=0, le=1_000_000)]
BackText = Annotated[str, QueryParameter(max_length=KEPT * 1001)]


class Place(msgspec.Struct, frozen=True):
    """Where a reader stands in a list: the cursor of this page, how many rows lie before it, and the way back."""

    cursor: str = ""
    before: int = 0
    back: str = ""

    def paging(
        self,
        shown: int,
        size: int,
        next_cursor: str | None,
        address: Callable[[dict[str, str]], str],
        total: int | None = None,
    ) -> Paging:
        """The page's place with its neighbours. `address` writes the list's own question with more in it."""
        before = self.before if self.cursor else 0
        passed = [each for each in self.back.split(".") if each] if self.cursor else []
        onwards = previous = None
        if next_cursor:
            way = ".".join([*passed, self.cursor or FIRST][-KEPT:])
            onwards = address({"cursor": next_cursor, "before": str(before + shown), "back": way})
        if self.cursor:
            last = passed.pop() if passed else FIRST
            previous = address(
                {}
                if last == FIRST
                else {"cursor": last, "before": str(max(0, before - size)), "back": ".".join(passed)}
            )
        return Paging(before + 1 if shown else 0, before + shown, total, onwards, previous)
