"""Cells to numbers, times, states and columns."""

from decimal import Decimal

import pytest

from frontend.scorefiles.values import birth_date, number, seconds, yes_or_no
from frontend.scorefiles.words import column_named, state_named


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("9.85", "9.85"), ("-3", "-3"), ("+.5", "0.5"), ("5.", "5"), ("９．５", "9.5"), ("−2", "-2"), ("1e2", "100"),
        ("0.1000000000000000055", "0.1000000000000000055"),
        ("", None), ("1,5", None), ("5x", None), ("1e999", None), ("nan", None), ("90%", None), ("1 000", None), ("1_0", None),
    ],
)  # fmt: skip
def test_number(text, value):
    assert number(text) == (None if value is None else Decimal(value))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("62.5", "62.5"), ("1:02.50", "62.50"), ("1:01:02.5", "3662.5"), ("0:59", "59"), ("90:00", "5400"), ("1'02\"50", "62.50"),
        ("1′02″5", "62.5"), ("１：０２．５", "62.5"), ("10\"30", "10.30"),
        ("1:60", None), ("1:75:00", None), ("1:2:3:4", None), ("1::2", None), ("DNF", None), ("", None),
    ],
)  # fmt: skip
def test_time(text, value):
    assert seconds(text) == (None if value is None else Decimal(value))


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("1990-05-01", "1990-05-01"), ("1990/5/1", "1990-05-01"), ("1990年10月2日", "1990-10-02"), ("１９９０．５．１", "1990-05-01"),
        ("19900501", "1990-05-01"), ("1990", "1990"), ("1990-05", "1990-05"), ("1990-13-01", None), ("5/1/1990", None), ("90-5-1", None),
    ],
)  # fmt: skip
def test_date_of_birth(text, day):
    assert birth_date(text) == day


def test_yes_and_no():
    assert [yes_or_no(word) for word in ("是", "Yes", "0", "否", "maybe", "")] == [
        True,
        True,
        False,
        False,
        None,
        None,
    ]


@pytest.mark.parametrize(
    ("word", "state"),
    [("DNF", "did_not_finish"), ("缺考", "absent"), ("弃权", "withdrew"), ("取消资格", "disqualified"), ("Did not finish", "did_not_finish"),
     ("did_not_start", "did_not_start"), ("轮空", "passed"), ("回避", "recused"), ("drunk", None), ("", None)],
)  # fmt: skip
def test_state_words(word, state):
    assert state_named(word) == state


@pytest.mark.parametrize(
    ("heading", "column"),
    [
        ("Entry", "entry"),
        (" 参赛号 ", "entry"),
        ("Body weight", "body_weight"),
        ("hors-concours", "hors_concours"),
        ("厂龄", "厂龄"),
    ],
)
def test_headings(heading, column):
    assert column_named(heading) == column
