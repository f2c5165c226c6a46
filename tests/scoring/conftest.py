"""Rules are tried, not timed: a busy machine must not fail one."""

import os
import sys

import pytest
from hypothesis import settings

settings.register_profile("rules", deadline=None)
settings.load_profile("rules")

if "MUTANT_UNDER_TEST" in os.environ:  # docs/testing.md: one of many small changes to scoring is tried
    # The same examples each time, and few of them: every change runs all the tests that reach it.
    settings.register_profile("mutants", deadline=None, max_examples=12, database=None, derandomize=True)
    settings.load_profile("mutants")

    @pytest.fixture(autouse=True)
    def cold_caches() -> None:
        """A changed rule must not be answered from what the unchanged one left behind: all are tried in forks of one process."""
        for name, module in list(sys.modules.items()):
            if name.startswith("scoring"):
                for value in list(vars(module).values()):
                    if callable(clear := getattr(value, "cache_clear", None)):
                        clear()
