"""`shibaiqian rehearse` on the command line: its code, its report, and that it never works on an installation."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from frontend.cli import rehearse
from frontend.rehearsal.checks import Check
from frontend.rehearsal.report import Report

GOOD = Check("甲", "first", ())
BAD = Check("乙", "second", ("mark 7 is missing",))


@pytest.mark.parametrize(("checks", "code"), [((GOOD,), 0), ((GOOD, BAD), 1)])
def test_code_is_one_when_a_check_fails(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, checks: tuple[Check, ...], code: int
) -> None:
    report = Report("2021-03-01 09:00:00 UTC", 60, code == 0, checks, ())
    monkeypatch.setattr(rehearse, "rehearse", lambda *_: report)
    file = tmp_path / "report.html"

    answer = CliRunner().invoke(rehearse.command, ["--report", str(file)])

    assert answer.exit_code == code
    assert ("mark 7 is missing" in answer.output) is (code == 1)
    assert ("mark 7 is missing" in file.read_text("utf-8")) is (code == 1)


def test_a_folder_with_something_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "postgres").mkdir()

    answer = CliRunner().invoke(rehearse.command, ["--data", str(tmp_path)])

    assert answer.exit_code == 1
    assert "is not empty" in answer.output
    assert list(tmp_path.iterdir()) == [tmp_path / "postgres"]
