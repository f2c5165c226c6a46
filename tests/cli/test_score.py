"""`shibaiqian score`: bad files compute nothing and say why; good ones need no database."""

import json
import subprocess
import sys
from pathlib import Path
from typing import get_args

import xlsxwriter
from click.testing import CliRunner, Result

from frontend.cli import main
from frontend.scorefiles.pages import _COUNTS
from scoring.schemes.team_results import Counts

GOLDEN = Path(__file__).parents[1] / "golden"


def score(case: str, *more: str) -> Result:
    folder = GOLDEN / case
    words = ["score", str(folder / "plan.toml"), *more]
    if "--marks" not in more:
        words += ["--marks", str(folder / "marks.csv")]
    return CliRunner().invoke(main, words)


def test_needs_neither_database_nor_web_framework():
    drill = GOLDEN / "drill"
    code = (
        "import sys, frontend.cli; "
        f"frontend.cli.main(['score', {str(drill / 'plan.toml')!r}, '--marks', {str(drill / 'marks.csv')!r}, '--out', sys.argv[1], "
        "'--output', sys.argv[2]], standalone_mode=False); print(*sys.modules)"
    )
    for form in ("json", "csv", "html"):
        loaded = subprocess.run(
            [sys.executable, "-c", code, form, "/dev/null"],
            capture_output=True,
            text=True,
            check=True,
            cwd=GOLDEN.parents[1],
        ).stdout.split()
        assert not {"asyncpg", "litestar", "piccolo", "redis", "uvicorn"} & set(loaded)


def test_csv_has_one_row_an_entry_in_final_order():
    lines = score("drill", "--out", "csv").stdout_bytes.decode("utf-8-sig").splitlines()

    assert lines[0].startswith("rank,award_rank,shared,entry,name,state,")
    assert [line.split(",")[3] for line in lines[1:]] == ["B", "D", "A", "C", "E"]
    assert [line.split(",")[5] for line in lines[1:]] == [
        "present",
        "present",
        "present",
        "did_not_finish",
        "absent",
    ]


def test_html_stands_alone_and_says_why():
    page = score("drill", "--out", "html", "--lang", "zh").stdout

    assert page.startswith("<!doctype html>")
    assert "<script" not in page and "http" not in page
    assert "52.10" in page and "消防障碍" in page and "缺考" in page


def test_html_shows_medals_and_says_in_words_what_does_not_count(tmp_path):
    plan, marks, entries = tmp_path / "plan.toml", tmp_path / "marks.csv", tmp_path / "entries.csv"
    plan.write_text(
        'code = "m"\nversion = 1\ntitle = "奖牌"\nroot = { node = "measured", key = "m", title = "成绩" }\n'
        '[[teams]]\nkey = "t"\ntitle = "奖牌榜"\nby = "unit"\nof = "medals"\n',
        "utf-8",
    )
    marks.write_text("entry,node,value\nA,m,9\nB,m,8\nC,m,DNF\n", "utf-8")
    entries.write_text("entry,unit\nA,一厂\nB,二厂\nC,一厂\n", "utf-8")

    words = [
        "score",
        str(plan),
        "--marks",
        str(marks),
        "--entries",
        str(entries),
        "--out",
        "html",
        "--lang",
        "zh",
    ]
    page = CliRunner().invoke(main, words).stdout

    assert "金 1 银 0 铜 0" in page and "A; C (无名次)" in page
    assert "未完成" in page and "did_not_finish" not in page


def test_every_reason_why_a_result_does_not_count_has_words():
    assert set(_COUNTS) == set(get_args(Counts))


def test_html_keeps_markup_of_a_file_as_text(tmp_path):
    marks = tmp_path / "marks.csv"
    marks.write_text("entry,node,value\n<img src=x>,run,50\n<img src=x>,touches,0\n", "utf-8")

    page = score("drill", "--marks", str(marks), "--out", "html").stdout

    assert "<img" not in page and "&lt;img" in page


def test_csv_keeps_formulas_as_text(tmp_path):
    marks = tmp_path / "marks.csv"
    marks.write_text("entry,node,value\n=1+1,run,50\n=1+1,touches,0\n", "utf-8")

    assert ",'=1+1," in score("drill", "--marks", str(marks), "--out", "csv").stdout


