"""Which part of a preset a contest may change: the longest path decides."""

from decimal import Decimal

import msgspec
import pytest

from api.contests.builtin import builtin_presets
from api.contests.commands.presets import preset_hash
from api.contests.locks import is_locked, locked_changes
from scoring import Judged, Part, WeightedSum
from tests.plans import two_part_plan

LOCKED = ("/rules/awards", "/items/*/plan/root")
OPEN = ("/rules/awards/*/back_fill", "/items/*/plan/root/parts/practical/node/parts")


@pytest.mark.parametrize(
    ("path", "locked"),
    [
        ("/rules/awards/medal/cut/places", True),
        ("/rules/awards/medal/back_fill", False),
        ("/rules/awards", True),
        ("/rules/awardsome", False),
        ("/rules/quota/places", False),
        ("/items/fitter/plan/root/parts/theory/weight", True),
        ("/items/fitter/plan/root/parts/practical/node/panel/size", True),
        ("/items/fitter/plan/root/parts/practical/node/parts/C1/maximum", False),
        ("/items/fitter/plan/ties", False),
    ],
)
def test_longest_path_decides(path, locked):
    assert is_locked(path, LOCKED, OPEN) is locked


def changed(plan):
    return locked_changes(two_part_plan(), plan, "/items/fitter/plan", LOCKED, OPEN)


def test_other_weights_are_named_by_their_path():
    plan = two_part_plan()
    theory, practical = plan.root.parts
    root = msgspec.structs.replace(
        plan.root,
        parts=(
            Part(weight=Decimal("0.4"), node=theory.node),
            Part(weight=Decimal("0.6"), node=practical.node),
        ),
    )

    assert changed(msgspec.structs.replace(plan, root=root)) == [
        "/items/fitter/plan/root/parts/theory/weight",
        "/items/fitter/plan/root/parts/practical/weight",
    ]


def test_another_criterion_of_the_practical_part_is_free():
    plan = two_part_plan()
    theory, practical = plan.root.parts
    more = (*practical.node.parts, Judged(key="C3", title="安全", maximum=Decimal(5)))
    node = msgspec.structs.replace(practical.node, parts=more)
    root = msgspec.structs.replace(plan.root, parts=(theory, msgspec.structs.replace(practical, node=node)))

    assert changed(msgspec.structs.replace(plan, root=root)) == []


def test_another_panel_is_locked():
    plan = two_part_plan()
    theory, practical = plan.root.parts
    panel = msgspec.structs.replace(practical.node.panel, size=7)
    node = msgspec.structs.replace(practical.node, panel=panel)
    root = msgspec.structs.replace(plan.root, parts=(theory, msgspec.structs.replace(practical, node=node)))

    assert changed(msgspec.structs.replace(plan, root=root)) == [
        "/items/fitter/plan/root/parts/practical/node/panel/size"
    ]


def test_weight_written_otherwise_is_the_same_weight():
    plan = two_part_plan()
    parts = tuple(Part(weight=part.weight + Decimal("0.00"), node=part.node) for part in plan.root.parts)

    assert changed(msgspec.structs.replace(plan, root=msgspec.structs.replace(plan.root, parts=parts))) == []


def test_provincial_preset_is_30_to_70_with_panels_of_five():
    province = builtin_presets()[0]

    assert (province.code, province.tier, len(province.items)) == ("hebei-provincial", "province", 12)
    for item in province.items:
        assert isinstance(item.plan.root, WeightedSum)
        assert [(part.node.key, part.weight) for part in item.plan.root.parts] == [
            ("theory", 30),
            ("practical", 70),
        ]
        panel = item.plan.root.parts[1].node.panel
        assert (panel.size, panel.drop_high, panel.drop_low) == (5, 1, 1)
        assert [tie.key for tie in item.plan.ties][:3] == ["total", "practical", "theory"]
    assert [rule.cut.places for rule in province.rules.awards] == [1, 3, 10]


def test_city_and_base_send_three_of_each_item_upward():
    _, city, base = builtin_presets()

    assert [(preset.tier, preset.rules.quota.places) for preset in (city, base)] == [("city", 3), ("base", 3)]


def test_built_in_presets_change_only_under_a_new_version():
    """Databases keep a version for ever. After the first release: raise VERSION and load it in a migration, then note its hash."""
    hashes = {
        (document.code, document.version): preset_hash(document).hex()[:16] for document in builtin_presets()
    }

    assert hashes == {
        ("hebei-provincial", 1): "b6222c2dad18ade6",
        ("hebei-city", 1): "4606067b0eb4a0cd",
        ("hebei-base", 1): "e364b533cf819d87",
    }
