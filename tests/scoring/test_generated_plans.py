"""What holds for every plan that has no faults, whatever nodes it is made of."""

from decimal import Decimal

import msgspec
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from scoring import EntryFacts, Mark, Plan, evaluate, evaluate_all, rank
from scoring.decimals import exact_arithmetic
from scoring.evaluation.bounds import bounds, final_spans
from scoring.evaluation.compiled import compile_plan
from tests.scoring import plan_strategies as generated
from tests.scoring.builders import D

patient = settings(
    deadline=None, max_examples=60, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow, HealthCheck.data_too_large]
)  # fmt: skip
plans = generated.plans()
ALONE = generated.MONOTONE + generated.OTHERS


@patient
@given(st.data(), plans)
def test_plan_without_faults_is_evaluated_whatever_is_marked(data: st.DataObject, plan: Plan) -> None:
    field = [data.draw(generated.facts_for(plan, name)) for name in ("E1", "E2")]

    results = evaluate_all(plan, field)

    for facts, result in zip(field, results, strict=True):
        assert evaluate(plan, facts, field) == result
        assert result.expected - result.answered == len(result.missing) >= 0
        for node in result.nodes:
            assert (node.exact is None) == (node.value is None)
            assert node.value is None or (node.void is None and node.value.is_finite())
        assert (result.total, result.void) == (result.nodes[0].value, result.nodes[0].void)
        if not compile_plan(plan).fields:
            assert result.complete or result.missing
            # Whatever nobody waits for has a value, a reason for having none, or was not chosen.
            assert not result.complete or result.total is not None or result.void is not None
    rank(plan, field)


@patient
@given(st.data(), plans)
def test_order_and_replay_change_nothing(data: st.DataObject, plan: Plan) -> None:
    field = [data.draw(generated.facts_for(plan, name)) for name in ("E1", "E2")]
    mixed = [
        msgspec.structs.replace(each, marks=tuple(data.draw(st.permutations(each.marks)))) for each in field
    ]
    stored = msgspec.json.decode(msgspec.json.encode((plan, field)), type=tuple[Plan, list[EntryFacts]])

    results = evaluate_all(plan, field)

    assert evaluate_all(plan, reversed(mixed)) == tuple(reversed(results))
    assert msgspec.json.encode(evaluate_all(*stored)) == msgspec.json.encode(results)


@patient
@given(st.data(), plans)
def test_no_completion_leaves_the_bounds(data: st.DataObject, plan: Plan) -> None:
    facts = data.draw(
        generated.facts_for(plan, share=data.draw(st.integers(1, 3)), states=data.draw(st.booleans()))
    )
    found, exact, spans = bounds(plan, facts), bounds(plan, facts, exact=True), final_spans(plan, facts)

    completed = generated.complete(data.draw, plan, facts)
    note(msgspec.json.encode(plan).decode())
    others = [data.draw(generated.facts_for(plan, "E9", share=4))] if compile_plan(plan).fields else []
    result = evaluate(plan, completed, [completed, *others])

    for node in result.nodes:
        if not node.complete:
            continue
        if node.value is None:
            assert node.key not in spans or spans[node.key].void or node.void is None
            continue
        assert node.exact is not None
        for (low, high), value in ((found[node.key], node.value), (exact[node.key], node.exact)):
            assert low is None or low <= value, (node, low)
            assert high is None or value <= high, (node, high)


@patient
@given(
    st.data(),
    generated.plans(
        kinds=generated.MONOTONE, leaves=("judged", "measured", "imported", "constant"), plain=True
    ),
)
def test_better_mark_never_lowers_a_monotone_total(data: st.DataObject, plan: Plan) -> None:
    facts = data.draw(generated.facts_for(plan, share=4, states=False))
    if not facts.marks:
        return
    at = data.draw(st.integers(0, len(facts.marks) - 1))
    mark = facts.marks[at]
    better = Mark(mark.entry, mark.judge, mark.criterion, "scored", max(mark.value or D(0), D(9)))

    raised = msgspec.structs.replace(facts, marks=(*facts.marks[:at], better, *facts.marks[at + 1 :]))

    before, after = evaluate(plan, facts).exact, evaluate(plan, raised).exact
    assert before is None or (after is not None and after >= before)


@patient
@given(
    st.data(),
    generated.plans(
        kinds=("sum", "mean", "as_is", "minimum", "maximum", "median", "best", "drop_worst", "attempts"),
        leaves=("judged", "measured"),
        plain=True,
    ),
)
def test_total_scales_with_the_marks(data: st.DataObject, plan: Plan) -> None:
    facts = data.draw(generated.facts_for(plan, share=4, states=False))
    facts = msgspec.structs.replace(
        facts, params={}, marks=tuple(each for each in facts.marks if each.value is not None)
    )
    # Ten is a power of the base: nothing is rounded otherwise than before.
    tenfold = msgspec.structs.replace(
        facts,
        marks=tuple(
            msgspec.structs.replace(each, value=(each.value or Decimal(0)) * 10) for each in facts.marks
        ),
    )

    one, ten = evaluate(plan, facts).exact, evaluate(plan, tenfold).exact
    with exact_arithmetic():
        scaled = None if one is None else one * 10

    assert ten == scaled
