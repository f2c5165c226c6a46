"""Contests of many kinds, each worked by hand in its README.md, run through `shibaiqian score`."""

import json
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner

from frontend.cli import main

FOLDER = Path(__file__).parent
CASES = sorted(each.name for each in FOLDER.iterdir() if (each / "plan.toml").exists())


def scored(case: str, *more: str) -> dict:
    folder = FOLDER / case
    words = ["score", str(folder / "plan.toml"), "--marks", str(folder / "marks.csv"), *more]
    for name in ("entries", "params"):
        if (folder / f"{name}.csv").exists():
            words += [f"--{name}", str(folder / f"{name}.csv")]
    answer = CliRunner().invoke(main, words)
    assert answer.exit_code == 0, answer.output + str(answer.exception)
    return json.loads(answer.stdout)


def expected(case: str) -> dict:
    return json.loads((FOLDER / case / "expected.json").read_text("utf-8"))


@pytest.mark.parametrize("case", CASES)
def test_contest_comes_out_as_worked_by_hand(case):
    wanted = expected(case)

    report = scored(case, *(["--final"] if wanted.get("final") else []))

    if "complete" in wanted:
        assert report["complete"] is wanted["complete"]
    stages = {stage["key"]: stage for stage in report["stages"]}
    for key, rows in wanted.get("stages", {}).items():
        found = {row["entry"]: row for row in stages[key]["rows"]}
        assert found.keys() == rows.keys()
        for entry, fields in rows.items():
            assert_row(found[entry], fields)
    for key, slots in wanted.get("slots", {}).items():
        assert {slot["entry"]: slot["outcome"] for slot in stages[key]["slots"]} == slots
    for key, ranks in wanted.get("boards", {}).items():
        rows = next(board["rows"] for board in report["boards"] if board["key"] == key)
        assert {row["entry"]: row["rank"] for row in rows} == ranks
    if "overall" in wanted:
        assert {row["entry"]: row["rank"] for row in report["overall"]} == wanted["overall"]
    for key, teams in wanted.get("teams", {}).items():
        rows = next(rule["rows"] for rule in report["teams"] if rule["key"] == key)
        found = {row["team"]: row for row in rows}
        assert found.keys() == teams.keys()
        for team, fields in teams.items():
            assert found[team]["rank"] == fields["rank"], team
            assert "total" not in fields or Decimal(found[team]["total"]) == Decimal(fields["total"])
    for code, entries in wanted.get("awards", {}).items():
        given = [
            each["entry"]
            for each in report["awards"]
            if each["rule"] == code and each["outcome"] != "not_eligible"
        ]
        assert given == entries


def assert_row(row: dict, fields: dict) -> None:
    values = {node["key"]: node["value"] for node in row["nodes"]}
    for field, wanted in fields.items():
        if field == "values":
            for key, value in wanted.items():
                assert Decimal(values[key]) == Decimal(value), (row["entry"], key, values[key])
        elif field == "total" and wanted is not None:
            assert Decimal(row["total"]) == Decimal(wanted), (row["entry"], row["total"])
        else:
            assert row[field] == wanted, (row["entry"], field, row[field])


@pytest.mark.parametrize("case", CASES)
def test_same_files_give_the_same_bytes_in_any_order_of_rows(case, tmp_path):
    folder = FOLDER / case
    first, *rows = (folder / "marks.csv").read_text("utf-8").splitlines()
    (tmp_path / "marks.csv").write_text("\n".join([first, *reversed(rows)]) + "\n", "utf-8")
    words = ["score", str(folder / "plan.toml")]
    for name in ("entries", "params"):
        if (folder / f"{name}.csv").exists():
            words += [f"--{name}", str(folder / f"{name}.csv")]

    once = CliRunner().invoke(main, [*words, "--marks", str(folder / "marks.csv")])
    again = CliRunner().invoke(main, [*words, "--marks", str(tmp_path / "marks.csv")])

    assert once.stdout_bytes == again.stdout_bytes


def test_there_are_many_kinds_and_each_has_its_working():
    assert len(CASES) >= 18
    for case in CASES:
        assert len((FOLDER / case / "README.md").read_text("utf-8")) > 100
