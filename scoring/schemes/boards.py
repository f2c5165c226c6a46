"""More orders of the same results: a category of the entries, another node, other ties. One entry may stand on many.

Values are those of the whole field: a node that looks at the field (points by rank) looks at everybody, not at the board.
"""

import hashlib
from collections.abc import Iterable

import msgspec

from scoring.decimals import exact_arithmetic
from scoring.evaluation.compiled import compile_plan
from scoring.evaluation.facts import EntryFacts
from scoring.plans.plan import Plan, Tie, ranking_order
from scoring.ranking.fingerprints import facts_hash, field_hash
from scoring.ranking.ordering import Line, compare, ordering
from scoring.ranking.standings import Standings, stand, tallies
from scoring.schemes.scheme import Board


def stand_boards(plan: Plan, boards: Iterable[Board], facts: Iterable[EntryFacts]) -> dict[str, Standings]:
    """The standings of each board by its key, from the facts of the whole stage. Errors as `rank`."""
    compiled = compile_plan(plan)
    wanted_boards = tuple(boards)
    orders = {
        each.key: ordering(plan, each.by or plan.root.key, board_order(plan, each)) for each in wanted_boards
    }
    wanted = frozenset[str]().union(*(order.wanted for order in orders.values()))
    lines: dict[str, list[Line]] = {key: [] for key in orders}
    hashes: list[tuple[str, str]] = []
    with exact_arithmetic():
        for each, tally in tallies(compiled, wanted, facts):
            hashes.append((each.entry, facts_hash(each)))
            for board in wanted_boards:
                if fits(board, each):
                    lines[board.key].append(compare(orders[board.key], compiled, each, tally))
        field = field_hash(compiled.hash, hashes)
        return {
            board.key: stand(plan, compiled, orders[board.key], lines[board.key], _input_hash(field, board))
            for board in wanted_boards
        }


def fits(board: Board, facts: EntryFacts) -> bool:
    """Whether the entry's columns let it onto the board: one of the values in each column it names."""
    return all(facts.columns.get(column, "") in values for column, values in board.where.items())


def board_order(plan: Plan, board: Board) -> tuple[Tie, ...]:
    """The criteria of a board: its own node or the total, then its own ties or the plan's."""
    root = plan.root.key
    own = board.by or root
    if own == root and board.better is None and not board.ties:
        return ranking_order(plan)
    first = Tie(key=own, better=board.better or (plan.better if own == root else "higher"))
    if board.ties:
        named = any(tie.of == "node" and tie.key == own for tie in board.ties)
        return board.ties if named else (first, *board.ties)
    return (first, *(tie for tie in plan.ties if tie.of != "node" or tie.key not in {own, root}))


def _input_hash(field: str, board: Board) -> str:
    return "sha256:" + hashlib.sha256(msgspec.json.encode((field, board), order="sorted")).hexdigest()
