"""Rules are tried, not timed: a busy machine must not fail one."""

import os
import sys
from functools import cache
from typing import Any

import pytest
from hypothesis import Phase, settings

settings.register_profile("rules", deadline=None)
settings.load_profile("rules")

if "MUTANT_UNDER_TEST" in os.environ:  # docs/testing.md: one of many small changes to scoring is tried
    # The same examples each time, few of them, and none made smaller: every change runs all the tests that reach it.
    settings.register_profile(
        "mutants",
        deadline=None,
        max_examples=12,
        database=None,
        derandomize=True,
        phases=(Phase.explicit, Phase.generate),
    )
    settings.load_profile("mutants")

    @cache
    def cached_functions() -> list[Any]:
        """All that scoring remembers, once every test module has been imported."""
        modules = [module for name, module in sys.modules.items() if name.startswith("scoring")]
        return [
            value for module in modules for value in vars(module).values() if hasattr(value, "cache_clear")
        ]

    @pytest.fixture(autouse=True)
    def cold_caches() -> None:
        """A changed rule must not be answered from what the unchanged one left behind: all are tried in forks of one process."""
        for function in cached_functions():
            function.cache_clear()
