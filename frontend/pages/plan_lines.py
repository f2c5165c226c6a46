"""An assessment plan in words: a line for each node, and the order of the ranking."""

from decimal import Decimal
from typing import Final

from api.results.queries import CRITERIA
from frontend.locales import Locale, Texts, texts
from frontend.pages.items import panel_sentence
from frontend.pages.serving import named
from frontend.views.contest_info import PlanLine
from scoring import Imported, Node, Plan, ranking_order
from scoring.decimals import plain
from scoring.plans import Band, Judged, Measured, Rounding, WeightedSum, full_mark, walk

# Deeper nodes stand where the deepest of these stands.
DEEPEST: Final = 5


def plan_lines(plan: Plan, locale: Locale) -> tuple[PlanLine, ...]:
    """Every node in reading order."""
    weights = {
        part.node.key: part.weight * 100 / sum(each.weight for each in node.parts)
        for _, node in walk(plan.root)
        if isinstance(node, WeightedSum)
        for part in node.parts
    }
    return tuple(
        PlanLine(
            key=node.key,
            depth=min(len(above), DEEPEST),
            title=named(locale, node.title, node.title_en),
            maximum=_text(full_mark(node)),
            weight=_text(weights[node.key]) if node.key in weights else None,
            kind=_kind(node),
            notes=tuple(_notes(node, locale)),
        )
        for above, node in walk(plan.root)
    )


def tie_lines(plan: Plan, locale: Locale) -> tuple[str, ...]:
    """By what entries are ranked, in order."""
    t = texts(locale)
    names = {node.key: named(locale, node.title, node.title_en) for _, node in walk(plan.root)}
    names |= {tie.key: named(locale, *CRITERIA[tie.of]) for tie in plan.ties if tie.of != "node"}
    return tuple(t(f"plan.better.{tie.better}", what=names[tie.key]) for tie in ranking_order(plan))


def _kind(node: Node) -> str:
    match node:
        case Judged():
            return node.kind
        case Measured():
            return "measured"
        case Imported():
            return "imported"
        case _:
            return ""


def _notes(node: Node, locale: Locale) -> list[str]:
    t = texts(locale)
    notes = []
    if node.panel is not None:
        notes.append(panel_sentence(node.panel, locale))
        if node.panel.rounding is not None:
            notes.append(_rounding(node.panel.rounding, t))
    if isinstance(node, Judged | Measured | Imported):
        unit = node.unit if isinstance(node, Measured) else ""
        notes.append(
            t(
                "plan.range",
                low=_text(node.minimum),
                high=f"{_text(node.maximum)}{unit}",
                step=_text(node.step),
            )
        )
    if isinstance(node, Judged):
        notes += [
            f"{_text(each.value)} {named(locale, each.word, each.word_en)} {named(locale, each.text, each.text_en)}".strip()
            for each in node.benchmarks
        ]
    if isinstance(node, Measured):
        notes += [_band(band, node.unit, t) for band in node.bands]
    if node.rounding is not None:
        notes.append(_rounding(node.rounding, t))
    return notes


def _rounding(rounding: Rounding, t: Texts) -> str:
    return t("plan.rounding", n=rounding.digits, mode=t(f"rounding_mode.{rounding.mode}"))


def _band(band: Band, unit: str, t: Texts) -> str:
    if band.low is None and band.high is None:
        where = t("plan.anywhere")
    elif band.low is None:
        where = f"≤{_text(band.high or Decimal(0))}{unit}"
    elif band.high is None:
        where = f"≥{_text(band.low)}{unit}"
    else:
        where = f"{_text(band.low)}–{_text(band.high)}{unit}"
    return t("plan.band", where=where, points=_text(band.points))


def _text(value: Decimal) -> str:
    return format(plain(value), "f")
