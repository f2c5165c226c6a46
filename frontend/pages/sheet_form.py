"""A judge's sheet as a form: what was typed becomes operations, what became of them goes back into the rows.

A deduction is typed as points lost and recorded as points that remain; everything else is recorded as it is typed.
"""

from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Literal
from uuid import UUID, uuid4

import msgspec

from api.judging.schemas import MarkResult, MarksReceipt, Operation, Sheet, SheetCriterion
from frontend.locales import Locale, texts
from frontend.pages.serving import named
from frontend.views.judging import Benchmark, Criterion, CriterionGroup, DeductionChip, MarkConflict

KINDS = {
    "free": "points",
    "judgement_0_3": "judgement",
    "pass_fail": "pass_fail",
    "deduction": "deduction",
    "measured": "measured",
}
CHIPS = (Decimal("0.5"), Decimal(1), Decimal(2))
LONGEST_TYPED = 40


class Outcome(msgspec.Struct):
    """What became of the operations of one form, by criterion. `typed` keeps what a person wrote and the program did not take."""

    refused: dict[str, MarkResult] = {}
    typed: dict[str, str] = {}
    last_key: str | None = None

    @property
    def trouble(self) -> bool:
        """Whether anything was not taken."""
        return bool(self.refused)

    def take(self, operations: list[Operation], receipt: MarksReceipt) -> None:
        """Note the results."""
        for operation, result in zip(operations, receipt.results, strict=True):
            self.last_key = operation.criterion
            if result.status not in ("accepted", "duplicate"):
                self.refused[operation.criterion] = result
                self.typed[operation.criterion] = operation.value or ""


def operations_of(sheet: Sheet, form: dict[str, str], only: str | None, outcome: Outcome) -> list[Operation]:
    """One operation for every criterion that the form changes; `only` leaves the others out."""
    operations = []
    for line in sheet.criteria:
        key = line.rule.key
        if only in (None, key):
            wanted = _wanted(line, form)
            if wanted is not None and not _stands(line, *wanted):
                operations.append(_operation(line, form, *wanted))
                outcome.last_key = key
    return operations


def _wanted(line: SheetCriterion, form: dict[str, str]) -> tuple[str, str | None] | None:
    """State and value asked for, or None where the form says nothing about the criterion."""
    key = line.rule.key
    if form.get(f"keep.{key}") == "there":
        return None
    state = form.get(f"state.{key}")
    if state in ("not_attempted", "cleared"):
        return state, None
    typed = form.get(f"mark.{key}", "").strip()
    if typed == "custom":
        typed = form.get(f"custom.{key}", "").strip()
    if not typed:
        return None
    typed = typed.replace("，", ".").replace(",", ".").replace("。", ".")[:LONGEST_TYPED]
    return "scored", _remaining(line, typed) if line.rule.kind == "deduction" else typed


def _remaining(line: SheetCriterion, deducted: str) -> str:
    try:
        number = Decimal(deducted.lstrip("−-"))
    except InvalidOperation:
        return deducted
    return format(line.rule.maximum - number, "f") if number.is_finite() else deducted


def _stands(line: SheetCriterion, state: str, value: str | None) -> bool:
    """Whether the answer is the current one already: an unchanged row is no new revision."""
    current = line.current
    if current is None or current.state != state:
        return current is None and state == "cleared"
    if value is None or current.value is None:
        return value is None and current.value is None
    try:
        return Decimal(value) == current.value
    except InvalidOperation:
        return False


def _operation(line: SheetCriterion, form: dict[str, str], state: str, value: str | None) -> Operation:
    key = line.rule.key
    # Who chose to keep their own value over another tablet's writes on top of that one, as a new operation.
    kept = form.get(f"keep.{key}") == "here"
    revision = form.get(f"there_rev.{key}" if kept else f"rev.{key}", "0")
    return Operation(
        op_id=uuid4() if kept else _uuid(form.get(f"op.{key}", "")),
        criterion=key,
        state=state,  # type: ignore[arg-type]
        base_rev=int(revision) if revision.isdecimal() and len(revision) < 9 else 0,
        entered_at=datetime.now(UTC),
        value=value,
    )


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        return uuid4()


def rows_of(sheet: Sheet, outcome: Outcome, locale: Locale) -> list[tuple[SheetCriterion, Criterion]]:
    """Every line as it stands, with what was refused beside it."""
    return [(line, _row(line, outcome, locale)) for line in sheet.criteria]


