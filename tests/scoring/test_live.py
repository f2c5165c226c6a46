"""Standings that follow marks are the standings of all facts, byte for byte."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring import EntryFacts, Imported, Mark, Plan, Quotient, RankPoints, Ref, Relative, Sum, Tie, rank
from scoring.ranking.live import LiveStandings
from scoring.ranking.standings import standings_bytes
from tests.scoring import strategies
from tests.scoring.builders import D, total_of, total_plan, totals
from tests.scoring.strategies import PLAN
from tests.scoring.test_ordering import known, plan_by

PLANS = {
    "plain": PLAN,
    "exact": msgspec.structs.replace(PLAN, rank_on="exact"),
    "dense": msgspec.structs.replace(PLAN, shared="1223"),
    "conditions": msgspec.structs.replace(
        PLAN,
        shared="1334",
        ties=(Tie(key="time", of="time", better="lower", up_to=2), Tie(key="theory", if_all_known=True), Tie(key="practical", of="countback")),
    ),
}  # fmt: skip


PLANS["field"] = msgspec.structs.replace(
    PLAN,
    root=Sum(
        key="sum",
        title="合计",
        parts=(
            RankPoints(key="speed", title="名次分", part=PLAN.root, points=(D(5), D(3)), shared="average"),
            Relative(
                key="share", title="相对分", part=Ref(key="again", title="总分", of="total"), within="unit"
            ),
        ),
    ),
    ties=(Tie(key="total"),),
)


@given(st.sampled_from(sorted(PLANS)), strategies.fields(), st.data())
def test_following_every_change_gives_the_bytes_of_ranking_anew(
    name: str, facts: list[EntryFacts], data: st.DataObject
) -> None:
    plan = PLANS[name]
    known_facts = {each.entry: each for each in facts}
    live = LiveStandings(plan, facts)

    for _ in range(data.draw(st.integers(1, 4))):
        entry = data.draw(st.sampled_from([*known_facts, "E9"]))
        if entry in known_facts and data.draw(st.integers(0, 4)) == 0:
            del known_facts[entry]
            live.remove(entry)
        else:
            known_facts[entry] = data.draw(strategies.entries(entry))
            live.update(known_facts[entry])

        assert standings_bytes(live.standings) == standings_bytes(rank(plan, known_facts.values()))
        if not known_facts:
            break


def test_rows_whose_place_did_not_change_are_kept_as_they_are() -> None:
    live = LiveStandings(total_plan(), totals("90", "80", "70", "60"))
    before = {row.entry: row for row in live.standings.rows}

    after = {row.entry: row for row in live.update(total_of("E3", "85")).rows}

    assert after["E1"] is before["E1"] and after["E2"] is not before["E2"]
    # E4 now stands behind another entry.
    assert after["E4"].against == "E2"


def test_refused_change_leaves_the_standings_as_they_were() -> None:
    live = LiveStandings(total_plan(), totals("90", "80"))
    before = live.standings

    for change in ([total_of("E3", "1"), total_of("E3", "2")], [total_of("E1", "1"), wrong_entry()]):
        with pytest.raises(ValueError, match=r"twice|not a mark"):
            live.update(*change)

    assert live.standings is before
    assert standings_bytes(live.update()) == standings_bytes(before)


def test_entry_that_is_not_there_cannot_be_removed() -> None:
    with pytest.raises(KeyError):
        LiveStandings(total_plan(), totals("90")).remove("E9")


def test_several_entries_may_change_at_once() -> None:
    live = LiveStandings(plan_by(), [])

    rows = live.update(known("a", "1"), known("b", "2")).rows

    assert [row.entry for row in rows] == ["b", "a"]
    assert live.remove("a", "b").rows == ()


def wrong_entry() -> EntryFacts:
    return EntryFacts(entry="E2", marks=(Mark("E2", "J1", "nothing", "not_attempted"),))


def shares_by_speed() -> Plan:
    """Points over the share of the fastest time: it can be had while nobody's time is 0."""
    time = Imported(key="time", title="用时", maximum=D(100))
    share = Relative(key="share", title="相对分", part=time, better="lower")
    points = Imported(key="points", title="得分", maximum=D(100))
    return Plan(
        code="p", version=1, title="方案", root=Quotient(key="total", title="总分", part=points, by=share)
    )


def timed(entry: str, time: str | None) -> EntryFacts:
    return EntryFacts(entry=entry, imported={"points": D(50)} | ({} if time is None else {"time": D(time)}))


@pytest.mark.parametrize("others", [("5", "0", "5"), ("0", "5", "0"), (None, "5", "0"), ("5", None, "5")])
def test_what_others_make_of_an_entry_is_forgotten_when_they_change(others: tuple[str | None, ...]) -> None:
    plan = shares_by_speed()
    live = LiveStandings(plan, [timed("A", "10"), timed("B", others[0])])

    for time in others:
        live.update(timed("B", time))

        assert standings_bytes(live.standings) == standings_bytes(rank(plan, [timed("A", "10"), timed("B", time)]))  # fmt: skip
