"""What may stand in a name, and the order of names in a list."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.people.names import NameFault, initials, read_name, sort_key


@pytest.fixture(autouse=True, scope="module")
def dictionaries() -> None:
    """Read with the first name; no generated example shall be the one that waits for it."""
    sort_key("长江")


@pytest.mark.parametrize(
    "name",
    [
        "李砚北",
        "单",
        "𠮷田",
        "䶮",
        "\U00030edd",
        "艾尼瓦尔·吐尔逊江",
        "Anna Lee",
        "Jean-Luc O'Neil Jr.",
        "José",
        "试赛 001",
        "李" * 30,
        "𠮷" * 30,
    ],
)
def test_a_sound_name_is_kept_as_it_is(name):
    assert read_name(name) == name


@pytest.mark.parametrize(
    ("given_text", "stored"),
    [
        ("  李娜　", "李娜"),
        ("Anna  \u00a0 Lee", "Anna Lee"),
        ("Jose\u0301", "José"),
        ("\uf9e1", "李"),
        ("米拉•阿不力克木", "米拉·阿不力克木"),
        ("米拉 ・ 阿不力克木", "米拉·阿不力克木"),
        ("O’Neil", "O'Neil"),
    ],
)
def test_one_name_typed_in_two_ways_is_stored_in_one(given_text, stored):
    assert read_name(given_text) == stored


@pytest.mark.parametrize(
    ("text", "code", "position"),
    [
        ("", "name_empty", None),
        ("   ", "name_empty", None),
        ("李" * 31, "name_too_long", None),
        ("李" * 1_000_000, "name_too_long", None),
        ("李\u200b娜", "name_invisible", 2),
        ("李\u200d娜", "name_invisible", 2),
        ("\ufeff李娜", "name_invisible", 1),
        ("李娜\u202e", "name_invisible", 3),
        ("李\u2066娜", "name_invisible", 2),
        ("李\u00ad娜", "name_invisible", 2),
        ("李娜\n", "name_invisible", 3),
        ("李\x00娜", "name_invisible", 2),
        ("李\u2028娜", "name_invisible", 2),
        ("李\ue000", "name_invisible", 2),
        ("李\ufe00", "name_invisible", 2),
        ("\u3164", "name_invisible", 1),
        ("李\ud800", "name_invisible", 2),
        ("12345", "name_without_letter", None),
        ("1 2", "name_without_letter", None),
        ("李娜<b>", "name_character", 3),
        ("李娜😀", "name_character", 3),
        ("李２", "name_character", 2),
        ("Иван", "name_character", 1),
        ("李a\u0327\u0327\u0327", "name_character", 3),
        ("·李娜", "name_character", 1),
        ("米拉·", "name_character", 3),
    ],
)
def test_refused_name_says_why_and_where(text, code, position):
    assert read_name(text) == NameFault(code, position)


@given(st.text(max_size=40))
def test_what_is_stored_is_normal_and_reading_it_again_changes_nothing(text):
    name = read_name(text)

    if isinstance(name, str):
        assert read_name(name) == name == unicodedata.normalize("NFC", name)
        assert 1 <= len(name) <= 30
        assert sort_key(name).isascii()
        assert initials(name).isascii()


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("单雄信", "sxx"),
        ("曾国", "zg"),
        ("仇英", "qy"),
        ("查慎行", "zsx"),
        ("解缙", "xj"),
        ("区大相", "odx"),
        ("朴树", "ps"),
        ("盖叫天", "gjt"),
        ("尉迟恭", "ycg"),
        ("尉缭", "wl"),
        ("万俟卨", "mqx"),
        ("万里", "wl"),
        ("长孙无忌", "zswj"),
        ("吕布", "lb"),
        ("𠮷田", "jt"),
        ("盖丽·买买提", "glmmt"),
        ("Anna Lee", "al"),
        ("Öner 李", "ol"),
    ],
)
def test_initials_follow_the_reading_of_surnames(name, letters):
    assert initials(name) == letters


def test_surname_table_decides_the_place_in_a_list():
    shan, dan = sort_key("单一"), sort_key("简单")

    assert shan.startswith("shan4")
    assert "dan1" in dan


def test_names_stand_by_syllable_then_tone_then_character():
    in_order = ["安然", "李娜", "李娜娜", "李四", "里四", "力四", "林一", "吕布", "曾巩", "张三"]

    assert sorted(set(in_order), key=sort_key) == in_order


def test_a_surname_is_not_torn_apart_by_its_homophones():
    names = ["李白", "理查", "李中", "里昂", "李昂"]

    ordered = sorted(names, key=sort_key)

    places = [place for place, name in enumerate(ordered) if name.startswith("李")]
    assert places == list(range(places[0], places[0] + 3))


def test_unread_characters_come_last_and_stay_in_order():
    assert sorted(["\U0003a001一", "张三", "\U0003a000一"], key=sort_key) == [
        "张三",
        "\U0003a000一",
        "\U0003a001一",
    ]


def test_key_of_a_latin_name_ignores_case_and_marks():
    assert sort_key("ÉMILE Łuk") == "emile luk"
