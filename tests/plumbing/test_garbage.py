"""What is loaded is left alone by the collector, and a look at everything is rare."""

import gc

import pytest

from api.plumbing import garbage


@pytest.fixture
def own_figures():
    before = gc.get_threshold()
    yield before
    gc.set_threshold(*before)
    gc.unfreeze()


def test_what_is_loaded_is_never_looked_through_again(own_figures):
    garbage.settle()

    assert gc.get_freeze_count() > 10_000


def test_a_look_at_everything_is_a_hundred_times_rarer_than_pythons_own(own_figures):
    garbage.settle()

    young, middle, old = gc.get_threshold()
    assert young * middle * old >= 100 * own_figures[0] * own_figures[1] * own_figures[2]
