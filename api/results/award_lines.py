"""Where the awards' lines lie in a published ranking: which places each award is given for, by the contest's rules."""

from collections.abc import Iterable, Iterator

import msgspec

from api.contests.queries.contests import contest_by_id
from api.contests.rules import rules_of_contest
from api.contests.schemas import Contest, Item
from api.plumbing.db import Db
from api.plumbing.ids import parse_id
from api.results.publications import PUBLISHED
from api.results.schemas import Board
from scoring import AwardField, AwardRule, Cut
from scoring.awards.fields import cut_of


class AwardLine(msgspec.Struct, frozen=True):
    """An award and its first and last place, by award rank."""

    name_zh: str
    name_en: str
    first: int
    last: int


async def award_lines(db: Db, board: Board) -> tuple[AwardLine, ...]:
    """The lines of a published standing; before that there are none, because its field may still grow.

    Awards of a group or of the whole contest have no line in one item, nor has a trade's in an item that does not decide it.
    """
    if board.audience not in PUBLISHED.values():
        return ()
    async with db.reading() as connection:
        contest_id = parse_id("contest", board.contest)
        _, rules = await rules_of_contest(connection, contest_id)
        if not rules.awards:
            return ()
        contest = await contest_by_id(connection, contest_id)
    own = next((item for item in contest.items if item.id == board.item), None)
    if own is None:
        return ()
    return tuple(_lines(rules.awards, contest, own, board))


def _lines(rules: Iterable[AwardRule], contest: Contest, own: Item, board: Board) -> Iterator[AwardLine]:
    siblings = sum(item.trade == own.trade for item in contest.items)
    for rule in rules:
        size = _field_size(rule, board)
        if rule.field not in ("item", "trade") or size < rule.minimum_field:
            continue
        if rule.field == "trade" and siblings > 1 and rule.deciding_items.get(own.trade) != own.code:
            continue
        cut = _cut(rule, contest, own)
        if cut is None:
            continue
        above = 0
        for band in rule.above:
            above += band.size(size, above)
        places = cut.size(size, above)
        if places > 0:
            yield AwardLine(rule.name, rule.name_en, above + 1, above + places)


def _cut(rule: AwardRule, contest: Contest, own: Item) -> Cut | None:
    """The places of the rule in this item; None where it gives none here, or looks at the whole field."""
    fits = (not rule.classes or contest.class_code in rule.classes) and (
        not rule.team_sizes or own.team_size in rule.team_sizes
    )
    if not fits or (rule.cut is None and not rule.cases):
        return None
    field = AwardField(
        kind=rule.field, code=own.code, name=own.name_zh, items={}, contest_class=contest.class_code
    )
    return cut_of(rule, field, own.team_size)


def _field_size(rule: AwardRule, board: Board) -> int:
    match rule.base:
        case "present":
            return board.field
        case "ranked":
            return sum(row.award_rank is not None for row in board.rows)
        case _:
            return len(board.rows)
