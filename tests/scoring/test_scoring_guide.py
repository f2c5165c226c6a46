"""The one-page guide in `scoring/__init__.py` runs as it stands, and its list of names is complete."""

import doctest

import scoring


def test_guide_runs_as_written() -> None:
    result = doctest.testmod(scoring)

    assert result.attempted > 10
    assert result.failed == 0


def test_public_names_exist_and_are_sorted() -> None:
    assert sorted(scoring.__all__) == sorted(set(scoring.__all__))
    assert [name for name in scoring.__all__ if not hasattr(scoring, name)] == []
