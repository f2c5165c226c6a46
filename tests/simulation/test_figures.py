"""The season of 2021: published figures are met exactly, and every smaller season adds up too."""

from collections import Counter
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.simulation.practical import DATA, load_papers
from api.simulation.scaling import LARGEST, scale, share
from api.simulation.season_file import load_season, read_season
from scoring.plans.checks import check_plan
from scoring.plans.plan import criteria, full_mark

SEASON = load_season()
FULL = scale(SEASON, LARGEST)
SOURCE = (DATA / "hebei-2021.toml").read_text(encoding="utf-8")


def test_published_figures_of_2021_are_met_at_full_scale():
    assert len(FULL.city) == 247
    assert len(FULL.base) == 1412
    assert len(FULL.trades) == 12
    assert len(FULL.teams) == 153
    assert FULL.people == 715
    assert FULL.contestants == 409


def test_the_14_of_the_season_are_11_cities_dingzhou_xinji_and_xiongan():
    names = [each.short for each in SEASON.regions]

    assert len(names) == 14
    assert names[-3:] == ["定州", "辛集", "雄安"]
    assert len(SEASON.delegations) == 20


def test_every_county_of_hebei_sends_with_exactly_one_delegation():
    counties = [row.code for each in SEASON.regions for row in SEASON.counties_of(each)]

    assert len(counties) == len(set(counties)) == 167
    assert [row.name_zh for row in SEASON.counties_of(SEASON.regions[-1])] == ["容城县", "安新县", "雄县"]


def test_city_contests_follow_the_number_of_counties():
    held = Counter(contest.delegation for contest in FULL.city)

    assert held == {
        "shijiazhuang": 31,
        "baoding": 30,
        "handan": 27,
        "xingtai": 27,
        "zhangjiakou": 24,
        "cangzhou": 24,
        "tangshan": 21,
        "chengde": 16,
        "hengshui": 16,
        "langfang": 15,
        "qinhuangdao": 10,
        "xiongan": 4,
        "dingzhou": 1,
        "xinji": 1,
    }


def test_each_county_holds_eight_or_nine_contests_at_full_scale():
    held = Counter(contest.region for contest in FULL.base)

    assert len(held) == 167
    assert set(held.values()) == {8, 9}
    assert Counter(contest.host for contest in FULL.base)["enterprise"] > 0


def test_teams_of_the_final_have_three_contestants_and_fifty_have_two():
    assert Counter(team.contestants for team in FULL.teams) == {3: 103, 2: 50}
    assert {team.officials for team in FULL.teams} == {2}


@settings(max_examples=60, deadline=None)
@given(st.integers(200, LARGEST))
def test_a_season_of_any_size_adds_up(workers):
    plan = scale(SEASON, workers)

    fields = [(each.first_worker, each.workers) for each in plan.base]
    fields += [(team.first_worker, team.contestants) for team in plan.teams if team.first_worker is not None]
    following = 0
    for first, size in fields:
        assert first == following
        following += size
    assert following == workers
    assert min(each.workers for each in plan.base) >= 10
    assert {each.feeds for each in plan.base} == {each.slug for each in plan.city}
    assert {team.city_contest for team in plan.teams} - {None} <= {each.slug for each in plan.city}
    assert {each.delegation for each in plan.city} == {each.code for each in SEASON.regions}
    assert len({each.slug for each in (*plan.city, *plan.base)}) == len(plan.city) + len(plan.base)


@pytest.mark.parametrize("workers", [199, LARGEST + 1])
def test_a_season_outside_its_range_is_refused(workers):
    with pytest.raises(ValueError, match="200 to 1,000,000"):
        scale(SEASON, workers)


def test_the_same_size_gives_the_same_season():
    assert scale(SEASON, 10_000) == scale(SEASON, 10_000)


def test_ten_thousand_workers_fill_all_12_trades():
    assert len(scale(SEASON, 10_000).trades) == 12


