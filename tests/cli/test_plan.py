"""`shibaiqian plan`: faults with their place, a plan in words, plans to begin with."""

from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner, Result

from frontend.cli import main
from frontend.cli.plan import _kinds
from scoring.presets import PRESETS

GOLDEN = Path(__file__).parents[1] / "golden"
PLANS = sorted(GOLDEN.glob("*/plan.toml"))


def plan(*words: str) -> Result:
    return CliRunner().invoke(main, ["plan", *words])


def test_fault_is_told_with_path_line_and_column(tmp_path):
    file = tmp_path / "plan.toml"
    file.write_text(
        'code = "a"\nversion = 1\ntitle = "题"\n\n[root]\nnode = "sum"\nkey = "total"\ntitle = "总分"\n\n'
        '[[root.parts]]\nnode = "judged"\nkey = "a"\ntitle = "A"\nmaximum = 10\nstep = 3\n',
        "utf-8",
    )

    answer = plan("check", str(file), "--lang", "en")

    assert answer.exit_code == 1
    assert answer.stderr.splitlines() == [
        f"{file}:10:1 [total > a] step_not_dividing: The step 3 does not divide the range 10."
    ]


def test_good_plan_ends_with_0():
    answer = plan("check", str(PLANS[0]))

    assert answer.exit_code == 0
    assert "can be used" in answer.output


@pytest.mark.parametrize("file", PLANS, ids=lambda file: file.parent.name)
def test_plan_is_explained_in_both_languages(file):
    zh, en = plan("explain", str(file), "--lang", "zh"), plan("explain", str(file), "--lang", "en")

    assert zh.exit_code == en.exit_code == 0, zh.output + en.output
    assert "排名依据" in zh.output
    assert "Ranking: " in en.output
    assert len(zh.output.splitlines()) == len(en.output.splitlines())


@pytest.mark.parametrize("kind", _kinds())
def test_plan_to_begin_with_has_no_fault(kind, tmp_path):
    file = tmp_path / "plan.toml"
    file.write_text(plan("new", "--kind", kind).output, "utf-8")

    assert plan("check", str(file)).exit_code == 0, plan("check", str(file)).output


@pytest.mark.parametrize("preset", PRESETS)
def test_rules_of_a_preset_come_as_toml_and_read_back_the_same(preset, tmp_path):
    from frontend.scorefiles.planfiles import read_plan_file

    file = tmp_path / "plan.toml"
    file.write_text(plan("new", "--preset", preset).output, "utf-8")

    scheme = read_plan_file(file).scheme
    rules = PRESETS[preset].build()
    found = scheme.awards if PRESETS[preset].kind == "awards" else (scheme.stages[0].slots,)
    assert found == rules[: len(found)] and found
    assert plan("check", str(file)).exit_code == 0


def test_presets_are_listed_and_an_unknown_one_is_refused():
    assert all(code in plan("new", "--preset", "list").output for code in PRESETS)
    assert plan("new", "--preset", "nope").exit_code == 2


def test_schema_is_json():
    schema = msgspec.json.decode(plan("schema").stdout_bytes)

    assert {"Judged", "Scheme", "PlanFile"} <= schema["$defs"].keys()
