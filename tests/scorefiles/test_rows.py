"""Rows of marks, entries and parameters: what each bad one is told, and what each good one becomes."""

from decimal import Decimal
from pathlib import Path

import pytest

from frontend.scorefiles.planfiles import plan_source
from frontend.scorefiles.problems import BadFiles
from frontend.scorefiles.reading import read_contest
from scoring.evaluation.facts import EntryFacts
from scoring.evaluation.marks import Mark

PLAN = """code = "rows"
version = 1
title = "行"
[[ties]]
of = "time"
key = "time"
better = "lower"
[root]
node = "sum"
key = "total"
title = "总分"
[[root.parts]]
node = "judged"
key = "work"
title = "作品"
maximum = 10
step = 0.5
panel = { size = 3 }
[[root.parts]]
node = "attempts"
key = "jumps"
title = "跳远"
count = 2
part = { node = "measured", key = "jump", title = "一跳" }
[[root.parts]]
node = "imported"
key = "theory"
title = "理论"
maximum = 100
[[root.parts]]
node = "chosen"
key = "choice"
title = "选做"
count = 1
parts = [ { node = "measured", key = "x", title = "X" }, { node = "measured", key = "y", title = "Y" } ]
[[root.parts]]
node = "parameter"
key = "difficulty"
title = "难度"
minimum = 1
maximum = 5
default = 1
"""


def read(
    folder: Path, marks: str, entries: str | None = None, params: str | None = None, *, final: bool = False
) -> dict[str, EntryFacts]:
    scheme = plan_source("p", PLAN.encode(), toml=True).scheme
    files = {}
    for name, text in (("marks", marks), ("entries", entries), ("params", params)):
        if text is not None:
            files[name] = folder / f"{name}.csv"
            files[name].write_text(text, "utf-8")
    contest = read_contest(scheme, [files["marks"]], files.get("entries"), files.get("params"), final=final)
    return {facts.entry: facts for facts in contest.facts["main"]}


def refused(folder: Path, **files: str) -> list[tuple[int | None, str, str]]:
    with pytest.raises(BadFiles) as bad:
        read(folder, **({"marks": "entry,node,value\nA,theory,5\n"} | files))
    return [(each.line, each.name, each.code) for each in bad.value.troubles]


def test_rows_become_marks_states_and_times(tmp_path):
    facts = read(
        tmp_path,
        "entry,judge,node,attempt,value,state,time,reason\n"
        "A,J1,work,,9.5,,,\n"
        "A,J2,work,,,not_attempted,,\n"
        "A,J3,work,,,回避,,同单位\n"
        "A,,jump,1,6.25,,,\n"
        "A,,jump,2,,犯规,,\n"
        "A,,theory,,80,,1:02:00,\n"
        "A,,,,,,1:30,\n"
        "B,J1,work,,,DNF,,\n"
        "B,,choice,,,缺考,,\n"
        "C,,,,,取消资格,,\n"
        "D,,,,,表演,,\n"
        "A,,x,,3,cleared,,\n",
    )

    assert facts["A"].marks == (
        Mark("A", "J1", "work", "scored", Decimal("9.5")),
        Mark("A", "J2", "work", "not_attempted"),
        Mark("A", "official", "jump#1", "scored", Decimal("6.25")),
    )
    assert facts["A"].recused == {"work": ("J3",)}
    assert facts["A"].states == {"jump#2": "invalid"}
    assert facts["A"].imported == {"theory": Decimal(80)}
    assert facts["A"].times == {"theory": Decimal(3720), "time": Decimal(90)}
    assert facts["B"].marks == (Mark("B", "J1", "work", "did_not_finish"),)
    assert facts["B"].states == {"choice": "absent"}
    assert facts["C"].state == "disqualified"
    assert facts["D"].hors_concours


def test_final_closes_what_nobody_marked(tmp_path):
    facts = read(tmp_path, "entry,judge,node,attempt,value\nA,J1,work,,9.5\nA,,jump,2,6.25\n", final=True)[
        "A"
    ]

    assert facts.states == dict.fromkeys(("jump#1", "theory", "x", "y"), "did_not_start")


def test_parameters_of_one_entry_go_before_those_of_all(tmp_path):
    facts = read(
        tmp_path,
        "entry,node,value\nA,theory,5\nB,theory,5\n",
        params="entry,node,name,value,attempt\n,difficulty,,2,\nA,difficulty,,3,\nA,,,1.5,\nB,jump,penalty,1,2\nA,choice,chosen,y,\n",
    )

    assert facts["A"].params == {"difficulty": {"value": Decimal(3)}, "": {"value": Decimal("1.5")}}
    assert facts["B"].params == {"difficulty": {"value": Decimal(2)}, "jump#2": {"penalty": Decimal(1)}}
    assert facts["A"].chosen == {"choice": ("y",)}


