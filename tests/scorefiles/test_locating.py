"""Every value of a document is found again; what nests too deeply is refused before a parser sees it."""

import json
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontend.scorefiles.locating import MOST_DEPTH, TooDeepError, locate

TOML = '''# 注释 [not.a.table]
title = "a = [1"  # = {
text = """
[x]
key = 1
"""
[root]
key = "total"
"quoted key" = 1
panel = { size = 5, each = { size = 3 } }
list = [
  { node = "a", weight = 0.5 }, # one
  { node = "b" },
]
[[root.parts]]
weight = 1
[root.parts.node]
key = 'literal # ['
[[root.parts]]
weight = 2
[[root.parts.more]]
x = 1
a.b = 3
'''


@pytest.mark.parametrize(
    ("path", "place"),
    [
        (("title",), (2, 1)),
        (("root",), (7, 1)),
        (("root", "key"), (8, 1)),
        (("root", "quoted key"), (9, 1)),
        (("root", "panel"), (10, 1)),
        (("root", "panel", "size"), (10, 11)),
        (("root", "panel", "each", "size"), (10, 30)),
        (("root", "list", 1, "node"), (13, 5)),
        (("root", "list", 0, "weight"), (12, 17)),
        (("root", "parts", 0, "node", "key"), (18, 1)),
        (("root", "parts", 1, "weight"), (20, 1)),
        (("root", "parts", 1, "more", 0, "x"), (22, 1)),
        (("root", "parts", 1, "more", 0, "a", "b"), (23, 1)),
        (("root", "parts", 1, "nothing", "here"), (19, 1)),
    ],
)
def test_value_of_toml_is_found(path, place):
    assert tomllib.loads(TOML)

    assert locate(TOML, toml=True).of(path) == place


def test_value_of_json_is_found():
    text = '{\n "a": [1, {"b": "}"}],\n "c": {"d": null}\n}'

    places = locate(text, toml=False)

    assert [places.of(path) for path in ((), ("a",), ("a", 1, "b"), ("c", "d"))] == [
        (1, 1),
        (2, 2),
        (2, 12),
        (3, 8),
    ]


def paths(value, at=()):
    yield at
    if isinstance(value, dict):
        for key, each in value.items():
            yield from paths(each, (*at, key))
    elif isinstance(value, list):
        for number, each in enumerate(value):
            yield from paths(each, (*at, number))


KEYS = st.text(st.characters(exclude_characters='"\\', exclude_categories=["Cc", "Cs"]), max_size=5)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=12,
)


@given(st.dictionaries(KEYS, VALUES, max_size=4), st.sampled_from([None, 1]))
def test_every_value_of_any_json_has_a_place_of_its_own(document, indent):
    text = json.dumps(document, ensure_ascii=False, indent=indent)

    places = locate(text, toml=False)

    found = [places.of(path) for path in paths(document)]
    assert len(set(found)) == len(found)


@pytest.mark.parametrize(
    ("text", "toml"),
    [
        ("x = " + "[" * 100_000, True),
        ("x" + ".x" * 100_000 + " = 1", True),
        ("[" + "x." * 100_000 + "x]", True),
        ("x = " + "{a=" * 100_000, True),
        ("[" * 1_000_000, False),
        ('{"a":' * 1_000_000, False),
    ],
)
def test_hostile_depth_is_refused(text, toml):
    with pytest.raises(TooDeepError):
        locate(text, toml=toml)


def test_depth_of_a_real_plan_is_let_through():
    text = '{"part":' * (MOST_DEPTH - 2) + "1" + "}" * (MOST_DEPTH - 2)

    assert locate(text, toml=False).of(("part",)) == (1, 2)


def test_every_golden_plan_has_a_place_for_every_value():
    for file in Path(__file__).parents[1].glob("golden/*/plan.toml"):
        text = file.read_text("utf-8")
        places = locate(text, toml=True)
        assert all(
            path in places._offsets or not path for path in paths(tomllib.loads(text)) if path[-1:] != ()
        ), file