def test_every_bad_row_is_named_and_nothing_is_computed(tmp_path):
    marks = tmp_path / "marks.csv"
    marks.write_text(
        "entry,judge,node,value,state\n"
        "A,,run,5x,\n"
        "A,,runn,50,\n"
        "A,,touches,1.5,\n"
        "B,,run,50,\n"
        "B,,run,51,\n"
        "B,,touches,,drunk\n"
        ",,run,50,\n"
        "C,,total,50,\n",
        "utf-8",
    )

    answer = score("drill", "--marks", str(marks), "--lang", "en")

    assert answer.exit_code == 2
    assert answer.stdout == ""
    lines = answer.stderr.splitlines()
    assert [line.split(": ")[0].split("marks.csv:")[1] for line in lines] == [
        "2:4 [value] not_a_number",
        "3:3 [node] node_unknown",
        "4:4 [value] too_precise",
        "6:3 [node] row_repeated",
        "7:5 [state] state_unknown",
        "8:1 [entry] entry_missing",
        "9:3 [node] not_marked",
    ]
    assert "run, touches" in lines[1]


def test_errors_speak_chinese_or_english_or_both(tmp_path):
    marks = tmp_path / "marks.csv"
    marks.write_text("entry,node,value\nA,run,-3\n", "utf-8")

    zh, en, both = (
        score("drill", "--marks", str(marks), "--lang", lang).stderr for lang in ("zh", "en", "both")
    )

    assert "超出范围" in zh and "out of range" not in zh
    assert "out of range" in en and "超出范围" not in en
    assert "超出范围" in both and "out of range" in both


def test_panel_of_several_needs_the_judge(tmp_path):
    marks = tmp_path / "marks.csv"
    marks.write_text("entry,node,value\nA,total,8.0\n", "utf-8")

    assert "judge_missing" in score("majority", "--marks", str(marks)).stderr


def test_entry_outside_the_file_of_entries_is_refused(tmp_path):
    entries = tmp_path / "entries.csv"
    entries.write_text("entry\nA\nB\nC\nD\n", "utf-8")

    answer = score("drill", "--entries", str(entries))

    assert answer.exit_code == 2
    assert "entry_unknown" in answer.stderr and "“E”" in answer.stderr


def test_several_files_of_all_kinds_give_one_result(tmp_path):
    rows = (GOLDEN / "drill" / "marks.csv").read_text("utf-8").splitlines()
    gb = tmp_path / "gb.csv"
    gb.write_bytes("\n".join([rows[0], *rows[1:4]]).encode("gb18030"))
    book = tmp_path / "marks.xlsx"
    with xlsxwriter.Workbook(book) as workbook:
        sheet = workbook.add_worksheet()
        for number, row in enumerate([rows[0], *rows[4:8]]):
            for column, cell in enumerate(row.replace('"', "").split(",")):
                sheet.write(number, column, float(cell) if cell.replace(".", "").isdigit() else cell)
    listed = tmp_path / "marks.json"
    listed.write_text(
        '[{"entry": "D", "node": "touches", "value": 1}, {"entry": "E", "state": "缺考", "value": null}]',
        "utf-8",
    )
    assert len(rows) == 10

    answer = score("drill", *(word for file in (gb, book, listed) for word in ("--marks", str(file))))

    assert answer.exit_code == 0, answer.output
    assert answer.stdout_bytes == score("drill").stdout_bytes


def test_missing_marks_stay_open_until_final(tmp_path):
    marks = tmp_path / "marks.csv"
    marks.write_text("entry,node,value\nA,run,50\nA,touches,0\nB,run,40\n", "utf-8")

    now = json.loads(score("drill", "--marks", str(marks)).stdout)
    final = json.loads(score("drill", "--marks", str(marks), "--final").stdout)

    assert [(row["entry"], row["total"], row["complete"]) for row in now["stages"][0]["rows"]] == [
        ("B", "40.00", False),
        ("A", "50.00", True),
    ]
    assert now["complete"] is False
    assert [(row["entry"], row["total"], row["void"]) for row in final["stages"][0]["rows"]] == [
        ("A", "50.00", None),
        ("B", None, "did_not_start"),
    ]
    assert final["complete"] is True


def test_faulty_plan_computes_nothing(tmp_path):
    plan = tmp_path / "plan.toml"
    plan.write_text(
        (GOLDEN / "drill" / "plan.toml").read_text("utf-8").replace("per_unit = 5", "per_unti = 5"), "utf-8"
    )

    answer = CliRunner().invoke(main, ["score", str(plan), "--marks", str(GOLDEN / "drill" / "marks.csv")])

    assert answer.exit_code == 2
    assert "per_unti" in answer.stderr and answer.stdout == ""