def test_entries_bring_columns_lots_and_times(tmp_path):
    facts = read(
        tmp_path,
        "entry,node,value\nA,theory,5\n",
        entries="参赛号,姓名,体重,抽签号,裁定,用时,time:weld,状态,表演\nA,甲,72.5,3,1,1:00,59,,否\nB,乙,,,,,,缺考,是\n",
    )

    assert facts["A"].columns["体重"] == facts["A"].columns["body_weight"] == "72.5"
    assert (facts["A"].lot, facts["A"].decision) == (3, 1)
    assert facts["A"].times == {"time": Decimal(60), "weld": Decimal(59)}
    assert (facts["B"].state, facts["B"].hors_concours, facts["B"].marks) == ("absent", True, ())


def test_people_of_a_team_stand_in_one_row_each(tmp_path):
    facts = read(
        tmp_path, "entry,node,value\nA,theory,5\n", entries="entry,person,unit,lot\nA,p1,一厂,2\nA,p2,一厂,\n"
    )

    assert facts["A"].columns["unit"] == "一厂"
    assert "person" not in facts["A"].columns
    assert facts["A"].lot == 2


@pytest.mark.parametrize(
    ("row", "wanted"),
    [
        ("A,J1,work,,10.5,,,", ("value", "out_of_range")),
        ("A,J1,work,,9.3,,,", ("value", "off_step")),
        ("A,J1,work,,9.55,,,", ("value", "too_precise")),
        ("A,J1,work,,,,,", ("value", "value_missing")),
        ("A,J1,work,,x1,,,", ("value", "not_a_number")),
        ("A,,work,,9,,,", ("judge", "judge_missing")),
        ("A,J1,work,,9,DNF,,", ("value", "value_not_allowed")),
        ("A,J1,work,,9,not_attempted,,", ("value", "value_not_allowed")),
        ("A,J1,work,,,late,,", ("state", "state_misplaced")),
        ("A,,work,,,recused,,", ("judge", "judge_missing")),
        ("A,,jump,,6,,,", ("attempt", "attempt_missing")),
        ("A,,jump,3,6,,,", ("attempt", "attempt_unknown")),
        ("A,,jump,1.5,6,,,", ("attempt", "attempt_unknown")),
        ("A,,theory,2,6,,,", ("attempt", "attempt_unknown")),
        ("A,,nothing,,6,,,", ("node", "node_unknown")),
        ("A,,total,,6,,,", ("node", "not_marked")),
        ("A,,,,6,,,", ("node", "node_missing")),
        ("A,,,,,,,", ("node", "node_missing")),
        ("A,,,,,invalid,,", ("state", "state_misplaced")),
        ("A,,,,,odd,,", ("state", "state_unknown")),
        ("A,,theory,,6,,1:99,", ("time", "time_invalid")),
        (",,theory,,6,,,", ("entry", "entry_missing")),
        ("A,,theory,,6,,,,more", ("row_too_wide",)),
    ],
)
def test_bad_row_of_marks(tmp_path, row, wanted):
    found = refused(
        tmp_path, marks=f"entry,judge,node,attempt,value,state,time,reason\nB,,theory,,5,,,\n{row}\n"
    )

    assert [each[0] for each in found] == [3]
    assert found[0][-len(wanted) :] == wanted or found[0][2:] == wanted


@pytest.mark.parametrize(
    ("files", "wanted"),
    [
        ({"marks": "entry,node\nA,theory\n"}, (1, "value", "column_missing")),
        ({"marks": "entry,参赛号,node,value\nA,A,theory,5\n"}, (1, "参赛号", "column_repeated")),
        ({"marks": "entry,node,value\nA,theory,5\nA,theory,5\n"}, (3, "node", "row_repeated")),
        (
            {"marks": "entry,node,value,time\nA,theory,5,1:00\nA,,,1:01\nA,,,1:02\n"},
            (4, "time", "time_contradicts"),
        ),
        ({"entries": "entry\nA\n\n"}, None),
        ({"entries": "entry,lot\nA,0\n"}, (2, "lot", "cell_invalid")),
        ({"entries": "entry,lot\nA,1\nA,2\n"}, (3, "lot", "row_contradicts")),
        ({"entries": "entry,state\nA,recused\n"}, (2, "state", "state_misplaced")),
        ({"entries": "entry,worker\nA,perhaps\n"}, (2, "worker", "cell_invalid")),
        ({"entries": "entry\nB\n"}, (2, "entry", "entry_unknown")),
        ({"params": "node,value\ndifficulty,9\n"}, (2, "value", "out_of_range")),
        ({"params": "node,value\ndifficulty,x\n"}, (2, "value", "not_a_number")),
        ({"params": "node,value\nnothing,1\n"}, (2, "node", "node_unknown")),
        ({"params": "stage,value\nnothing,1\n"}, (2, "stage", "stage_unknown")),
        ({"params": "entry,node,name,value\nA,choice,chosen,z\n"}, (2, "value", "choice_invalid")),
        ({"params": "entry,node,name,value\nA,choice,chosen,x y\n"}, (2, "value", "choice_invalid")),
        ({"params": "entry,node,name,value\nA,theory,chosen,x\n"}, (2, "node", "not_chosen")),
        ({"params": "node,name,attempt,value\njump,bonus,3,1\n"}, (2, "attempt", "attempt_unknown")),
        ({"params": "node,value\ndifficulty,2\ndifficulty,2\n"}, (3, "name", "row_repeated")),
    ],
)
def test_bad_file(tmp_path, files, wanted):
    if wanted is None:
        read(tmp_path, "entry,node,value\nA,theory,5\n", **files)
        return

    assert refused(tmp_path, **files) == [wanted]


