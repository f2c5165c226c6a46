"""The rows of the plan page: a line for each node, in the words that `plan explain` uses too."""

from decimal import Decimal
from typing import Final

from frontend.locales import Locale
from frontend.pages.serving import named
from frontend.planwords.nodes import benchmark_words
from frontend.planwords.plans import NodeRow, compared_words, node_rows, ranking_words
from frontend.views.contest_info import PlanLine
from scoring import Plan
from scoring.decimals import plain
from scoring.plans.plan import full_mark

# Deeper nodes stand where the deepest of these stands.
DEEPEST: Final = 5


def plan_lines(plan: Plan, locale: Locale) -> tuple[PlanLine, ...]:
    """Every node in reading order."""
    return tuple(_line(row, locale) for row in node_rows(plan))


def tie_lines(plan: Plan, locale: Locale) -> tuple[str, ...]:
    """By what entries are ranked, in order."""
    return tuple(named(locale, *said) for said in ranking_words(plan))


def compared_line(plan: Plan, locale: Locale) -> str:
    """Which numbers are compared, and how shared ranks are numbered."""
    return named(locale, *compared_words(plan))


def _line(row: NodeRow, locale: Locale) -> PlanLine:
    node, full = row.node, full_mark(row.node)
    return PlanLine(
        key=node.key,
        depth=min(row.depth, DEEPEST),
        title=named(locale, node.title, node.title_en),
        maximum=None if full is None else _text(full),
        weight=_weight(row),
        notes=tuple(named(locale, *said) for said in (*row.said, *benchmark_words(node))),
    )


def _weight(row: NodeRow) -> str | None:
    if row.share is not None:
        return f"{_text(row.share)}%"
    return None if row.weight is None else f"×{_text(row.weight)}"


def _text(value: Decimal) -> str:
    return format(plain(value), "f")
