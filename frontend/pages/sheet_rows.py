"""The rows of a sheet as they are shown: the criterion, what stands there, and what became of what was just entered."""

from datetime import datetime
from decimal import Decimal
from typing import Final, Literal
from uuid import uuid4

import msgspec

from api.judging.schemas import CurrentAnswer, MarkResult, SheetCriterion
from frontend.locales import Locale, texts
from frontend.pages.serving import named
from frontend.pages.sheet_form import Entered, shown_value
from frontend.views import judging as views
from frontend.views.formats import MINUS
from scoring import Criterion, MarkState
from scoring.decimals import exact_arithmetic, plain
from scoring.plans.plan import UNBOUNDED, CriterionKind

KINDS: Final[dict[CriterionKind, Literal["judgement", "pass_fail", "deduction", "measured", "points"]]] = {
    "judgement_0_3": "judgement",
    "pass_fail": "pass_fail",
    "deduction": "deduction",
    "measured": "measured",
    "free": "points",
}
CHIPS: Final = 2


class Outcome(msgspec.Struct, frozen=True):
    """A row that was entered, with the answer it got."""

    entered: Entered
    result: MarkResult
    at: datetime

    @property
    def stands(self) -> bool:
        """Whether it is saved."""
        return self.result.status in ("accepted", "duplicate")

    @property
    def in_conflict(self) -> bool:
        """Whether somebody has to choose. An operation whose number was used for another value is one the browser sent again
        after going back: both values are real."""
        return self.result.status in ("conflict", "op_reused")


def groups_of(
    lines: tuple[SheetCriterion, ...], outcomes: dict[str, Outcome], locale: Locale
) -> tuple[views.CriterionGroup, ...]:
    """The rows in the groups of the plan, lettered in order as on the printed sheet."""
    keys = list(dict.fromkeys(line.rule.group for line in lines))
    groups = []
    for place, key in enumerate(keys):
        inside = [line for line in lines if line.rule.group == key]
        rows = tuple(row_of(line, outcomes.get(line.rule.key), locale) for line in inside)
        title = named(locale, inside[0].rule.group_title, inside[0].rule.group_title_en)
        groups.append(views.CriterionGroup(_letter(place), title, _points(inside), rows, key))
    return tuple(groups)


def _points(lines: list[SheetCriterion]) -> str | None:
    """What a group is worth; a measure without bands is a number of seconds or metres, and no points."""
    if any(line.rule.kind == "measured" and not line.rule.bands for line in lines):
        return None
    with exact_arithmetic():
        return _text(sum((line.rule.points for line in lines), Decimal(0)))


def row_of(line: SheetCriterion, outcome: Outcome | None, locale: Locale) -> views.Criterion:
    """One row. What was refused or is in conflict stays as it was typed, and the row goes on from the revision it knew."""
    rule, current = line.rule, line.current
    stands = _value(rule, current)
    row = views.Criterion(
        key=rule.key,
        number=f"{line.number:02}",
        title=named(locale, rule.title, rule.title_en),
        kind=KINDS[rule.kind],
        limits=_limits(rule, stands, locale),
        maximum=None if rule.maximum == UNBOUNDED else _text(rule.maximum),
        op_id=str(uuid4()),
        rev=current.rev if current else 0,
        state=_state(current),
        value=stands,
        minimum=_text(rule.minimum),
        step=_text(rule.step),
        unit=rule.unit,
        verdict=_verdict(rule, current),
        benchmarks=_benchmarks(rule, locale),
        chips=_chips(rule, locale),
        was=stands or "",
    )
    if outcome is None or outcome.stands:
        return row
    typed = outcome.entered
    kept = msgspec.structs.replace(
        row,
        state="not_attempted" if typed.state == "not_attempted" else "scored" if typed.typed else row.state,
        value=typed.typed or row.value,
        verdict=None,
        received=row.answered,
    )
    if outcome.in_conflict:
        return msgspec.structs.replace(
            kept, rev=typed.rev, conflict=_conflict(rule, outcome, current, locale)
        )
    return msgspec.structs.replace(kept, refused=_refusal(outcome, locale))


def _state(current: CurrentAnswer | None) -> Literal["unset", "scored", "not_attempted"]:
    if current is None or current.state == "cleared":
        return "unset"
    return "not_attempted" if current.state == "not_attempted" else "scored"


def _value(rule: Criterion, current: CurrentAnswer | None) -> str | None:
    if current is None or current.state != "scored" or current.value is None:
        return None
    return shown_value(rule, _text(current.value))


