"""Every row can say in a sentence why it stands where it stands, and the sentence agrees with the row."""

import re

import msgspec
import pytest
from hypothesis import given

from scoring import EntryFacts, EntryState, Tie, rank
from scoring.ranking.explaining import explain, explanations, shown
from tests.scoring import strategies
from tests.scoring.builders import D
from tests.scoring.strategies import PLAN
from tests.scoring.test_ordering import known, plan_by


def reasons(plan_ties: tuple[Tie, ...], *facts: EntryFacts) -> list[tuple[str, str, str]]:
    plan = plan_by(*plan_ties)
    return [(each.code, each.zh, each.en) for each in explanations(rank(plan, facts), plan)]


def test_sentence_names_the_neighbour_the_criterion_and_both_values() -> None:
    ties = (Tie(key="A"), Tie(key="clock", of="time", better="lower"))

    assert reasons(ties, known("x", "9", "1"), known("y", "8", "2"), known("z", "8", "2", times={"clock": D(7)})) == [
        ("first", "第 1 名，排在最前。", "Rank 1: nobody stands ahead."),
        (
            "decided",
            "第 2 名，排在 x（第 1 名）之后：“总分”同为 10；“A”为 8，对方为 9，大者在前。",
            "Rank 2, behind x (rank 1): 总分 is 10 for both; A is 8 against 9, and the higher goes first.",
        ),
        (
            "decided",
            "第 3 名，排在 z（第 2 名）之后：“总分”同为 10；“A”同为 8；用时“clock”为 （无记录），对方为 7，无记录者在后。",
            "Rank 3, behind z (rank 2): 总分 is 10 for both; A is 8 for both; the time “clock” is not known against 7, and what is not known goes last.",
        ),
    ]  # fmt: skip


def test_shared_rank_is_explained_by_the_row_above() -> None:
    _, (code, zh, en) = reasons((), known("a", "9"), known("b", "9"))

    assert code == "equal"
    assert zh == "与 a 并列第 1 名：适用的排名依据全部相同。"
    assert en == "Rank 1, shared with a: every criterion that applies is equal."


def test_criterion_that_a_condition_left_out_is_named_as_left_out() -> None:
    ties = (Tie(key="clock", of="time", better="lower", if_all_known=True), Tie(key="lot", of="lot"))

    *_, (_, zh, en) = reasons(ties, known("a", lot=1), known("b", lot=2, times={"clock": D(5)}))

    assert zh.endswith("用时“clock”按规则不适用；抽签号为 2，对方为 1，小者在前。")
    assert "the time “clock” does not apply here; the lot is 2 against 1, and the lower goes first." in en


def test_unknown_value_goes_first_where_the_plan_says_so() -> None:
    *_, (_, zh, en) = reasons(
        (Tie(key="born", of="column", unknown="first"),), known("a", columns={"born": "甲"}), known("b")
    )

    assert zh.endswith("登记的“born”为 甲，对方为 （无记录），无记录者在前。")
    assert en.endswith("the recorded “born” is 甲 against not known, and what is not known goes first.")


def test_values_that_neither_has_are_left_out_of_the_sentence() -> None:
    ties = (Tie(key="clock", of="time"), Tie(key="total", of="countback"))

    *_, (_, zh, _) = reasons(ties, known("a", "5", "5"), known("b", "6", "4"))

    assert (
        zh
        == "第 2 名，排在 b（第 1 名）之后：“总分”同为 10；“总分”各部分从优到劣为 5, 5，对方为 6, 4，大者在前。"
    )


@pytest.mark.parametrize(
    ("state", "zh", "en"),
    [
        ("present", "没有名次：尚无成绩。", "No rank: there is no total yet."),
        ("absent", "没有名次：缺考。", "No rank: the entry was absent."),
        ("did_not_finish", "没有名次：未完成。", "No rank: the entry did not finish."),
    ],
)
def test_entry_without_rank_says_why(state: EntryState, zh: str, en: str) -> None:
    assert reasons((), EntryFacts(entry="x", state=state)) == [("not_ranked", zh, en)]


def test_two_criteria_with_one_key_are_told_apart_by_their_values() -> None:
    plan = plan_by(Tie(key="A"), Tie(key="A", of="time", better="lower"))
    facts = [known("a", "9", times={"A": D(2)}), known("b", "9", times={"A": D(1)})]

    standings = rank(plan, facts)

    assert standings.rows[1].decided_by == "A"
    assert "用时“A”为 2，对方为 1" in explain(standings, standings.rows[1], plan).zh


@given(strategies.fields())
def test_explanations_agree_with_the_rows(facts: list[EntryFacts]) -> None:
    standings = rank(PLAN, facts)

    for row, reason in zip(standings.rows, explanations(standings, PLAN), strict=True):
        assert reason == explain(standings, row, PLAN)
        assert reason.code == ("not_ranked" if row.rank is None else "decided" if row.decided_by else "equal" if row.shared and row is not standings.rows[0] else "first")  # fmt: skip
        assert re.fullmatch(r".+。", reason.zh) and re.fullmatch(r".+\.", reason.en)
        if row.decided_by is not None:
            at = standings.order.index(row.decided_by)
            above = next(each for each in standings.rows if each.entry == row.against)
            assert f"为 {shown(standings, row, at)}，对方为 {shown(standings, above, at)}" in reason.zh


def test_explanation_of_a_board_follows_its_own_order() -> None:
    plan = plan_by(Tie(key="A"))
    other = msgspec.structs.replace(plan, ties=(Tie(key="B"), Tie(key="total")))
    standings = rank(other, [known("a", "1", "2"), known("b", "5", "1")])

    assert "“B”为 1，对方为 2" in explain(standings, standings.rows[1], plan, other.ties).zh
