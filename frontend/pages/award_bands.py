"""Where the awards' lines lie in a published ranking (mock P5): which places each award is given for, by the contest's rules."""

from collections.abc import Sequence
from typing import Final

import msgspec

from api.contests.queries.contests import contest_by_id
from api.contests.rules import rules_of_contest
from api.plumbing.db import Db
from api.plumbing.ids import parse_id
from api.results.schemas import Board, BoardRow
from frontend.locales import Locale
from frontend.pages.serving import named

PUBLISHED: Final = frozenset({"provisional", "final", "amended"})


class AwardLine(msgspec.Struct, frozen=True):
    """An award and its first and last place, by award rank."""

    name_zh: str
    name_en: str
    first: int
    last: int


class AwardBand(msgspec.Struct, frozen=True):
    """Rows between two lines with what their places are given; without an award those below the last line."""

    rows: tuple[BoardRow, ...]
    award: str | None = None
    first: int | None = None
    last: int | None = None


async def award_lines(db: Db, board: Board) -> tuple[AwardLine, ...]:
    """The lines of a published standing; before that there are none, because its field may still grow.

    Awards of a group or of the whole contest have no line in one item, nor has a trade's in an item that does not decide it.
    """
    if board.audience not in PUBLISHED:
        return ()
    async with db.reading() as connection:
        contest_id = parse_id("contest", board.contest)
        _, rules = await rules_of_contest(connection, contest_id)
        if not rules.awards:
            return ()
        items = (await contest_by_id(connection, contest_id)).items
    own = next((item for item in items if item.id == board.item), None)
    lines = []
    for rule in rules.awards:
        if own is None or rule.field not in ("item", "trade") or board.field < rule.minimum_field:
            continue
        siblings = sum(item.trade == own.trade for item in items)
        if rule.field == "trade" and siblings > 1 and rule.deciding_items.get(own.trade) != own.code:
            continue
        above = sum(cut.size(board.field) for cut in rule.above)
        lines.append(AwardLine(rule.name, rule.name_en, above + 1, above + rule.cut.size(board.field)))
    return tuple(lines)


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