def shown_groups(rows: list[tuple[SheetCriterion, Criterion]]) -> tuple[CriterionGroup, ...]:
    """The rows under the nodes right above them, lettered in sheet order."""
    groups: dict[str, list[tuple[SheetCriterion, Criterion]]] = {}
    for line, row in rows:
        groups.setdefault(line.rule.group, []).append((line, row))
    return tuple(
        CriterionGroup(
            chr(ord("A") + place % 26),
            members[0][0].rule.group_title,
            _plain(sum((line.rule.points for line, _ in members), Decimal(0))),
            tuple(row for _, row in members),
        )
        for place, members in enumerate(groups.values())
    )


def _row(line: SheetCriterion, outcome: Outcome, locale: Locale) -> Criterion:
    rule, current = line.rule, line.current
    refused = outcome.refused.get(rule.key)
    conflict = _conflict(refused, outcome.typed.get(rule.key, ""), locale) if refused else None
    answered = current is not None and current.state != "cleared"
    value = _shown(line, current.value) if current and current.value is not None else None
    if refused and not conflict:
        value = outcome.typed.get(rule.key, value)
    return Criterion(
        key=rule.key,
        number=f"{line.number:02d}",
        title=named(locale, rule.title, rule.title_en),
        kind=KINDS[rule.kind],  # type: ignore[arg-type]
        limits=_limits(line, locale),
        maximum=_plain(rule.maximum),
        op_id=str(uuid4()),
        rev=current.rev if current else 0,
        state=current.state if current and answered else "unset",  # type: ignore[arg-type]
        value=value,
        minimum=_plain(rule.minimum),
        step=_plain(rule.step),
        unit=rule.unit,
        verdict=_verdict(line) if answered and not refused else None,
        benchmarks=_benchmarks(line, locale),
        chips=_chips(line, locale),
        refused=named(locale, refused.detail or "", refused.detail_en) if refused and not conflict else "",
        conflict=conflict,
    )


def _conflict(refused: MarkResult, typed: str, locale: Locale) -> MarkConflict | None:
    if refused.status != "conflict" or refused.current is None:
        return None
    now = datetime.now(UTC)
    there = refused.current.value or texts(locale)("judge.not_attempted")
    return MarkConflict(typed, now, there, refused.at or now, refused.rev or 0)


def _shown(line: SheetCriterion, value: Decimal) -> str:
    return _plain(line.rule.maximum - value if line.rule.kind == "deduction" else value)


def _plain(value: Decimal) -> str:
    """A number as people write it, without trailing zeros or an exponent."""
    text = format(value.normalize(), "f")
    return "0" if text == "-0" else text


def _limits(line: SheetCriterion, locale: Locale) -> str:
    rule = line.rule
    match rule.kind:
        case "measured":
            best = max(rule.bands, key=lambda band: band.points)
            low, high = ("" if edge is None else _plain(edge) for edge in (best.low, best.high))
            return f"≤{high}" if not low else f"≥{low}" if not high else f"{low}–{high}"
        case "deduction":
            return texts(locale)("judge.deduction_from", n=_plain(rule.maximum))
        case "pass_fail":
            return texts(locale)("judge.worth", n=_plain(rule.points))
        case _:
            return f"{_plain(rule.minimum)}–{_plain(rule.maximum)}"


def _verdict(line: SheetCriterion) -> Literal["within", "outside"] | None:
    rule, value = line.rule, line.current.value if line.current else None
    if rule.kind != "measured" or value is None:
        return None
    best = max(rule.bands, key=lambda band: band.points)
    inside = (best.low is None or value >= best.low) and (best.high is None or value <= best.high)
    return "within" if inside else "outside"


def _benchmarks(line: SheetCriterion, locale: Locale) -> tuple[Benchmark, ...]:
    return tuple(
        Benchmark(
            _plain(each.value), named(locale, each.word, each.word_en), named(locale, each.text, each.text_en)
        )
        for each in line.rule.benchmarks
    )


def _chips(line: SheetCriterion, locale: Locale) -> tuple[DeductionChip, ...]:
    if line.rule.kind != "deduction":
        return ()
    reason = texts(locale)("judge.deducted")
    fitting = (chip for chip in CHIPS if chip <= line.rule.maximum and chip % line.rule.step == 0)
    return tuple(DeductionChip(_plain(chip), reason) for chip in fitting)[:2]
