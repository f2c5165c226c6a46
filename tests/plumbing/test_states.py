"""State machines: the same table in Python and in the database, and a refusal that says what is possible."""

import asyncpg
import pytest

from api.plumbing.problems import Problem
from api.plumbing.states import MACHINES, STATE_NAMES, require_transition


async def test_database_and_program_hold_the_same_machines(world):
    rows = await world.fetch("SELECT machine, from_state, to_state FROM allowed_transition")

    held = {(row["machine"], row["from_state"], row["to_state"]) for row in rows}
    assert held == {
        (machine, state, to)
        for machine, states in MACHINES.items()
        for state, allowed in states.items()
        for to in allowed
    }


def test_every_state_has_a_name_in_both_languages():
    for machine, states in MACHINES.items():
        assert STATE_NAMES[machine].keys() == states.keys()
        assert all(zh and en for zh, en in STATE_NAMES[machine].values())


@pytest.mark.parametrize(
    ("machine", "state", "to"),
    [
        (machine, state, to)
        for machine, states in MACHINES.items()
        for state in states
        for to in states
        if to not in states[state]
    ],
)
def test_forbidden_transition_says_why(machine, state, to):
    with pytest.raises(Problem) as refused:
        require_transition(machine, state, to)

    body = refused.value.body()
    assert body.code == "forbidden_transition"
    assert STATE_NAMES[machine][state][0] in body.detail
    assert STATE_NAMES[machine][state][1] in body.detail_en


async def test_database_refuses_a_transition_behind_the_program(world):
    contest = await world.contest(state="draft")

    with pytest.raises(asyncpg.CheckViolationError) as refused:
        await world.execute("UPDATE contest SET state = 'archived' WHERE id = $1", contest.contest)

    assert refused.value.constraint_name == "contest_transition"
