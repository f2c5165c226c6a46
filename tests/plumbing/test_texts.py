"""Texts of people: what is stored, and what is refused because nobody could see it."""

import pytest

from api.plumbing.problems import FieldError, Problem
from api.plumbing.texts import clean_text


@pytest.mark.parametrize(
    ("entered", "stored"),
    [
        ("  省级决赛 ", "省级决赛"),
        ("Cafe\u0301", "Café"),
        ("第3场 实操（上午）", "第3场 实操（上午）"),
        ("𠮷野\U0003134a", "𠮷野\U0003134a"),
    ],
)
def test_text_is_trimmed_and_composed(entered, stored):
    assert clean_text(entered, "/name", 40) == stored


@pytest.mark.parametrize(
    "entered",
    [
        "张\u200b三",
        "张\u200d三",
        "\ufeff张三",
        "张\u202e三",
        "张\u2066三",
        "张\x00三",
        "张\n三",
        "张\x7f三",
        "张\u0085三",
        "张\ue000三",
        "张\U000f0000三",
        "张\u0378三",
        "张\U0002fffe三",
        "张\ud800三",
        "张\u2028三",
        "\u3164",
        "张\ufe00三",
        "",
        "   ",
    ],
    ids=ascii,
)
def test_text_nobody_can_see_is_refused(entered):
    with pytest.raises(Problem) as raised:
        clean_text(entered, "/name", 40)

    assert raised.value.code == "invalid_fields"
    assert [(error.pointer, error.code) for error in raised.value.errors] == [("/name", "name_invalid")]


@pytest.mark.parametrize(("length", "kept"), [(15, True), (16, True), (17, False), (1_000_000, False)])
def test_text_has_at_most_so_many_characters(length, kept):
    errors: list[FieldError] = []

    stored = clean_text("赛" * length, "/short_name", 16, errors)

    assert (stored == "赛" * length, not errors) == (kept, kept)


def test_faults_are_collected_so_that_all_are_named_at_once():
    errors: list[FieldError] = []

    clean_text("\u200b", "/name", 40, errors)
    clean_text("好", "/name_en", 40, errors)
    clean_text("", "/reason", 40, errors)

    assert [error.pointer for error in errors] == ["/name", "/reason"]
