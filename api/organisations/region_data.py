"""Administrative divisions as they stand in `data/regions.csv`: read, typed, dated. No database, no network.

Codes are those of GB/T 2260. One code may have several rows, one after the other in time (新市区 became 竞秀区 under
130602), so a code alone names a region only together with a day. Sources and gaps: `data/README.md`.
"""

import csv
from datetime import date
from functools import cache
from pathlib import Path
from typing import Final, Literal

import msgspec

RegionLevel = Literal["province", "prefecture", "county"]

EDITION: Final = date(2026, 11, 21)
"""Day of the list of current codes. Later changes are not known here."""

_FILE: Final = Path(__file__).parent / "data" / "regions.csv"


class RegionRow(msgspec.Struct, frozen=True):
    """A division under one name. `valid_to` is the first day on which it no longer holds; None = no date is proved."""

    code: str
    name_zh: str
    name_en: str
    level: RegionLevel
    parent: str | None
    valid_from: date | None
    valid_to: date | None
    source: str

    def holds_on(self, day: date) -> bool:
        begun = self.valid_from is None or self.valid_from <= day
        return begun and (self.valid_to is None or day < self.valid_to)


@cache
def region_rows() -> tuple[RegionRow, ...]:
    """All rows, by code and then by time. A broken file raises msgspec.ValidationError: it is ours, not input."""
    with _FILE.open(encoding="utf-8", newline="") as file:
        rows = [{name: value or None for name, value in row.items()} for row in csv.DictReader(file)]
    return msgspec.convert(rows, tuple[RegionRow, ...])


def regions_on(day: date) -> dict[str, RegionRow]:
    """The divisions of one day by code. Before 2014 only what never changed is sure, see `data/README.md`."""
    return {row.code: row for row in region_rows() if row.holds_on(day)}


def children_on(parent: str, day: date) -> tuple[RegionRow, ...]:
    """Divisions right below a code on a day, by code."""
    return tuple(row for row in region_rows() if row.parent == parent and row.holds_on(day))