def _limits(rule: Criterion, stands: str | None, locale: Locale) -> str:
    """What the feature frame says: the bounds, the tolerance of a measure, the points of a deduction."""
    t = texts(locale)
    if rule.kind == "deduction":
        if stands is None:
            return t("judge.deduction_from", n=_text(rule.maximum))
        with exact_arithmetic():
            left = _text(rule.maximum - Decimal(stands))
        return t("judge.left_of", left=left, of=_text(rule.maximum))
    if rule.kind == "measured":
        return _tolerance(rule)
    if rule.kind == "pass_fail":
        return t("judge.worth", n=_text(rule.points))
    return _span(rule.minimum, rule.maximum)


def _tolerance(rule: Criterion) -> str:
    """The band that is worth most, or without bands what may be typed in."""
    if not rule.bands:
        return "" if rule.maximum == UNBOUNDED else _span(rule.minimum, rule.maximum)
    best = max(rule.bands, key=lambda band: band.points)
    if best.low is None:
        return f"≤{_text(best.high)}" if best.high is not None else ""
    return _span(best.low, best.high) if best.high is not None else f"≥{_text(best.low)}"


def _verdict(rule: Criterion, current: CurrentAnswer | None) -> Literal["within", "outside"] | None:
    """Within tolerance is what earns points at all; a measure without bands is only taken down."""
    if (
        rule.kind != "measured"
        or not rule.bands
        or current is None
        or current.state != "scored"
        or current.value is None
    ):
        return None
    value = current.value
    for band in rule.bands:
        if (band.low is None or band.low <= value) and (band.high is None or value <= band.high):
            return "within" if band.points > 0 else "outside"
    return "outside"


def _benchmarks(rule: Criterion, locale: Locale) -> tuple[views.Benchmark, ...]:
    """The plan's words, or the usual ones where it has none."""
    if rule.kind != "judgement_0_3":
        return ()
    t = texts(locale)
    written = {_text(each.value): each for each in rule.benchmarks}
    steps = []
    for value in ("0", "1", "2", "3"):
        each = written.get(value)
        word = named(locale, each.word, each.word_en) if each else ""
        text = named(locale, each.text, each.text_en) if each else ""
        steps.append(views.Benchmark(value, word or t(f"judgement.{value}"), text))
    return tuple(steps)


def _chips(rule: Criterion, locale: Locale) -> tuple[views.DeductionChip, ...]:
    """The smallest deductions; anything else is typed."""
    if rule.kind != "deduction":
        return ()
    reason = texts(locale)("judge.deducted")
    with exact_arithmetic():
        points = [rule.step * times for times in range(1, CHIPS + 1)]
        room = rule.maximum - rule.minimum
    return tuple(views.DeductionChip(_text(each), reason) for each in points if each <= room)


def _conflict(
    rule: Criterion, outcome: Outcome, current: CurrentAnswer | None, locale: Locale
) -> views.MarkConflict:
    typed = outcome.entered
    there: MarkState = current.state if current else "cleared"
    return views.MarkConflict(
        here=_word(rule, typed.state, typed.typed, locale),
        here_at=outcome.at,
        there=_word(rule, there, _value(rule, current) or "", locale),
        there_at=current.received_at if current else outcome.at,
        there_rev=current.rev if current else 0,
        typed=typed.typed if typed.state == "scored" else typed.state,
    )


def _word(rule: Criterion, state: MarkState, shown: str, locale: Locale) -> str:
    t = texts(locale)
    if state != "scored":
        return t("judge.not_attempted" if state == "not_attempted" else "judge.nothing")
    if rule.kind == "pass_fail":
        return t("judge.pass" if shown == "1" else "judge.fail")
    return f"{MINUS}{shown}" if rule.kind == "deduction" and shown != "0" else shown


def _refusal(outcome: Outcome, locale: Locale) -> str:
    """The value that was not taken, and why."""
    detail = (outcome.result.detail_en if locale == "en" else outcome.result.detail) or ""
    value = outcome.entered.typed[:40]
    t = texts(locale)
    return t("judge.not_taken", value=value, why=detail) if value else detail


def _span(low: Decimal, high: Decimal) -> str:
    return f"{_text(low)}–{_text(high)}".replace("-", MINUS)


def _letter(place: int) -> str:
    return chr(ord("A") + place) if place < 26 else str(place + 1)


def _text(number: Decimal) -> str:
    return format(plain(number), "f")
