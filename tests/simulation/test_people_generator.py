"""Fictional workers: recognisable, sound, all different, and the same for the same seed."""

from collections import Counter
from datetime import date
from decimal import Decimal
from itertools import islice
from statistics import mean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.organisations.region_data import regions_on
from api.people.documents import IdNumber, read_id_number
from api.people.names import read_name
from api.simulation.people import (
    FICTION_MARKS,
    MOST_WORKERS,
    SURNAMES,
    employers_of,
    judge_mark,
    practical_time_ms,
    theory_mark,
    workers,
)
from api.simulation.season_file import load_season
from scoring.evaluation.marks import check_imported, check_mark
from scoring.plans.plan import criteria

DAY = date(2021, 9, 23)
SAMPLE = list(workers(7, 0, 5_000, on=DAY, employers=40))
SEASON = load_season()
PLANS = [SEASON.assessment_plan(trade) for trade in SEASON.papers.trades]


def age(born, day):
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def test_every_name_is_marked_as_fiction_and_may_be_stored():
    for worker in SAMPLE:
        surname = next(
            each for each in sorted(SURNAMES, key=len, reverse=True) if worker.name.startswith(each)
        )
        assert worker.name[len(surname)] in FICTION_MARKS
        assert read_name(worker.name) == worker.name


def test_every_id_number_is_sound_in_the_demo_and_refused_outside():
    for worker in SAMPLE:
        found = read_id_number(worker.id_number, today=DAY, demo=True)
        assert isinstance(found, IdNumber)
        assert (found.born, found.sex, found.fictional) == (worker.born, worker.sex, True)
        assert not isinstance(read_id_number(worker.id_number, today=DAY), IdNumber)


def test_id_numbers_are_told_apart_by_the_number_of_the_person_alone():
    sample = [
        *SAMPLE,
        *workers(8, 5_000, 5_000, on=DAY, employers=1),
        *workers(7, 995_000, 5_000, on=DAY, employers=9),
    ]

    parts = {(worker.id_number[2:6], int(worker.id_number[14:17]) // 2) for worker in sample}
    assert len(parts) == len(sample)


@pytest.mark.parametrize("day", [DAY, date(2024, 2, 29), date(2023, 3, 1), date(2021, 12, 31)])
def test_everyone_is_18_to_59_on_the_day(day):
    ages = [age(worker.born, day) for worker in workers(1, 0, 20_000, on=day, employers=1)]

    assert min(ages) == 18
    assert max(ages) == 59


def test_the_same_seed_gives_the_same_people_piece_by_piece():
    again = [*workers(7, 0, 100, on=DAY, employers=40), *workers(7, 100, 400, on=DAY, employers=40)]

    assert again == SAMPLE[:500]
    assert list(workers(8, 0, 500, on=DAY, employers=40)) != again


def test_people_are_made_one_at_a_time():
    endless = workers(7, 0, MOST_WORKERS, on=DAY, employers=1)

    assert [worker.number for worker in islice(endless, 3)] == [0, 1, 2]


@pytest.mark.parametrize(("first", "count", "employers"), [(-1, 5, 1), (MOST_WORKERS, 1, 1), (0, 5, 0)])
def test_people_who_could_not_be_told_apart_are_refused(first, count, employers):
    with pytest.raises(ValueError, match="told apart"):
        next(workers(7, first, count, on=DAY, employers=employers))


def test_the_crowd_is_mixed():
    levels = Counter(worker.skill_level for worker in SAMPLE)

    assert set(levels) == set(range(8))
    assert levels.most_common(1)[0][0] == 3
    assert 0.65 < mean(worker.sex == "M" for worker in SAMPLE) < 0.75
    assert {worker.employer for worker in SAMPLE} == set(range(40))
    assert {worker.front_line for worker in SAMPLE} == {True, False}
    assert len({worker.name for worker in SAMPLE}) > 3_000
    assert any(ord(character) > 0xFFFF for worker in SAMPLE for character in worker.name)


def test_employers_of_hebei_fit_their_short_name():
    for region in regions_on(DAY).values():
        if region.code.startswith("13"):
            firms = employers_of(region.name_zh, region.name_en, 30)
            assert len({firm.name_zh for firm in firms}) == 30
            assert max(len(firm.short_name) for firm in firms) <= 16


@pytest.mark.parametrize("plan", PLANS, ids=lambda plan: plan.code)
def test_every_mark_is_one_that_a_judge_may_enter(plan):
    for worker in SAMPLE[:60]:
        for judge in range(5):
            for line in criteria(plan):
                value = judge_mark(7, worker.number, judge, line, worker.ability)
                assert check_mark(plan, line.key, "scored", value) is None


@given(st.integers(), st.integers(0, MOST_WORKERS), st.integers(0, 9), st.integers(0, 1000))
def test_no_ability_leads_out_of_the_range(seed, worker, judge, ability):
    for line in criteria(PLANS[0]):
        value = judge_mark(seed, worker, judge, line, ability)
        assert isinstance(value, Decimal)
        assert check_mark(PLANS[0], line.key, "scored", value) is None
    assert check_imported(PLANS[0], "theory", theory_mark(seed, worker, ability)) is None
    assert practical_time_ms(seed, worker, ability) > 0


def test_the_able_do_better_and_judges_differ_a_little():
    lines = criteria(PLANS[0])
    drop = next(line for line in lines if line.kind == "deduction")

    def total(ability):
        return mean(judge_mark(7, worker, 0, drop, ability) for worker in range(200))

    assert total(900) > total(600) > total(300)
    assert mean(theory_mark(7, worker, 900) for worker in range(200)) > 80
    spreads = []
    for worker in range(200):
        marks = [judge_mark(7, worker, judge, drop, 700) for judge in range(5)]
        spreads.append(max(marks) - min(marks))
    assert 0 < mean(spreads) <= drop.maximum / 10


def test_a_piece_passes_or_fails_for_all_judges_alike():
    line = next(line for line in criteria(PLANS[0]) if line.kind == "pass_fail")

    for worker in range(100):
        assert len({judge_mark(7, worker, judge, line, 600) for judge in range(5)}) == 1


def test_marks_repeat_for_the_same_seed():
    line = criteria(PLANS[0])[0]

    assert judge_mark(7, 3, 1, line, 700) == judge_mark(7, 3, 1, line, 700)
    assert {theory_mark(seed, 3, 700) for seed in range(20)} != {theory_mark(7, 3, 700)}
