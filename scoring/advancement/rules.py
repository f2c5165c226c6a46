"""A quota rule as data: how many go up, from where, and what happens to ties, seeds, hosts and places given up."""

from decimal import Decimal
from typing import Literal

import msgspec

from scoring.documents import Document
from scoring.entrants.people import check_day
from scoring.entrants.terms import FieldBase, Floor, Share, Where


class Composition(Document, frozen=True, kw_only=True):
    """How many of those who go up have one of `values` in `column`: at least 3 from non-public firms, exactly 2 welders.

    If too few fit, the places kept for them stay empty; `unfilled` "release" gives them to the others. An entry counts
    for every composition that it fits. Raises ValueError for numbers that contradict each other.
    """

    column: str
    values: tuple[str, ...]
    at_least: int = 0
    at_most: int | None = None
    unfilled: Literal["empty", "release"] = "empty"
    title: str = ""
    title_en: str = ""

    def __post_init__(self) -> None:
        most = self.at_most
        if (
            not self.values
            or self.at_least < 0
            or (most is None and not self.at_least)
            or (most is not None and most < self.at_least)
        ):
            raise ValueError(f"The composition of {self.column} needs values, and at least ≤ at most.")


class CapCase(Document, frozen=True, kw_only=True):
    """At most `most` per value of the column `by`, for entries that fit `where`: 2 teams of a region with its own preliminary."""

    by: str
    most: int
    where: Where = msgspec.field(default_factory=dict)


class QuotaRule(Document, frozen=True, kw_only=True):
    """How many go up; all limits it names hold at once. Raises ValueError if it names none, or one that cannot be.

    | field | meaning |
    | --- | --- |
    | places, share | places in all: a number, a share of the field (`base`), or the share but at most the number |
    | per_delegation, caps | at most so many of one delegation, of one value of any column |
    | cap_cases | the same where the number depends on the entry; the first case that fits goes before `caps` |
    | minimum_total, floors | what the total and the parts must reach |
    | composition | at least and at most so many with certain values in a column |
    | where | only entries with these values take part |
    | host, host_places | so many more for the best of the host who missed a place |
    | seeds | seeded entries go in first, on the places (within) or beside them (extra) |
    | minimum_field | nobody goes up from a smaller field |
    | replace_until | whoever gives a place up after this day leaves it empty |

    `substitutes` stand by in order: per delegation (or the one capped column) where places are counted so, otherwise overall.
    """

    code: str
    version: int
    name: str
    name_en: str = ""
    places: int | None = None
    per_delegation: int | None = None
    minimum_total: Decimal | None = None
    tie: Literal["one_more", "all", "none", "report"] = "report"
    substitutes: int = 0
    hors_concours: bool = False
    share: Share | None = None
    base: FieldBase = "present"
    caps: dict[str, int] = msgspec.field(default_factory=dict)
    cap_cases: tuple[CapCase, ...] = ()
    floors: tuple[Floor, ...] = ()
    composition: tuple[Composition, ...] = ()
    where: Where = msgspec.field(default_factory=dict)
    host: Where = msgspec.field(default_factory=dict)
    host_places: int = 0
    seeds: Literal["within", "extra"] = "within"
    minimum_field: int = 0
    replace_until: str | None = None

    def __post_init__(self) -> None:
        check_day(self.replace_until)
        counts = [each for each in (self.places, self.per_delegation) if each is not None]
        limited = [*counts, *self.caps, *self.cap_cases, *self.floors]
        if not limited and self.minimum_total is None and self.share is None:
            raise ValueError(f"Quota rule {self.code} needs a limit, and numbers of places from 1 up.")
        least = [self.substitutes, self.host_places, *(each.most for each in self.cap_cases)]
        if any(each < 1 for each in [*counts, *self.caps.values()]) or any(each < 0 for each in least):
            raise ValueError(f"Quota rule {self.code} needs a limit, and numbers of places from 1 up.")
        if (self.host_places > 0) is not bool(self.host):
            raise ValueError(f"Quota rule {self.code} must say who the host is, and how many places it has.")
        self._check_composition()

    def _check_composition(self) -> None:
        wanted = sum(each.at_least for each in self.composition)
        if wanted and self.places is None and self.share is None:
            raise ValueError(
                f"Quota rule {self.code} keeps places for some but does not say how many there are."
            )
        # One entry may count for several columns, so only the values of one column add up.
        for column in {each.column for each in self.composition}:
            needed = sum(each.at_least for each in self.composition if each.column == column)
            if self.places is not None and needed > self.places:
                raise ValueError(f"Quota rule {self.code} keeps {needed} places of {self.places}.")

    def size(self, field: int) -> int | None:
        """Places in all in a field of so many entries; None is no such limit."""
        if self.share is None:
            return self.places
        part = self.share.size(field)
        return part if self.places is None else min(part, self.places)

    def cap_columns(self) -> tuple[str, ...]:
        """The columns whose values have a cap, in order."""
        return tuple(dict.fromkeys([each.by for each in self.cap_cases] + list(self.caps)))
