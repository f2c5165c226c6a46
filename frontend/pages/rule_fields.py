"""The rules of control as the fields of one form, and back: every field is checked by itself and named where it is wrong."""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Final

from msgspec.structs import replace

from api.contests.rules import AvoidanceRule, ContestRules, RecheckRule, SpreadRule
from api.plumbing.problems import FieldError, field_error, invalid_fields
from scoring.decimals import plain

NUMBER: Final = re.compile(r"[0-9]{1,6}(\.[0-9]{1,4})?")
PERCENT: Final = (0, 100)
MOST: Final = 999_999
# The keys of criteria that may have a limit of their own, by item; under "" those of the whole contest.
Criteria = Mapping[str, Sequence[str]]
NO_CRITERIA: Final[Criteria] = {}


def limit_field(code: str, key: str) -> str:
    """The field of one criterion's limit."""
    return f"limit:{code}:{key}"


def values_of(rules: ContestRules, items: list[str], criteria: Criteria = NO_CRITERIA) -> dict[str, str]:
    """What the form shows of the rules; the recheck's usual numbers where there is none yet."""
    recheck, avoidance = rules.recheck or RecheckRule(top=10), rules.avoidance
    values = {
        "recheck": "yes" if rules.recheck else "",
        "top": _text(recheck.top),
        "top_percent": _text(recheck.top_percent),
        "rest_percent": _text(recheck.rest_percent),
        "errors_percent": _text(recheck.errors_percent),
        "years": _text(avoidance.years),
        "one_per_unit": "yes" if avoidance.one_judge_per_unit else "",
        **_limits(rules.spread, ""),
    }
    for code in items:
        values |= _limits(rules.spreads.get(code), f"_{code}")
    for code, keys in criteria.items():
        own = (rules.spreads.get(code) if code else rules.spread) or SpreadRule()
        values |= {limit_field(code, key): _text(own.criteria.get(key)) for key in keys}
    return values


def _limits(rule: SpreadRule | None, ending: str) -> dict[str, str]:
    found = rule or SpreadRule()
    return {f"criterion{ending}": _text(found.criterion), f"sheet{ending}": _text(found.sheet)}


def _text(value: Decimal | int | None) -> str:
    return "" if value is None else f"{plain(Decimal(value)):f}"


def names_of(items: list[str], criteria: Criteria = NO_CRITERIA) -> dict[str, str]:
    """From a JSON pointer of the rules to the field of the form."""
    names = {f"/recheck/{name}": name for name in ("top", "top_percent", "rest_percent", "errors_percent")}
    names |= {"/recheck": "recheck", "/spread": "criterion", "/avoidance": "years", "/spreads": "criterion"}
    names |= {"/spread/criterion": "criterion", "/spread/sheet": "sheet", "/avoidance/years": "years"}
    names["/avoidance/one_judge_per_unit"] = "one_per_unit"
    for code in items:
        names |= {
            f"/spreads/{code}": f"criterion_{code}",
            f"/spreads/{code}/criterion": f"criterion_{code}",
            f"/spreads/{code}/sheet": f"sheet_{code}",
        }
    for code, keys in criteria.items():
        names |= {f"{_pointer(code)}/criteria/{key}": limit_field(code, key) for key in keys}
    return names


def _pointer(code: str) -> str:
    return f"/spreads/{code}" if code else "/spread"


def rules_from(
    fields: dict[str, str], now: ContestRules, items: list[str], criteria: Criteria = NO_CRITERIA
) -> ContestRules:
    """The rules with what the form says of their control. Raises invalid_fields with every field that holds no fitting number."""
    read = _Reader(fields)
    recheck = None
    if fields.get("recheck") == "yes":
        recheck = RecheckRule(
            top=read.whole("top", "/recheck/top", 1, 10_000),
            top_percent=read.number("top_percent", "/recheck/top_percent", *PERCENT),
            rest_percent=read.needed("rest_percent", "/recheck/rest_percent", *PERCENT),
            errors_percent=read.needed("errors_percent", "/recheck/errors_percent", *PERCENT),
        )
    spread = read.spread(now.spread, "", criteria.get("", ()))
    spreads = {code: rule for code, rule in now.spreads.items() if code not in items}
    for code in items:
        own = read.spread(now.spreads.get(code), code, criteria.get(code, ()))
        if own is not None:
            spreads[code] = own
    avoidance = AvoidanceRule(
        years=read.whole("years", "/avoidance/years", 0, 20) or 0,
        one_judge_per_unit=fields.get("one_per_unit") == "yes",
    )
    if read.errors:
        raise invalid_fields(*read.errors)
    return replace(now, recheck=recheck, spread=spread, spreads=spreads, avoidance=avoidance)


class _Reader:
    """Numbers out of a form; what is none is remembered and counts as nothing."""

    def __init__(self, fields: dict[str, str]) -> None:
        self.fields = fields
        self.errors: list[FieldError] = []

    def number(self, field: str, pointer: str, least: int, most: int) -> Decimal | None:
        """A number or nothing."""
        text = self.fields.get(field, "").strip()
        if not text:
            return None
        if NUMBER.fullmatch(text) and least <= Decimal(text) <= most:
            return plain(Decimal(text))
        self.errors.append(field_error(pointer, "rule_number", least=least, most=most))
        return None

    def needed(self, field: str, pointer: str, least: int, most: int) -> Decimal:
        """A number that has to be there."""
        if not self.fields.get(field, "").strip():
            self.errors.append(field_error(pointer, "rule_number", least=least, most=most))
        # The least one stands for what is wrong: nothing is made of it.
        return self.number(field, pointer, least, most) or Decimal(least)

    def whole(self, field: str, pointer: str, least: int, most: int) -> int | None:
        """A whole number or nothing."""
        value = self.number(field, pointer, least, most)
        if value is None or value == value.to_integral_value():
            return None if value is None else int(value)
        self.errors.append(field_error(pointer, "rule_whole_number", least=least, most=most))
        return None

    def spread(self, now: SpreadRule | None, code: str, keys: Sequence[str]) -> SpreadRule | None:
        """Limits of one scope; a criterion that the form did not ask for keeps its own. Without any limit there is no rule."""
        ending, at = f"_{code}" if code else "", _pointer(code)
        own = dict(now.criteria) if now else {}
        for key in keys:
            if (field := limit_field(code, key)) in self.fields:
                own.pop(key, None)
                if (limit := self.number(field, f"{at}/criteria/{key}", 0, MOST)) is not None:
                    own[key] = limit
        rule = SpreadRule(
            criterion=self.number(f"criterion{ending}", f"{at}/criterion", 0, MOST),
            sheet=self.number(f"sheet{ending}", f"{at}/sheet", 0, MOST),
            criteria=own,
        )
        return rule if rule != SpreadRule() else None
