"""The draw as a function: whoever has seed and list can replay it."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.judging.drawing import ALGORITHM, Place, drawn, result_hash

PLACES = [Place("ses_A", 1), Place("ses_A", 2), Place("ses_B", 1)]


def test_known_seed_gives_a_known_result():
    result = drawn(bytes(32), ["ent_1", "ent_2", "ent_3"], PLACES)

    assert [entry for _, entry in result] == ["ent_1", "ent_3", "ent_2"]
    assert result_hash(ALGORITHM, bytes(32), result).hex().startswith("683e381907b7")


@given(st.binary(min_size=32, max_size=32), st.permutations(["ent_1", "ent_2", "ent_3"]))
def test_order_of_the_list_changes_nothing(seed, entries):
    assert drawn(seed, entries, PLACES) == drawn(seed, sorted(entries), PLACES)


@given(st.binary(min_size=32, max_size=32))
def test_everybody_gets_one_place_and_places_left_over_stay_empty(seed):
    result = drawn(seed, ["ent_1", "ent_2"], PLACES)

    assert sorted(entry for _, entry in result) == ["ent_1", "ent_2"]
    assert [place for place, _ in result] == PLACES[:2]


def test_every_place_is_as_likely_as_any_other():
    first = Counter(
        drawn(number.to_bytes(32), ["ent_1", "ent_2", "ent_3"], PLACES)[0][1] for number in range(3000)
    )

    assert all(900 < count < 1100 for count in first.values())


def test_more_entries_than_places_is_refused():
    with pytest.raises(ValueError, match="4 entries, 3 places"):
        drawn(bytes(32), ["ent_1", "ent_2", "ent_3", "ent_4"], PLACES)
