"""The sample by rule: all at the top, at least so much of the rest, and exactly when errors are too many."""

from decimal import Decimal

import pytest

from api.contests.rules import RecheckRule, SpreadRule
from api.control.sampling import drawn_entries, share, too_many, top_entries
from scoring import StandingRow


def rows(*ranks: int | None) -> list[StandingRow]:
    return [
        StandingRow(
            entry=f"e{place}", state="present", hors_concours=False, rank=rank, award_rank=rank, shared=False, total=None,
            values={}, compared=(), decided_by=None, against=None, complete=True, answered=0, expected=0,
        )
        for place, rank in enumerate(ranks, 1)
    ]  # fmt: skip


@pytest.mark.parametrize(("percent", "of", "taken"), [("15", 20, 3), ("15", 21, 4), ("15", 1, 1), ("15", 0, 0), ("0", 9, 0), ("100", 7, 7)])  # fmt: skip
def test_a_share_is_rounded_up_so_that_it_is_at_least_the_share(percent, of, taken):
    assert share(Decimal(percent), of) == taken


def test_all_of_the_top_are_checked_with_everybody_who_shares_its_last_rank():
    assert top_entries(RecheckRule(top=2), rows(1, 2, 2, 4, None)) == ["e1", "e2", "e3"]


def test_of_number_and_share_the_larger_counts():
    assert top_entries(RecheckRule(top=1, top_percent=Decimal(50)), rows(1, 2, 3, 4)) == ["e1", "e2"]


def test_whoever_has_seed_and_list_draws_the_same_again_in_whatever_order_the_list_is():
    rest = [f"e{number}" for number in range(40)]

    drawn = drawn_entries(RecheckRule(), b"seed", rest)

    assert len(drawn) == 6
    assert drawn_entries(RecheckRule(), b"seed", rest[::-1]) == drawn
    assert drawn_entries(RecheckRule(), b"other", rest) != drawn


@pytest.mark.parametrize(("errors", "of", "many"), [(1, 20, False), (1, 19, True), (2, 40, False), (3, 40, True), (0, 0, False)])  # fmt: skip
def test_errors_are_too_many_above_the_limit_and_not_at_it(errors, of, many):
    assert too_many(errors, of, Decimal(5)) is many


@pytest.mark.parametrize("values", [{"rest_percent": Decimal(101)}, {"errors_percent": Decimal(-1)}])
def test_a_part_of_more_than_the_whole_is_no_rule(values):
    with pytest.raises(ValueError, match="between"):
        RecheckRule(**values)
    with pytest.raises(ValueError, match="between"):
        SpreadRule(criterion=Decimal(-1))
