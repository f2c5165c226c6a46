"""Where the awards' lines lie in a published ranking: which places each award is given for, by the contest's rules."""

from typing import Final

import msgspec

from api.contests.queries.contests import contest_by_id
from api.contests.rules import rules_of_contest
from api.plumbing.db import Db
from api.plumbing.ids import parse_id
from api.results.schemas import Board

PUBLISHED: Final = frozenset({"provisional", "final", "amended"})


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
