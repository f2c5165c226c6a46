"""A ranking cut at the awards' lines (mock P5)."""

from collections.abc import Sequence

import msgspec

from api.results.award_lines import AwardLine
from api.results.schemas import BoardRow
from frontend.locales import Locale
from frontend.pages.serving import named


class AwardBand(msgspec.Struct, frozen=True):
    """Rows between two lines with what their places are given; without an award those below the last line."""

    rows: tuple[BoardRow, ...]
    award: str | None = None
    first: int | None = None
    last: int | None = None


def award_bands(
    rows: Sequence[BoardRow], lines: Sequence[AwardLine], locale: Locale
) -> tuple[AwardBand, ...]:
    """The rows cut at every line, in their order. Who competes without an award rank stands where the row above stands."""
    if not lines:
        return (AwardBand(tuple(rows)),) if rows else ()
    edges = sorted({line.last for line in lines} | {line.first - 1 for line in lines if line.first > 1})
    bands: list[tuple[int | None, list[BoardRow]]] = []
    edge: int | None = edges[0]
    for row in rows:
        if row.award_rank is not None:
            edge = next((each for each in edges if row.award_rank <= each), None)
        elif row.rank is None:
            edge = None
        if not bands or bands[-1][0] != edge:
            bands.append((edge, []))
        bands[-1][1].append(row)
    return tuple(_band(edge, found, edges, lines, locale) for edge, found in bands)


def _band(
    last: int | None, rows: list[BoardRow], edges: list[int], lines: Sequence[AwardLine], locale: Locale
) -> AwardBand:
    if last is None:
        return AwardBand(tuple(rows))
    place = edges.index(last)
    first = edges[place - 1] + 1 if place else 1
    names = [
        named(locale, line.name_zh, line.name_en)
        for line in lines
        if line.first <= first and last <= line.last
    ]
    award = (", " if locale == "en" else "、").join(dict.fromkeys(names))
    return AwardBand(tuple(rows), award or None, first, last) if award else AwardBand(tuple(rows))
