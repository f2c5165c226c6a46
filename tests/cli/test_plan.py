"""`shibaiqian plan`: faults with their place, a plan in words, plans to begin with."""

from pathlib import Path
from typing import get_args

import msgspec
import pytest
from click.testing import CliRunner, Result

from frontend.cli import main
from frontend.cli.plan import _kinds
from frontend.scorefiles.rule_words import CONDITIONS
from scoring.awards.conditions import Condition
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


RULES = """code = "r"
version = 1
title = "规则"
root = { node = "imported", key = "paper", title = "笔试", maximum = 100, pass_at = 60 }
[slots]
code = "up"
version = 1
name = "晋级"
places = 16
caps = { region = 5 }
floors = [ { node = "paper" } ]
host = { region = ["西"] }
host_places = 1
tie = "all"
[[awards]]
code = "first"
version = 1
name = "一等奖"
authority = "union"
field = "group"
cut = { places = 1 }
conditions = ["clear_record"]
[[awards]]
code = "second"
version = 1
name = "二等奖"
authority = "union"
field = "contest"
cut = { share = 0.2 }
above = [ { places = 1 } ]
minimum_field = 10
back_fill = true
excludes = ["first"]
"""


def test_slots_and_awards_are_explained_in_words(tmp_path):
    file = tmp_path / "plan.toml"
    file.write_text(RULES, "utf-8")

    zh, en = (plan("explain", str(file), "--lang", lang).output for lang in ("zh", "en"))

    assert "同一 region 最多 5 个；paper 须合格；东道主（region = 西）另加 1 个" in zh
    assert "16 个名额" in zh and "末位并列的全部晋级" in zh
    assert "由工会授予；按组别；1 名；无违纪；末位并列由人裁定" in zh
    assert "20 %（舍去小数，至少 1 个）；排在其前的：1 名；不足 10 个参赛不产生；不符合者的名额依次递补" in zh
    assert "all who tie at the last place go up" in en
    assert "not beside first" in en and "a tie at the last place is left to a person" in en


def test_every_condition_of_an_award_has_words():
    assert set(CONDITIONS) == set(get_args(Condition))
