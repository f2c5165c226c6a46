"""Rules are tried, not timed: a busy machine must not fail one."""

from hypothesis import settings

settings.register_profile("rules", deadline=None)
settings.load_profile("rules")
