"""The refusal of a change that comes too late for the state of its contest."""

from api.plumbing.problems import Problem
from api.plumbing.states import STATE_NAMES


def settled(state: str) -> Problem:
    """contest_settled, with the state in both languages."""
    zh, en = STATE_NAMES["contest"][state]
    return Problem("contest_settled", state_zh=zh, state_en=en)