def test_the_smallest_season_is_four_trades_that_share_the_14_delegations():
    plan = scale(SEASON, 200)

    assert [trade.name_zh for trade in plan.trades] == ["钳工", "车工", "铣工", "焊工"]
    regions = Counter(team.trade for team in plan.teams if team.city_contest)
    assert sorted(regions.values()) == [3, 3, 4, 4]


@pytest.mark.parametrize(
    ("total", "weights", "minimum", "parts"),
    [
        (10, [1, 1, 1], [0, 0, 0], [4, 3, 3]),
        (10, [5, 3, 2], [0, 0, 0], [5, 3, 2]),
        (10, [98, 1, 1], [1, 1, 1], [8, 1, 1]),
        (3, [98, 1, 1], [1, 1, 1], [1, 1, 1]),
        (7, [2, 2, 2], [0, 5, 0], [1, 5, 1]),
    ],
)
def test_share_is_by_largest_remainder_above_a_minimum(total, weights, minimum, parts):
    assert share(total, weights, minimum) == parts


def test_share_refuses_minima_above_the_whole():
    with pytest.raises(ValueError, match="at least 3"):
        share(2, [1, 1, 1], [1, 1, 1])


@pytest.mark.parametrize(
    ("figure", "wrong", "fault"),
    [
        ("teams = 153", "teams = 154", "153 teams"),
        ("people = 715", "people = 400", "without contestants"),
        ("trades = 12", "trades = 11", "12 trades are described"),
        ('theory_weight = "30"', 'theory_weight = "40"', "must make 100"),
        ('code = "xinji"', 'code = "dingzhou"', "named twice"),
        ('counties = ["130181"]', 'counties = ["130682"]', "two delegations"),
        ('trades = ["welder", "bricklayer"]', 'trades = ["welder", "mason"]', "mason"),
        ("drop_high = 1", "drop_high = 4", "drops every judge"),
        ("base_contests = 1412", "base_contest = 1412", "base_contest"),
    ],
)
def test_a_mistyped_figure_is_found_when_the_file_is_read(figure, wrong, fault):
    assert figure in SOURCE

    with pytest.raises(ValueError, match=fault):
        read_season(SOURCE.replace(figure, wrong).encode())


PAPERS = load_papers("hebei-2021-practical.toml")


@pytest.mark.parametrize("trade", PAPERS.trades, ids=lambda trade: trade.code)
class TestPaper:
    def test_makes_a_usable_plan_of_30_and_70(self, trade):
        plan = SEASON.assessment_plan(trade)

        assert check_plan(plan) == ()
        assert [(part.node.key, part.weight) for part in plan.root.parts] == [
            ("theory", 30),
            ("practical", 70),
        ]
        practical = plan.root.parts[1].node
        assert (practical.panel.size, practical.panel.drop_high, practical.panel.drop_low) == (5, 1, 1)

    def test_has_twelve_criteria_of_four_kinds_worth_100_points(self, trade):
        plan = SEASON.assessment_plan(trade)

        lines = criteria(plan)
        assert len(lines) == 12
        assert {line.kind for line in lines} == {"measured", "judgement_0_3", "pass_fail", "deduction"}
        assert full_mark(plan.root.parts[1].node) == Decimal(100)

    def test_is_bilingual_with_four_benchmarks_to_each_judgement(self, trade):
        for line in criteria(SEASON.assessment_plan(trade)):
            assert line.title and line.title_en
            if line.kind == "judgement_0_3":
                assert [int(each.value) for each in line.benchmarks] == [0, 1, 2, 3]
                assert all(each.text and each.text_en and each.word for each in line.benchmarks)

    def test_measured_bands_lie_inside_what_may_be_typed(self, trade):
        for line in criteria(SEASON.assessment_plan(trade)):
            for band in line.bands:
                assert line.minimum <= band.low <= band.high <= line.maximum
                assert (band.low - line.minimum) % line.step == 0
