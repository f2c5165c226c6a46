"""Entrants from the plain columns of an entries file, in Chinese and in English."""

import pytest

from scoring import Check, EntrantFaults, entrants_of
from scoring.entrants.columns import column_name


def fault(*rows: dict[str, str]) -> list[tuple[int, str, str]]:
    with pytest.raises(EntrantFaults) as caught:
        entrants_of(rows)
    return [(each.row, each.column, each.en) for each in caught.value.faults]


def test_row_in_chinese_is_a_person_of_an_entry() -> None:
    (entrant,) = entrants_of(
        [
            {
                "参赛号": "A1", "代表队": "唐山", "单位": "一厂", "竞赛类别": "省级一类", "姓名": "甲", "技能等级": "高级工", "职工": "是",
                "负责人或公务员": "否", "无违纪": "未知", "已获荣誉": "medal，title", "审核:违纪": "无异议；李；2025-06-01", "合格：theory": "是",
                "年龄": "30",
            }
        ]
    )  # fmt: skip
    (member,) = entrant.members

    assert (entrant.entry, entrant.delegation, entrant.contest_class) == ("A1", "唐山", "省级一类")
    assert (member.person, member.level, member.worker) == ("甲", "senior", True)
    assert (member.leader_or_official, member.clear_record) == (False, None)
    assert member.honours == {"medal", "title"}
    assert member.checks == {"违纪": Check(outcome="clear", reviewer="李", on="2025-06-01")}
    assert entrant.passed == {"theory": True}
    assert (entrant.columns["年龄"], entrant.columns["unit"], entrant.columns["单位"]) == (
        "30",
        "一厂",
        "一厂",
    )


def test_row_in_english_is_the_same() -> None:
    (entrant,) = entrants_of(
        [
            {
                "entry": "A1", "team_size": "2", "seed": "1", "may_advance": "no", "declined": "yes", "answer": "accepted",
                "answered_on": "2025-06-01", "answer_by": "2025-06-30", "level": "senior worker", "honours": "none", "role": "coach",
            }
        ]
    )  # fmt: skip

    assert (entrant.team_size, entrant.seed, entrant.may_advance, entrant.declined) == (2, 1, False, True)
    assert (entrant.answer, entrant.answered_on, entrant.answer_by) == (
        "accepted",
        "2025-06-01",
        "2025-06-30",
    )
    assert entrant.members[0].honours == frozenset()
    assert entrant.contestants == ()


@pytest.mark.parametrize(
    ("word", "level"),
    [("技师", "technician"), ("高级技师（一级）", "senior_technician"), ("三级", "senior"), ("junior", "junior"),
     ("无", "none"), ("chief technician", "chief_technician"), ("", None), ("?", None)],
)  # fmt: skip
def test_level_is_read_in_any_of_its_names(word: str, level: str | None) -> None:
    (entrant,) = entrants_of([{"entry": "A1", "level": word}])

    assert entrant.members[0].level == level


@pytest.mark.parametrize(("text", "may"), [("", True), ("是", True), ("否", False), ("待审", None)])
def test_review_that_is_open_is_not_a_yes(text: str, may: bool | None) -> None:
    assert entrants_of([{"entry": "A1", "晋级资格": text}])[0].may_advance is may


def test_entry_without_personal_columns_has_nobody_on_record() -> None:
    assert entrants_of([{"entry": "A1", "unit": "a"}])[0].members == ()


def test_rows_of_one_entry_are_a_team_and_share_what_they_have_in_common() -> None:
    first, second = (
        {"entry": "T1", "delegation": "唐山", "unit": "一厂", "person": "甲", "sex": "f"},
        {"entry": "T1", "delegation": "唐山", "unit": "一厂", "person": "乙", "sex": "m"},
    )

    (team,) = entrants_of([first, second])

    assert [each.person for each in team.members] == ["甲", "乙"]
    assert (team.delegation, team.columns.get("unit"), team.columns.get("sex")) == ("唐山", "一厂", None)
    assert team.members[1].columns["sex"] == "m"


def test_entries_keep_the_order_of_the_file() -> None:
    rows = [{"entry": name} for name in ("B", "A", "B")]

    assert [each.entry for each in entrants_of(rows)] == ["B", "A"]


@pytest.mark.parametrize(
    ("row", "column", "needs"),
    [
        ({"level": "expert"}, "level", "a skill level"),
        ({"职工身份": "也许"}, "职工身份", "yes or no"),
        ({"seed": "0"}, "seed", "a whole number"),
        ({"team_size": "two"}, "team_size", "a whole number"),
        ({"role": "guest"}, "role", "contestant, leader or coach"),
        ({"answer": "maybe"}, "answer", "accepted or declined"),
        ({"answer_by": "30.6."}, "answer_by", "a day"),
        ({"passed:theory": "60"}, "passed:theory", "yes or no"),
        ({"check:veto": "fine"}, "check:veto", "clear; reviewer; day"),
        ({"check:veto": "clear; Li; soon"}, "check:veto", "clear; reviewer; day"),
        ({"check:veto": "clear; Li; 2025-06-01; more"}, "check:veto", "clear; reviewer; day"),
    ],
)
def test_cell_that_cannot_be_read_is_named_with_its_row_and_column(
    row: dict[str, str], column: str, needs: str
) -> None:
    ((number, where, said),) = fault({"entry": "A1"}, {"entry": "A2", **row})

    assert (number, where) == (2, column)
    assert needs in said


