"""Several orders of the same results: categories, other nodes, other ties."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring import Board, EntryFacts, Tie, rank
from scoring.ranking.explaining import explain
from scoring.ranking.standings import standings_bytes
from scoring.schemes.boards import board_order, stand_boards
from tests.scoring import strategies
from tests.scoring.strategies import PLAN
from tests.scoring.test_ordering import entries, known, plan_by

FIELD = [
    known("Ann", "9", "1", columns={"sex": "f", "age": "30"}),
    known("Bo", "5", "6", columns={"sex": "m", "age": "30"}),
    known("Cy", "4", "4", columns={"sex": "f", "age": "40"}),
    known("Di", "3", "5", columns={"sex": "f", "age": "30"}),
    known("No", "1", "1"),
]


def board(**fields: Any) -> Board:
    return Board(key="b", title="榜", **fields)


def stood(one: Board, *ties: Tie, **plan: Any) -> str:
    return entries(stand_boards(plan_by(*ties, **plan), [one], FIELD)["b"])


@pytest.mark.parametrize(
    ("one", "order"),
    [
        (board(), "Bo Ann Cy Di No"),
        (board(where={"sex": ("f",)}), "Ann Cy Di"),
        (board(where={"sex": ("f",), "age": ("30", "31")}), "Ann Di"),
        (board(where={"sex": ("f", "m")}), "Bo Ann Cy Di"),
        (board(where={"sex": ("x",)}), ""),
        (board(where={"sex": ("",)}), "No"),
        (board(by="B"), "Bo Di Cy Ann No"),
        (board(by="B", better="lower"), "Ann No Cy Di Bo"),
        (board(better="lower"), "No Cy Di Ann Bo"),
        (board(where={"age": ("30", "40")}, by="C"), "Ann Bo Cy Di"),
        (board(ties=(Tie(key="B"),)), "Bo Ann Di Cy No"),
        (board(ties=(Tie(key="B"), Tie(key="total"))), "Bo Di Cy Ann No"),
    ],
)
def test_board_keeps_who_fits_and_ranks_by_its_own_order(one: Board, order: str) -> None:
    assert stood(one, Tie(key="A")) == order


@pytest.mark.parametrize(
    ("one", "keys"),
    [
        (board(), ("total", "A", "B")),
        (board(by="total"), ("total", "A", "B")),
        (board(by="A"), ("A", "B")),
        (board(better="lower"), ("total", "A", "B")),
        (board(ties=(Tie(key="C"),)), ("total", "C")),
        (board(by="A", ties=(Tie(key="C"),)), ("A", "C")),
        (board(by="A", ties=(Tie(key="C"), Tie(key="A"))), ("C", "A")),
    ],
)
def test_board_without_ties_of_its_own_takes_those_of_the_plan(one: Board, keys: tuple[str, ...]) -> None:
    assert tuple(tie.key for tie in board_order(plan_by(Tie(key="A"), Tie(key="B")), one)) == keys


def test_board_of_the_total_keeps_the_direction_of_the_plan() -> None:
    assert stood(board(ties=(Tie(key="A"),)), better="lower") == "No Cy Di Ann Bo"


def test_board_of_another_node_does_not_take_the_direction_of_the_plan() -> None:
    assert stood(board(by="B"), better="lower") == "Bo Di Cy Ann No"


def test_entry_without_the_node_of_the_board_has_no_rank_there() -> None:
    rows = stand_boards(plan_by(), [board(by="C")], FIELD)["b"].rows

    assert {row.rank for row in rows} == {None}
    assert {row.total is None for row in rows} == {False}


def test_one_entrant_stands_on_several_boards_with_a_rank_on_each() -> None:
    boards = [
        Board(key="all", title="总榜"),
        Board(key="women", title="女子", where={"sex": ("f",)}),
        Board(key="B", title="单项", by="B"),
    ]

    standings = stand_boards(plan_by(), boards, FIELD)

    places = {key: {row.entry: row.rank for row in each.rows} for key, each in standings.items()}
    assert [places[key]["Ann"] for key in ("all", "women", "B")] == [2, 1, 4]
    assert "Bo" not in places["women"]
    assert [each.field for each in standings.values()] == [5, 3, 5]


def test_row_of_a_board_is_explained_by_its_own_order() -> None:
    plan, one = plan_by(), board(by="B")
    standings = stand_boards(plan, [one], FIELD)["b"]

    reason = explain(standings, standings.rows[1], plan, board_order(plan, one))

    assert reason.zh == "第 2 名，排在 Bo（第 1 名）之后：“B”为 5，对方为 6，大者在前。"


def test_hash_of_a_board_sees_the_whole_field_and_the_board() -> None:
    women = board(where={"sex": ("f",)})
    changed = [*FIELD[:1], known("Bo", "5", "7", columns={"sex": "m"}), *FIELD[2:]]

    hashes = {
        stand_boards(plan_by(), [each], facts)["b"].input_hash
        for each in (women, board(where={"sex": ("m",)}))
        for facts in (FIELD, changed)
    }

    assert len(hashes) == 4
    assert {each[:7] for each in hashes} == {"sha256:"}


def test_hash_of_a_board_does_not_see_the_order_in_which_its_columns_are_named() -> None:
    both = board(where={"sex": ("f",), "age": ("30",)})
    turned = board(where={"age": ("30",), "sex": ("f",)})

    hashes = {stand_boards(plan_by(), [each], FIELD)["b"].input_hash for each in (both, turned)}

    assert len(hashes) == 1


def test_entry_given_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="given twice"):
        stand_boards(plan_by(), [board()], [*FIELD, FIELD[0]])


@given(strategies.fields(), st.data())
def test_board_of_everybody_is_the_standings(facts: list[EntryFacts], data: st.DataObject) -> None:
    mixed = data.draw(st.permutations(facts))

    standings = stand_boards(PLAN, [board()], mixed)["b"]

    expected = rank(PLAN, facts)
    assert standings_bytes(
        msgspec.structs.replace(standings, input_hash=expected.input_hash)
    ) == standings_bytes(expected)
