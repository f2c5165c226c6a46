"""Plan files: exact numbers, faults with their place, hostile files refused at once."""

import json
import tomllib
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest

from frontend.scorefiles.checking import faults_of
from frontend.scorefiles.planfiles import plan_source
from frontend.scorefiles.problems import BadFiles
from scoring.plans.nodes import Measured

GOLDEN = Path(__file__).parents[1] / "golden"
HEAD = 'code = "a"\nversion = 1\ntitle = "题"\n'
LEAF = 'node = "judged"\nkey = "a"\ntitle = "A"\nmaximum = 10\n'


def refused(text: str, *, toml: bool = True) -> list[str]:
    with pytest.raises(BadFiles) as bad:
        plan_source("p", text.encode(), toml=toml)
    return [f"{each.line}:{each.column} {each.path} {each.code}" for each in bad.value.troubles]


@pytest.mark.parametrize("written", ["0.1", '"0.1"', "1e-1", "0.10"])
def test_number_reaches_the_plan_exactly(written):
    text = HEAD + f'[root]\nnode = "measured"\nkey = "a"\ntitle = "A"\nstep = {written}\n'

    root = plan_source("p", text.encode(), toml=True).scheme.stages[0].plan.root

    assert isinstance(root, Measured)
    assert root.step == Decimal("0.1")


def test_json_is_as_good_as_toml():
    for file in GOLDEN.glob("*/plan.toml"):
        document = tomllib.loads(file.read_text("utf-8"), parse_float=Decimal)
        body = msgspec.json.encode(document)

        assert (
            plan_source("p", body, toml=False).scheme == plan_source("p", file.read_bytes(), toml=True).scheme
        )


@pytest.mark.parametrize(
    ("lines", "wanted"),
    [
        ("bogus = 1\n", "9:1 a > bogus unknown_field"),
        ('kind = "x"\n', "9:1 a > kind not_allowed"),
        ('minimum = "z"\n', "9:1 a > minimum not_a_number"),
        ("minimum = true\n", "9:1 a > minimum wrong_kind"),
        ('rounding = { digits = "2" }\n', "9:14 a > rounding > digits wrong_kind"),
        ("panel = { }\n", "9:1 a > panel > size field_missing"),
        ("void_as = { nothing = 1 }\n", "9:1 a > void_as not_allowed"),
        ("title_en = 1979-05-27\n", "9:1 a > title_en wrong_kind"),
        ("step = \n", "9:8 None syntax"),
    ],
)
def test_wrong_shape_has_its_place(lines, wanted):
    found = refused(HEAD + "[root]\n" + LEAF + lines)

    assert [each.replace("  syntax", " None syntax") for each in found] == [wanted]


@pytest.mark.parametrize(
    ("lines", "wanted"),
    [
        ('[[ties]]\nkey = "a"\nbetter = "down"\n', "11:1 ties > a > better not_allowed"),
        ('[[boards]]\nkey = "w"\ntitel = "W"\n', "11:1 boards > w > titel unknown_field"),
        ('[[awards]]\ncode = "first"\nversion = "x"\n', "11:1 awards > first > version wrong_kind"),
    ],
)
def test_rules_beside_the_tree_are_named_with_their_list(lines, wanted):
    assert wanted in refused(HEAD + "[root]\n" + LEAF + lines)


def test_several_wrong_values_are_told_at_once():
    found = refused(HEAD + "[root]\n" + LEAF + 'bogus = 1\nkind = "x"\nminimum = "z"\n')

    assert [each.split()[-1] for each in found] == ["unknown_field", "not_allowed", "not_a_number"]


@pytest.mark.parametrize(
    ("text", "toml", "code"),
    [
        ("a = 1", True, "no_root"),
        ("[]", False, "syntax"),
        ('{"code": 1, "code": 2}', False, "syntax"),
        ("{" * 1000, False, "syntax"),
        ('{"root":' * 100_000, False, "too_deep"),
        ("root = " + "[" * 100_000, True, "too_deep"),
        (HEAD + "root = 1" + "0" * 5000, True, "syntax"),
        (HEAD + "root = 5", True, "wrong_kind"),
        (HEAD + "stages = []\nroot = 1", True, "unknown_field"),
    ],
)
def test_hostile_file_is_refused(text, toml, code):
    assert refused(text, toml=toml)[0].split()[-1] == code


@pytest.mark.parametrize("number", ["inf", "nan", "1e99", "1e-99"])
def test_unusable_number_is_a_fault(number):
    text = HEAD + "[root]\n" + LEAF.replace("10", number)

    source = plan_source("p", text.encode(), toml=True)

    first, *_ = faults_of(source)
    assert (first.code, first.line) == ("number_unusable", 4)


def test_not_utf8_is_refused():
    with pytest.raises(BadFiles) as bad:
        plan_source("p", "title = '题'".encode("gb18030"), toml=True)
    assert bad.value.troubles[0].code == "not_utf8"


def test_fault_of_a_scheme_names_stage_node_and_line():
    text = (
        (GOLDEN / "two-stages" / "plan.toml").read_text("utf-8").replace('stage = "heat"', 'stage = "haet"')
    )

    (fault,) = faults_of(plan_source("p", text.encode(), toml=True))

    assert (fault.code, fault.path) == ("carried_unknown", "stages > final > total > from-heat")
    assert fault.line == 1 + text[: text.index("from-heat")].count("\n")


def test_published_schema_allows_every_golden_plan():
    jsonschema_rs = pytest.importorskip("jsonschema_rs")
    schema = json.loads((GOLDEN.parents[1] / "docs" / "plan.schema.json").read_text("utf-8"))
    validator = jsonschema_rs.validator_for(schema)

    for file in GOLDEN.glob("*/plan.toml"):
        assert validator.is_valid(tomllib.loads(file.read_text("utf-8"))), file
