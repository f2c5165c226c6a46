"""One number has one text and one rounding, whatever the caller's thread has set."""

from decimal import Context, localcontext

import pytest

from scoring.decimals import is_exact, is_usable, plain, round_to
from tests.scoring.builders import D


@pytest.mark.parametrize(
    ("number", "text"),
    [
        ("9.00", "9"),
        ("-0.0", "0"),
        ("1E+3", "1000"),
        ("123456789012345678901234567890", "123456789012345678901234567890"),
        ("0.10", "0.1"),
        ("100", "100"),
    ],
)
def test_one_number_has_one_text(number: str, text: str) -> None:
    with localcontext(Context(prec=3)):
        assert str(plain(D(number))) == text


@pytest.mark.parametrize(
    ("value", "step", "rounded"),
    [
        ("123456.785", None, "123456.79"),
        ("123456.785", "0.05", "123456.80"),
        ("123456.77", "0.05", "123456.75"),
        ("-0.001", None, "0.00"),
    ],
)
def test_rounding_is_the_plan_s_own_whatever_a_thread_has_set(
    value: str, step: str | None, rounded: str
) -> None:
    with localcontext(Context(prec=3)):
        assert str(round_to(D(value), 2, "half_up", None if step is None else D(step))) == rounded


@pytest.mark.parametrize(
    ("number", "usable"),
    [
        ("0.000000000001", True),
        ("0.0000000000001", False),
        ("999999999999", True),
        ("1000000000000", False),
        ("NaN", False),
    ],
)
def test_plans_name_numbers_below_ten_to_the_twelfth_with_at_most_twelve_decimals(
    number: str, usable: bool
) -> None:
    assert is_usable(D(number)) is usable


def test_forty_digits_are_held_and_no_more() -> None:
    assert (is_exact(D("1" * 40)), is_exact(D("1" * 41)), is_exact(D("Infinity"))) == (True, False, False)