def test_a_hundred_faults_are_listed_and_the_rest_counted(tmp_path):
    with pytest.raises(BadFiles) as bad:
        read(tmp_path, "entry,node,value\n" + "A,theory,500\n" * 150)

    assert (len(bad.value.troubles), bad.value.more) == (100, 50)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "file_empty"), (b"\x00\x01", "file_unreadable"), (b"PK\x03\x04rest", "file_unreadable"), (b"entry\n\xff\xfe\xff", "encoding"),
        (b'entry,value\n"A', "csv_syntax"), (b"[1]", "syntax"), (b"[" * 200_000, "syntax"), (b'[{"a": ', "syntax"),
        (",".join("x" * 1 + str(n) for n in range(300)).encode(), "too_many_columns"),
    ],
)  # fmt: skip
def test_file_that_is_no_table(tmp_path, body, code):
    file = tmp_path / "marks.bin"
    file.write_bytes(body)

    with pytest.raises(BadFiles) as bad:
        read_contest(plan_source("p", PLAN.encode(), toml=True).scheme, [file], None, None, final=False)
    assert bad.value.troubles[0].code == code


def test_state_word_in_the_column_of_values_speaks_of_the_entry_too(tmp_path):
    facts = read(tmp_path, "entry,node,value\nA,theory,5\nB,,缺考\n")

    assert facts["B"].state == "absent"


def test_more_judges_than_seats_are_refused(tmp_path):
    rows = "entry,node,judge,attempt,value\n"
    marks = rows + "A,work,J1,,5\nA,work,J2,,5\nA,work,J3,,5\nB,work,J4,,5\nA,work,j1,,5\nA,jump,J9,1,5\n"

    assert refused(tmp_path, marks=marks) == [(6, "judge", "no_seat")]


def test_attempt_of_a_node_without_attempts_is_told_to_stay_empty(tmp_path):
    with pytest.raises(BadFiles) as bad:
        read(tmp_path, "entry,node,attempt,value\nA,theory,2,5\n")

    assert "has no attempts; leave this empty" in bad.value.troubles[0].en


def test_missing_column_is_told_with_the_headings_it_may_have(tmp_path):
    with pytest.raises(BadFiles) as bad:
        read(tmp_path, "选手号码,node,value\nA,theory,5\n")

    assert "参赛号" in bad.value.troubles[0].zh


@pytest.mark.parametrize(
    ("row", "wanted"),
    [
        ("A,total,penalti,1", (2, "name", "name_unknown")),
        ("A,work,value,1", (2, "name", "name_unknown")),
        ("A,difficulty,factor,1", (2, "name", "name_unknown")),
        (",,factor,1", (2, "name", "name_unknown")),
        ("A,,penalty,1", (2, "node", "node_missing")),
    ],
)
def test_parameter_that_nobody_asks_for_is_refused(tmp_path, row, wanted):
    assert refused(tmp_path, params="entry,node,name,value\n" + row + "\n") == [wanted]


def test_spreadsheet_text_in_utf_16_is_read(tmp_path):
    file = tmp_path / "marks.txt"
    file.write_bytes("参赛号\t评分项\t分数\nA\ttheory\t5\n".encode("utf-16"))
    scheme = plan_source("p", PLAN.encode(), toml=True).scheme

    (facts,) = read_contest(scheme, [file], None, None, final=False).facts["main"]

    assert facts.imported == {"theory": Decimal(5)}


def test_dates_of_birth_are_written_so_that_their_order_is_the_order_of_days(tmp_path):
    facts = read(
        tmp_path, "entry,node,value\nA,theory,5\n", entries="entry,出生日期\nA,1990/5/1\nB,1990/10/1\n"
    )

    assert [facts[entry].columns["birth"] for entry in "AB"] == ["1990-05-01", "1990-10-01"]
    assert facts["A"].columns["出生日期"] == "1990-05-01"
    assert refused(tmp_path, entries="entry,出生日期\nA,1990-13-01\n") == [(2, "出生日期", "cell_invalid")]


def test_entries_without_their_column_do_not_put_every_mark_in_the_wrong(tmp_path):
    assert refused(tmp_path, entries="号码牌,姓名\nA,甲\n") == [(1, "entry", "column_missing")]
