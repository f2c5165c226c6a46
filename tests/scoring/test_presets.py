"""Every preset builds, writes itself down, and gives the counts that were published. Source: DOMAIN §1, §7, §9."""

import inspect
from collections import Counter
from typing import Any

import msgspec
import pytest

from scoring import (
    AwardField,
    AwardRule,
    Entrant,
    QuotaRule,
    Share,
    Standings,
    hebei_provincial,
    propose,
    select,
)
from scoring.presets import PRESETS
from scoring.presets.bands import bands_3_6_9
from scoring.presets.provinces import exclusions
from tests.scoring.builders import D
from tests.scoring.test_awards import alone, award, descending, field_of, worker
from tests.scoring.test_slots import told


@pytest.mark.parametrize("code", PRESETS)
def test_preset_names_itself_its_source_and_rules_that_can_be_written(code: str) -> None:
    preset = PRESETS[code]

    rules = preset.build()

    assert preset.title and preset.title_en and "DOMAIN" in preset.source
    assert rules and all(
        isinstance(rule, AwardRule if preset.kind == "awards" else QuotaRule) for rule in rules
    )
    assert len({rule.code for rule in rules}) == len(rules)
    assert msgspec.json.decode(msgspec.json.encode(rules), type=tuple[type(rules[0]), ...]) == rules


CALLS: dict[str, dict[str, Any]] = {
    "hebei-provincial": {"level_target": "senior", "deciding_items": {"fitter": "single"}, "back_fill": True},
    "posts": {"numbers": {"a": 1}, "column": "job"},
}


def test_parameters_of_the_list_are_those_of_the_builder() -> None:
    for preset in PRESETS.values():
        assert tuple(sorted(inspect.signature(preset.build).parameters)) == tuple(sorted(preset.parameters))
    for code, given in CALLS.items():
        assert set(given) == set(PRESETS[code].parameters)
        assert PRESETS[code].build(**given)


def counts(rules: Any, fields: list[AwardField], everybody: list[str]) -> dict[str, int]:
    proposals = propose(rules, fields, [alone(entry) for entry in everybody])
    return dict(Counter(each.rule for each in proposals if each.outcome == "eligible"))


def trades(count: int, size: int, kind: str = "trade") -> tuple[list[AwardField], list[str]]:
    """So many fields of so many entries each."""
    boards = [descending(size, f"T{n}-") for n in range(count)]
    fields = [field_of(board, kind=kind, code=f"t{n}") for n, board in enumerate(boards)]
    return fields, [row.entry for board in boards for row in board.rows]


def of(board: Standings, kind: str) -> AwardField:
    return field_of(board, kind=kind, code=kind)


def test_shijiazhuang_2022_gives_22_44_and_154_titles_in_22_trades() -> None:
    given = counts(PRESETS["shijiazhuang-2022"].build(), *trades(22, 12))

    assert list(given.values()) == [22, 44, 154]


def test_shaanxi_2017_grants_258_of_294_and_shanxi_fills_from_below() -> None:
    boards = [descending(5, f"T{n}-") for n in range(98)]
    fields = [field_of(board, kind="item", code=f"t{n}") for n, board in enumerate(boards)]
    entrants = [
        Entrant(entry=row.entry, members=(worker(row.entry, worker=not (n < 36 and place == 0)),))
        for n, board in enumerate(boards)
        for place, row in enumerate(board.rows)
    ]

    def granted(code: str) -> tuple[int, int]:
        proposals = propose(PRESETS[code].build(places=3), fields, entrants)
        return sum(each.outcome == "eligible" for each in proposals), len(proposals)

    assert granted("shaanxi-2017") == (258, 294)
    assert granted("shanxi") == (294, 294 + 36)


def test_luzhou_2016_gives_15_and_15_titles_22_units_10_craftsmen_and_20_nominees() -> None:
    fields, people = trades(15, 4)
    units, jury = descending(40, "U"), descending(60, "C")
    people += [row.entry for board in (units, jury) for row in board.rows]

    given = counts(PRESETS["luzhou-2016"].build(), [*fields, of(units, "contest"), of(jury, "group")], people)

    assert list(given.values()) == [15, 15, 22, 10, 20]


def test_luzhou_2016_gives_no_sixteenth_title_of_its_own_accord() -> None:
    given = counts(PRESETS["luzhou-2016"].build()[:2], *trades(16, 4))

    assert given == {}


def test_gansu_prison_service_has_finals_of_50_six_medals_and_120_titles() -> None:
    (quota,) = PRESETS["gansu-final"].build()
    standings = descending(900)
    up = select(quota, standings, [Entrant(entry=row.entry) for row in standings.rows])

    given = counts(PRESETS["gansu-prisons"].build(), *trades(6, 50, "item"))

    assert sum(each.outcome == "in" for each in up) == 50
    assert list(given.values()) == [6, 120]


def test_state_grid_beijing_gives_7_medals_in_7_trades_and_no_more_than_39_titles() -> None:
    medals, people = trades(7, 5)
    items = [field_of(field.items["item"], kind="item", code=f"i{n}") for n, field in enumerate(medals)]
    second, more = trades(7, 120, "item")
    second = [msgspec.structs.replace(each, code=f"j{each.code}") for each in second]

    given = counts(PRESETS["state-grid-beijing"].build(), [*medals, *items, *second], [*people, *more])

    assert given["state-grid-beijing-medal"] == 7
    assert given["state-grid-beijing-title"] <= 39