def test_every_fault_of_the_file_is_named_at_once() -> None:
    found = fault(
        {"level": "?"}, {"entry": "A", "level": "x", "worker": "y/n"}, {"entry": "A", "worker": "z"}
    )

    assert [(row, column) for row, column, _ in found] == [
        (1, "entry"),
        (2, "worker"),
        (2, "level"),
        (3, "worker"),
    ]


def test_rows_of_one_entry_that_disagree_are_a_fault() -> None:
    ((row, column, said),) = fault(
        {"entry": "A", "代表队": "唐山"}, {"entry": "A", "代表队": ""}, {"entry": "A", "代表队": "沧州"}
    )

    assert (row, column, said) == (3, "代表队", "Another row of the same entry says “唐山”.")


@pytest.mark.parametrize(
    ("heading", "name"),
    [(" 单位 ", "unit"), ("合格:理论", "passed:理论"), ("审核：veto", "check:veto"), ("体重", "体重"), ("contest_class", "class")],
)  # fmt: skip
def test_headings_have_one_name_here(heading: str, name: str) -> None:
    assert column_name(heading) == name


@pytest.mark.parametrize(
    ("row", "zh", "en"),
    [
        ({"level": "专家"}, "“专家”无法识别，应为技能等级。", "“专家” cannot be read; it must be a skill level: none, apprentice, junior, intermediate, senior, technician, senior_technician, special_technician, chief_technician."),
        ({"worker": "maybe"}, "“maybe”无法识别，应为是或否。", "“maybe” cannot be read; it must be yes or no."),
        ({"seed": "0"}, "“0”无法识别，应为从 1 起的整数。", "“0” cannot be read; it must be a whole number from 1 up."),
        ({"seed": "1234567"}, "“1234567”无法识别，应为从 1 起的整数。", "“1234567” cannot be read; it must be a whole number from 1 up."),
        ({"role": "x" * 41}, f"“{'x' * 40}”无法识别，应为选手、领队或教练。", f"“{'x' * 40}” cannot be read; it must be contestant, leader or coach."),
        ({"answer": "maybe"}, "“maybe”无法识别，应为接受或放弃。", "“maybe” cannot be read; it must be accepted or declined."),
        ({"answer_by": "30.6."}, "“30.6.”无法识别，应为日期，如 2025-06-30。", "“30.6.” cannot be read; it must be a day such as 2025-06-30."),
        ({"check:veto": "fine"}, "“fine”无法识别，应为“无异议；审核人；日期”。", "“fine” cannot be read; it must be “clear; reviewer; day”."),
        ({"entry": "", "person": "甲"}, "缺少参赛号。", "The entry is missing."),
    ],
    ids=range(9),
)  # fmt: skip
def test_cell_that_cannot_be_read_is_said_in_both_languages(row: dict[str, str], zh: str, en: str) -> None:
    with pytest.raises(EntrantFaults) as caught:
        entrants_of([{"entry": "A1", **row}])

    (found,) = caught.value.faults
    assert (found.zh, found.en) == (zh, en)
    assert str(caught.value) == f"Row 1, column {found.column}: {en}"


def test_all_faults_are_one_message_and_long_cells_are_cut() -> None:
    rows = [{"entry": "A1", "代表队": "唐" * 41}, {"entry": "A1", "代表队": "沧州"}, {"entry": "", "x": "y"}]

    with pytest.raises(EntrantFaults) as caught:
        entrants_of(rows)

    assert caught.value.faults[0].zh == f"同一参赛者的另一行写的是“{'唐' * 40}”。"
    assert str(caught.value) == (
        f"Row 2, column 代表队: Another row of the same entry says “{'唐' * 40}”. Row 3, column entry: The entry is missing."
    )


@pytest.mark.parametrize(
    ("text", "honours"),
    [("", None), ("unknown", None), ("Unknown", None), ("无", frozenset()), ("none", frozenset()), ("甲、乙", {"甲", "乙"})],
)  # fmt: skip
def test_honours_that_nobody_wrote_down_are_not_known(text: str, honours: frozenset[str] | None) -> None:
    (entrant,) = entrants_of([{"entry": "A1", "person": "甲", "honours": text}])

    assert entrant.members[0].honours == honours


@pytest.mark.parametrize(
    ("text", "known"), [("是", True), ("No", False), ("Unknown", None), ("待核实", None), ("", None)]
)
def test_record_of_a_person_is_yes_no_or_not_known(text: str, known: bool | None) -> None:
    (entrant,) = entrants_of([{"entry": "A1", "person": "甲", "clear_record": text}])

    assert entrant.members[0].clear_record is known


def test_what_only_a_later_row_of_the_entry_says_holds_for_it() -> None:
    (team,) = entrants_of(
        [
            {"entry": "T1", "delegation": "", "seed": ""},
            {"entry": "T1", "delegation": "唐山", "seed": "999999"},
        ]
    )

    assert (team.delegation, team.seed) == ("唐山", 999999)
