"""Generators of fields of entries, shared by every law of scoring."""

from decimal import Decimal

from hypothesis import strategies as st

from scoring import Entrant, EntryFacts, Mark, QuotaRule
from tests.scoring.builders import JUDGES, D, final_plan

PLAN = final_plan(criteria=2)
CRITERIA = ("A/01", "B/02")

half_points = st.integers(0, 20).map(lambda halves: Decimal(halves) / 2)
theory_marks = st.integers(0, 10).map(lambda tens: D(tens) * 10)
panels = st.lists(st.integers(0, 100).map(lambda tenths: Decimal(tenths) / 10), min_size=1, max_size=9)


@st.composite
def entries(draw: st.DrawFn, name: str) -> EntryFacts:
    """One entry, marked in full by three to five judges; coarse marks, so that ties are common."""
    judges = JUDGES[: draw(st.integers(3, 5))]
    return EntryFacts(
        entry=name,
        state=draw(st.sampled_from(["present"] * 8 + ["absent", "disqualified"])),
        hors_concours=draw(st.integers(0, 5)) == 0,
        panels={"practical": judges},
        imported={"theory": draw(theory_marks)},
        times={"time": D(draw(st.integers(0, 3)))},
        marks=tuple(
            Mark(name, judge, key, "scored", draw(half_points)) for judge in judges for key in CRITERIA
        ),
    )


@st.composite
def fields(draw: st.DrawFn, smallest: int = 1) -> list[EntryFacts]:
    """A field of entries E0, E1, …"""
    return [draw(entries(f"E{n}")) for n in range(draw(st.integers(smallest, 8)))]


@st.composite
def loose_fields(draw: st.DrawFn) -> list[EntryFacts]:
    """Entries of one imported total from 0 to 5: ties everywhere."""
    return [
        EntryFacts(
            entry=f"E{n}",
            hors_concours=draw(st.integers(0, 6)) == 0,
            state=draw(st.sampled_from(["present"] * 8 + ["late"])),
            imported={"total": D(draw(st.integers(0, 5)))},
        )
        for n in range(draw(st.integers(1, 12)))
    ]


@st.composite
def entrants(draw: st.DrawFn, facts: list[EntryFacts]) -> list[Entrant]:
    """What is known of each entry, sometimes nothing."""
    return [
        Entrant(
            entry=each.entry,
            delegation=draw(st.sampled_from(["唐山", "沧州", "邯郸", None])),
            may_advance=draw(st.sampled_from([True, True, True, False, None])),
            declined=draw(st.integers(0, 8)) == 0,
        )
        for each in facts
        if draw(st.integers(0, 9))
    ]


limits = st.none() | st.integers(1, 4)


@st.composite
def quotas(draw: st.DrawFn) -> QuotaRule:
    """Any mixture of limits."""
    places, per_delegation = draw(limits), draw(limits)
    threshold = draw(st.none() | st.integers(0, 5).map(D))
    if places is None and per_delegation is None and threshold is None:
        places = 2
    return QuotaRule(
        code="q",
        version=1,
        name="名额",
        places=places,
        per_delegation=per_delegation,
        minimum_total=threshold,
        tie=draw(st.sampled_from(["one_more", "none", "report"])),
        substitutes=draw(st.integers(0, 3)),
    )
