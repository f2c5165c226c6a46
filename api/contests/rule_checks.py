"""Whether rules can be applied in the product: items, awards and columns that they name are there.

What scoring itself refuses (a cut without places, a composition that cannot be met) never becomes a rule at all.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Final

from api.contests.columns import RULE_COLUMNS
from api.contests.rules import LEAST_REST_PERCENT, ContestRules
from api.plumbing.problems import FieldError, field_error
from scoring import AwardRule, QuotaRule

# A checklist item is answered under "check:" and its code.
CHECK_CODE: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}")


def rules_errors(rules: ContestRules, items: dict[str, str], at: str = "") -> list[FieldError]:
    """What is wrong with rules for these items (code → trade): unknown items, awards that could not be decided."""
    errors = [
        field_error(f"{at}/quotas/{code}", "rule_item_unknown", item=code)
        for code in rules.quotas
        if code not in items
    ]
    errors += [
        field_error(f"{at}/spreads/{code}", "rule_item_unknown", item=code)
        for code in rules.spreads
        if code not in items
    ]
    errors += _recheck_errors(rules, at)
    for where, quota in [
        ("quota", rules.quota),
        *((f"quotas/{code}", each) for code, each in rules.quotas.items()),
    ]:
        errors += _unknown_columns(columns_of_quota(quota), f"{at}/{where}") if quota else []
    errors += repeated_codes(f"{at}/awards", [rule.code for rule in rules.awards])
    codes = {rule.code for rule in rules.awards}
    for place, rule in enumerate(rules.awards):
        here = f"{at}/awards/{place}"
        errors += [
            field_error(f"{here}/{where}", "rule_award_unknown", award=code)
            for where, code in _awards_named(rule)
            if code not in codes
        ]
        errors += _unknown_columns(columns_of_award(rule), here)
        errors += [
            field_error(f"{here}/checklist/{number}/code", "check_code_invalid", value=item.code)
            for number, item in enumerate(rule.checklist)
            if not CHECK_CODE.fullmatch(item.code)
        ]
        errors += [
            field_error(f"{at}/awards/{place}/deciding_items/{trade}", "rule_item_unknown", item=code)
            for trade, code in rule.deciding_items.items()
            if code not in items
        ]
        if rule.field == "trade":
            # "First of a trade" with several items needs the item that decides (DESIGN 3.13).
            several = [trade for trade, count in Counter(items.values()).items() if count > 1]
            errors += [
                field_error(
                    f"{at}/awards/{place}/deciding_items/{trade}", "deciding_item_missing", trade=trade
                )
                for trade in several
                if trade not in rule.deciding_items
            ]
    return errors


def _recheck_errors(rules: ContestRules, at: str) -> list[FieldError]:
    """A recheck looks at all of the top, and at no less of the rest than the rule book asks for."""
    rule, errors = rules.recheck, []
    if rule is not None and rule.top is None and rule.top_percent is None:
        errors.append(field_error(f"{at}/recheck/top", "recheck_top_missing"))
    if rule is not None and rule.rest_percent < LEAST_REST_PERCENT:
        errors.append(
            field_error(f"{at}/recheck/rest_percent", "recheck_share_small", least=LEAST_REST_PERCENT)
        )
    return errors


def columns_of_quota(rule: QuotaRule) -> Iterator[tuple[str, str]]:
    """Where a quota names a column, and which."""
    for place in ("where", "caps", "host"):
        yield from ((place, name) for name in getattr(rule, place))
    for number, case in enumerate(rule.cap_cases):
        yield f"cap_cases/{number}/by", case.by
        yield from ((f"cap_cases/{number}/where", name) for name in case.where)
    for number, each in enumerate(rule.composition):
        yield f"composition/{number}/column", each.column


def columns_of_award(rule: AwardRule) -> Iterator[tuple[str, str]]:
    """Where an award names a column, and which."""
    yield from (("where", name) for name in rule.where)
    for number, cap in enumerate(rule.caps):
        if cap.by not in ("person", "entry"):
            yield f"caps/{number}/by", cap.by


def _unknown_columns(named: Iterable[tuple[str, str]], at: str) -> list[FieldError]:
    known = ", ".join(RULE_COLUMNS)
    return [
        field_error(f"{at}/{place}", "rule_column_unknown", column=column, known=known)
        for place, column in named
        if column not in RULE_COLUMNS
    ]


def _awards_named(rule: AwardRule) -> Iterator[tuple[str, str]]:
    yield from (("excludes", code) for code in sorted(rule.excludes))
    for number, cap in enumerate(rule.caps):
        yield from ((f"caps/{number}/awards", code) for code in cap.awards)
    for number, case in enumerate(rule.ladder.cases if rule.ladder else ()):
        yield from ((f"ladder/cases/{number}/awards", code) for code in case.awards)


def repeated_codes(pointer: str, codes: list[str]) -> list[FieldError]:
    """An error for each code that is used more than once."""
    return [
        field_error(pointer, "code_repeated", value=code)
        for code, count in Counter(codes).items()
        if count > 1
    ]
