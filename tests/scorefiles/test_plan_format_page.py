"""Every example on docs/plan-format.md gives what the page says; the page names every node, field, state and error there is."""

import csv
import io
import json
import re
import tomllib
from decimal import Decimal
from pathlib import Path
from typing import get_args

import msgspec
import pytest
from click.testing import CliRunner

from frontend.cli import main
from frontend.scorefiles import report, words
from frontend.scorefiles.schema import schema_bytes
from scoring.advancement import QuotaRule, SlotProposal
from scoring.awards import AwardProposal, AwardRule
from scoring.evaluation.results import Missing, PanelResult, SheetTotal
from scoring.plans import faults
from scoring.plans.nodes import Node
from scoring.plans.panels import Panel
from scoring.plans.plan import Plan, Tie, TieSource
from scoring.schemes import checks as scheme_checks
from scoring.schemes.scheme import Board, Scheme, TeamRule
from scoring.schemes.team_results import TeamResult
from tests.scorefiles.page import PAGE, Example, examples

EXAMPLES = examples()


def table(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: f"line-{example.line}")
def test_example_gives_what_the_page_says(example: Example, tmp_path):
    names = {"plan": "plan.toml", "marks": "marks.csv", "entries": "entries.csv", "params": "params.csv"}
    for kind, name in names.items():
        if kind in example.files:
            (tmp_path / name).write_text(example.files[kind], "utf-8")
    asked = ["score", str(tmp_path / "plan.toml")]
    for kind in ("marks", "entries", "params"):
        asked += [f"--{kind}", str(tmp_path / names[kind])] if kind in example.files else []

    answer = CliRunner().invoke(main, asked)

    assert answer.exit_code == 0, answer.output + str(answer.exception)
    report = json.loads(answer.stdout)
    expected = table(example.files["expect"])
    rows = report["teams"][0]["rows"] if "team" in expected[0] else report["stages"][-1]["rows"]
    found = {row.get("entry", row.get("team")): row for row in rows}
    assert [row.get("entry", row.get("team")) for row in expected] == list(found)
    for wanted in expected:
        row = found[wanted.pop("entry", None) or wanted.pop("team", None)]
        for column, text in wanted.items():
            assert_cell(report, row, column, text)


def assert_cell(report: dict, row: dict, column: str, text: str) -> None:
    entry = row.get("entry")
    match column.partition(":"):
        case "rank", *_:
            value = row["rank"]
        case "total", *_:
            value = row["total"]
        case "slot", *_:
            value = next(each["outcome"] for each in report["stages"][-1]["slots"] if each["entry"] == entry)
        case "awards", *_:
            value = " ".join(
                each["rule"]
                for each in report["awards"]
                if each["entry"] == entry and each["outcome"] == "eligible"
            )
        case "board", _, key:
            board = next(each for each in report["boards"] if each["key"] == key)
            value = next((each["rank"] for each in board["rows"] if each["entry"] == entry), None)
        case _:
            value = next((node["value"] for node in row["nodes"] if node["key"] == column), None)
    if text and re.fullmatch(r"-?[0-9.]+", text):
        assert value is not None and Decimal(value) == Decimal(text), (entry, column, value)
    else:
        assert (value or "") == text, (entry, column, value)


def fields_of(struct: type) -> set[str]:
    return {field.name for field in msgspec.structs.fields(struct)}


def test_page_names_every_node_and_each_of_its_fields():
    text = PAGE.read_text("utf-8")
    common = {"key", "title", "title_en", "rounding", "panel", "void_as", "pass_at"}

    for node in get_args(Node):
        assert f"`{node.__struct_config__.tag}`" in text, node
        for field in fields_of(node) - common:
            assert f"`{field}`" in text, (node, field)


@pytest.mark.parametrize(
    "struct",
    [Plan, Scheme, Tie, Panel, Board, TeamRule, QuotaRule, AwardRule],
    ids=lambda each: each.__name__,
)
def test_page_names_every_field(struct):
    text = PAGE.read_text("utf-8")

    assert [field for field in fields_of(struct) if f"`{field}`" not in text] == []


def test_page_names_every_state_tie_and_column():
    text = PAGE.read_text("utf-8")

    for name in (*words.STATES, *words.COLUMNS, *get_args(TieSource)):
        assert f"`{name}`" in text, name


def test_page_names_every_error_code_of_files():
    folder = Path(words.__file__).parent
    source = "".join(each.read_text("utf-8") for each in folder.glob("*.py"))
    codes = set(re.findall(r'code="([a-z_]+)"', source))
    codes |= set(
        re.findall(r'(?:_say|say)\(\s*(?:row,\s*)?(?:"[a-z]+"|column|fault\.column),\s*"([a-z_]+)"', source)
    )
    codes |= set(re.findall(r'_(?:bad|simple)\(\s*name,\s*"([a-z_]+)"', source))
    text = PAGE.read_text("utf-8")

    assert len(codes) > 30
    assert sorted(code for code in codes if f"`{code}`" not in text) == []


def test_page_names_every_fault_of_a_plan():
    text = PAGE.read_text("utf-8")

    assert [code for code in (*faults._TEXTS, *scheme_checks._TEXTS) if f"`{code}`" not in text] == []


def test_published_schema_is_current():
    assert (PAGE.parent / "plan.schema.json").read_bytes() == schema_bytes()


def test_every_plan_on_the_page_is_toml():
    for example in EXAMPLES:
        tomllib.loads(example.files["plan"])


@pytest.mark.parametrize(
    "struct",
    [report.Report, report.StageReport, report.RowReport, report.NodeReport, report.OverallReport, report.TeamsReport,
     report.TeamRowReport, report.Column, AwardProposal, SlotProposal, TeamResult, PanelResult, SheetTotal, Missing],
    ids=lambda each: each.__name__,
)  # fmt: skip
def test_page_names_every_field_of_the_output(struct):
    section = PAGE.read_text("utf-8").partition("## 17.")[2].partition("## 18.")[0]

    assert [field for field in fields_of(struct) if not re.search(rf"`{field}(\[\])?`", section)] == []