def test_promotions_of_state_grid_beijing_end_at_1436() -> None:
    rules = PRESETS["state-grid-beijing"].build(promotions=120)[2:]
    fields, people = trades(14, 130, "item")

    assert sum(counts(rules, fields, people).values()) <= 1436


@pytest.mark.parametrize(("units", "people"), [(20, 18), (40, 45)])
def test_yangtze_honours_units_and_people(units: int, people: int) -> None:
    boards = descending(60, "U"), descending(60, "P")

    given = counts(
        PRESETS["yangtze"].build(units=units, people=people),
        [of(boards[0], "contest"), of(boards[1], "group")],
        [row.entry for board in boards for row in board.rows],
    )

    assert list(given.values()) == [units, people]


def test_anhui_ceramics_is_contest_and_qualifier_in_one() -> None:
    (quota,) = PRESETS["anhui-to-national"].build()
    standings = descending(28)

    given = counts(
        PRESETS["anhui-ceramics"].build(), [of(standings, "item")], [row.entry for row in standings.rows]
    )

    assert list(given.values()) == [2, 5, 8]
    assert told(select(quota, standings, [])).split()[:4] == ["open", "open", "open", "out"]


@pytest.mark.parametrize(
    ("contest_class", "size", "granted"),
    [("province_1", 1, 5), ("province_1", 2, 3), ("province_1", 3, 2), ("province_2", 1, 3), ("province_2", 2, 2),
     ("province_2", 3, 1), ("city_1", 1, 0)],
)  # fmt: skip
def test_title_by_class_and_team_size(contest_class: str, size: int, granted: int) -> None:
    standings = descending(8)
    field = msgspec.structs.replace(of(standings, "item"), contest_class=contest_class)
    teams = [
        Entrant(entry=row.entry, members=tuple(worker(f"{row.entry}-{n}") for n in range(size)))
        for row in standings.rows
    ]

    proposals = propose(PRESETS["titles-by-class"].build(), [field], teams)

    assert len(proposals) == granted * size


@pytest.mark.parametrize(
    ("code", "field", "places"),
    [
        ("bands-10-20-30", 40, [4, 8, 12]), ("bands-10-20-30", 39, [3, 7, 11]), ("bands-10-20-30", 5, [1, 1, 1]),
        ("bands-1-20-30", 40, [1, 8, 12]), ("bands-1-2-3", 40, [1, 2, 3]), ("bands-1-3-6", 40, [1, 3, 6]),
        ("bands-3-6-9", 60, [3, 6, 9]), ("bands-3-6-9", 40, [3, 6, 3]), ("bands-3-6-9", 20, [3, 3]),
        ("bands-3-5-10", 60, [3, 5, 10, 22]), ("bands-3-5-10", 27, [3, 5, 10]), ("bands-3-5-10", 30, [3, 5, 10, 2]),
        ("bands-top-3", 21, [1, 1, 1, 7]), ("bands-top-3", 6, [1, 1, 1]), ("titles-1-3-10", 40, [1, 2, 7]),
    ],
)  # fmt: skip
def test_bands_of_prizes(code: str, field: int, places: list[int]) -> None:
    standings = descending(field)
    kind = "trade" if code.startswith("titles") else "item"

    given = counts(PRESETS[code].build(), [of(standings, kind)], [row.entry for row in standings.rows])

    assert list(given.values()) == places


@pytest.mark.parametrize(("rounding", "places"), [("floor", [3, 3]), ("round", [3, 4]), ("ceil", [3, 4])])
def test_rounding_of_a_band_is_a_setting(rounding: Any, places: list[int]) -> None:
    standings = descending(22)

    given = counts(
        bands_3_6_9(rounding=rounding), [of(standings, "item")], [row.entry for row in standings.rows]
    )

    assert list(given.values()) == places


@pytest.mark.parametrize(("total", "kept"), [("69.9", False), ("70", True), ("70.1", True)])
def test_star_is_kept_from_seventy_points(total: str, kept: bool) -> None:
    from scoring import rank
    from tests.scoring.builders import total_plan, totals

    (rule,) = PRESETS["star-stations"].build()

    (proposal,) = propose([rule], [of(rank(total_plan(), totals(total)), "contest")], [alone("E1")])

    assert (proposal.outcome == "eligible") is kept


def test_exclusions_are_a_checklist_that_a_person_answers() -> None:
    proposals = propose([award(checklist=exclusions())], [field_of(descending(1))], [alone("E1")])

    assert [each.outcome for each in proposals] == ["needs_person"]
    assert [item.code for item in exclusions()] == [
        "already-holds",
        "leader-or-official",
        "discipline",
        "unit-veto",
    ]


def test_presets_without_figures_name_every_number_as_a_parameter() -> None:
    rules = PRESETS["first-national"].build(experts=2, firsts=3, seconds=4, thirds=5)
    organisers = PRESETS["good-organisation"].build(units=6, coaches=7)

    assert [rule.cut.places for rule in (*rules, *organisers) if rule.cut] == [2, 3, 4, 5, 6, 7]


def test_hebei_final_takes_its_parameters() -> None:
    rules = hebei_provincial(level_target="senior", deciding_items={"fitter": "single"}, back_fill=True)

    assert [rule.back_fill for rule in rules] == [True] * 3
    assert rules[0].deciding_items == {"fitter": "single"}
    assert Share(of=D("0.5")).size(9) == 4
