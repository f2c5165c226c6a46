"""Presets: a versioned document from which contests are made, so that 1,000 county contests run on the same rules file.

A preset is whole in itself: class, notice period, items with their plans, quota and awards. Parts of it may be locked. Locked and
adjustable parts are paths such as `/items/*/plan/ties`; the longest that fits decides, and what none names is adjustable.
"""

from typing import Annotated, Literal, TypeAlias

import msgspec

from api.contests.feeding import unfed
from api.contests.locks import PATH
from api.contests.rule_checks import repeated_codes, rules_errors
from api.contests.rules import ContestRules
from api.plumbing.problems import FieldError, field_error
from api.plumbing.texts import clean_text
from scoring import Plan, PlanFault, check_plan

Tier: TypeAlias = Literal["province", "city", "base"]
ItemKind: TypeAlias = Literal["individual", "pair", "triple", "team"]
Live: TypeAlias = Literal["off", "progress", "by_code", "by_name"]
Code: TypeAlias = Annotated[str, msgspec.Meta(pattern="^[a-z0-9][a-z0-9-]{0,60}$")]
TradeCode: TypeAlias = Annotated[str, msgspec.Meta(pattern="^[a-z0-9_]{2,40}$")]
PresetCode: TypeAlias = Annotated[str, msgspec.Meta(pattern="^[a-z0-9][a-z0-9-]{1,60}$")]
Count: TypeAlias = Annotated[int, msgspec.Meta(ge=1, le=30_000)]
LockPath: TypeAlias = Annotated[str, msgspec.Meta(pattern=PATH)]

TEAM_SIZES: dict[ItemKind, range] = {
    "individual": range(1, 2),
    "pair": range(2, 3),
    "triple": range(3, 4),
    "team": range(2, 51),
}


class Trade(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A trade; several items may be of one."""

    code: TradeCode
    name_zh: str
    name_en: str


class PresetItem(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An item that a contest may tick. `per_delegation` is how many entries one delegation may send."""

    trade: TradeCode
    code: Code
    name_zh: str
    name_en: str
    plan: Plan
    kind: ItemKind = "individual"
    team_size: Annotated[int, msgspec.Meta(ge=1, le=50)] = 1
    min_field: Annotated[int, msgspec.Meta(ge=0, le=10_000)] = 0
    capacity: Count | None = None
    per_delegation: Count | None = None
    blind_layers: Annotated[int, msgspec.Meta(ge=0, le=3)] = 0
    live: Live = "progress"


class PresetDocument(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """See the module. `class_code` is the class the contest is filed under, which every province names its own way."""

    code: PresetCode
    version: Annotated[int, msgspec.Meta(ge=1, le=10_000)]
    tier: Tier
    name_zh: str
    name_en: str
    class_code: Annotated[str, msgspec.Meta(pattern="^[a-z0-9_]{2,40}$")]
    class_zh: str
    class_en: str
    trades: Annotated[tuple[Trade, ...], msgspec.Meta(min_length=1, max_length=200)]
    items: Annotated[tuple[PresetItem, ...], msgspec.Meta(min_length=1, max_length=200)]
    rules: ContestRules = msgspec.field(default_factory=ContestRules)
    notice_days: Annotated[int, msgspec.Meta(ge=0, le=60)] = 5
    locked: Annotated[tuple[LockPath, ...], msgspec.Meta(max_length=200)] = ()
    adjustable: Annotated[tuple[LockPath, ...], msgspec.Meta(max_length=200)] = ()

    def item(self, code: str) -> PresetItem | None:
        """The item of this code."""
        return next((item for item in self.items if item.code == code), None)


def preset_errors(document: PresetDocument, root: str = "") -> list[FieldError]:
    """Everything wrong with a preset; each error points into the document, a plan's down to its node."""
    errors: list[FieldError] = []
    for name in ("name_zh", "name_en", "class_zh", "class_en"):
        clean_text(getattr(document, name), f"{root}/{name}", 100, errors)
    trades = {trade.code for trade in document.trades}
    errors += repeated_codes(f"{root}/trades", [trade.code for trade in document.trades])
    errors += repeated_codes(f"{root}/items", [item.code for item in document.items])
    for place, trade in enumerate(document.trades):
        clean_text(trade.name_zh, f"{root}/trades/{place}/name_zh", 60, errors)
        clean_text(trade.name_en, f"{root}/trades/{place}/name_en", 60, errors)
    for place, item in enumerate(document.items):
        at = f"{root}/items/{place}"
        if item.trade not in trades:
            errors.append(field_error(f"{at}/trade", "trade_unknown"))
        clean_text(item.name_zh, f"{at}/name_zh", 60, errors)
        clean_text(item.name_en, f"{at}/name_en", 60, errors)
        errors += shape_errors(item.kind, item.team_size, item.live, item.blind_layers, at)
        errors += plan_errors(item.plan, f"{at}/plan")
    errors += rules_errors(
        document.rules, {item.code: item.trade for item in document.items}, f"{root}/rules"
    )
    return errors


def shape_errors(
    kind: ItemKind, team_size: int, live: Live, blind_layers: int, at: str = ""
) -> list[FieldError]:
    """Whether size fits kind, and what may be shown live fits how blind the item is (DESIGN 3.5)."""
    errors = []
    if team_size not in TEAM_SIZES[kind]:
        errors.append(field_error(f"{at}/team_size", "team_size_mismatch"))
    if live == "by_name" and blind_layers:
        errors.append(field_error(f"{at}/live", "names_need_no_blindness"))
    return errors


def plan_errors(plan: Plan, at: str = "") -> list[FieldError]:
    """What is wrong with a plan, at the path of its node: what scoring finds, else what the product cannot feed it with."""
    return [_plan_error(fault, at) for fault in check_plan(plan) or unfed(plan)]


def _plan_error(fault: PlanFault, at: str) -> FieldError:
    keys = [key.replace("~", "~0").replace("/", "~1") for key in fault.path.split(" > ")]
    return FieldError("/".join([at, *keys]), fault.code, fault.zh, fault.en)
