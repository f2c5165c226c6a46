"""Assessment plans of the demo's trades, read from a data file: theory from outside, practical marked by a panel.

The papers are written for the demo. They keep to one pattern (two modules, twelve criteria, 100 points) so that
every kind of criterion is met in every trade.
"""

from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Final, Literal

import msgspec

from scoring import (
    Band,
    Benchmark,
    Imported,
    Judged,
    Measured,
    Panel,
    Part,
    Plan,
    Rounding,
    Sum,
    Tie,
    WeightedSum,
    check_plan,
)

DATA: Final = Path(__file__).parent / "data"
THEORY: Final = "theory"
PRACTICAL: Final = "practical"

_WORDS: Final = (("未达标", "Below"), ("达标", "Meets"), ("良好", "Good"), ("优秀", "Excellent"))
_TWO_DECIMALS: Final = Rounding()


class _Data(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What every table of the file shares: a misspelt key is an error, not a default."""


class BenchmarkSet(_Data, frozen=True):
    """What 0, 1, 2 and 3 mean for one kind of judgement."""

    texts_zh: tuple[str, str, str, str]
    texts_en: tuple[str, str, str, str]


class CriterionRow(_Data, frozen=True, kw_only=True):
    key: str
    title_zh: str
    title_en: str
    kind: Literal["measured", "judgement_0_3", "pass_fail", "deduction"]
    points: Decimal
    benchmarks: str | None = None
    unit: str = ""
    low: Decimal | None = None
    high: Decimal | None = None
    near_low: Decimal | None = None
    near_high: Decimal | None = None
    minimum: Decimal = Decimal(0)
    maximum: Decimal | None = None
    step: Decimal = Decimal(1)


class ModuleRow(_Data, frozen=True):
    title_zh: str
    title_en: str
    criteria: tuple[CriterionRow, ...]


class TradeRow(_Data, frozen=True):
    """A trade, the task set in it and its two modules. `code` is the key of the trade everywhere."""

    code: str
    name_zh: str
    name_en: str
    task_zh: str
    task_en: str
    a: ModuleRow
    b: ModuleRow


class Papers(_Data, frozen=True):
    benchmarks: dict[str, BenchmarkSet]
    trades: tuple[TradeRow, ...]


class Weights(msgspec.Struct, frozen=True):
    """Weights in per cent and the panel: what a season's notice fixes for all of its trades."""

    theory: Decimal
    practical: Decimal
    panel_size: int
    drop_high: int
    drop_low: int


@cache
def load_papers(file: str) -> Papers:
    """The trades of a data file. Raises msgspec.ValidationError with the path of what is wrong."""
    return msgspec.toml.decode((DATA / file).read_bytes(), type=Papers)


def plan_of(papers: Papers, trade: TradeRow, weights: Weights, season: str) -> Plan:
    """The plan of one trade. Panel mean and total are rounded half-up to 2 decimals, as the notices publish them.

    Raises ValueError when the data file makes a plan that cannot be used: it is ours, not input.
    """
    modules = tuple(
        Sum(
            key=letter,
            title=module.title_zh,
            title_en=module.title_en,
            parts=tuple(_criterion(papers, row) for row in module.criteria),
        )
        for letter, module in (("a", trade.a), ("b", trade.b))
    )
    practical = Sum(
        key=PRACTICAL,
        title="实操",
        title_en="Practical",
        parts=modules,
        panel=_panel(weights),
    )
    theory = Imported(key=THEORY, title="理论", title_en="Theory", maximum=Decimal(100), step=Decimal("0.5"))
    plan = Plan(
        code=f"{season}-{trade.code.replace('_', '-')}",
        version=1,
        title=f"{trade.name_zh} {trade.task_zh}",
        title_en=f"{trade.name_en}: {trade.task_en}",
        root=WeightedSum(
            key="total",
            title="总分",
            title_en="Total",
            parts=(Part(weight=weights.theory, node=theory), Part(weight=weights.practical, node=practical)),
            rounding=_TWO_DECIMALS,
        ),
        # Total, practical, theory, time, then equal rank (DOMAIN §4).
        ties=(
            Tie(key="total"),
            Tie(key=PRACTICAL),
            Tie(key=THEORY),
            Tie(key=PRACTICAL, of="time", better="lower"),
        ),
    )
    if faults := check_plan(plan):
        raise ValueError(f"{plan.code}: {faults[0].path}: {faults[0].en}")
    return plan


def _panel(weights: Weights) -> Panel:
    return Panel(
        size=weights.panel_size,
        method="trimmed_mean",
        drop_high=weights.drop_high,
        drop_low=weights.drop_low,
        rounding=_TWO_DECIMALS,
    )


def _criterion(papers: Papers, row: CriterionRow) -> Judged | Measured:
    if row.kind == "measured":
        return _measured(row)
    maximum = {"judgement_0_3": Decimal(3), "pass_fail": Decimal(1), "deduction": row.points}[row.kind]
    return Judged(
        key=row.key,
        title=row.title_zh,
        title_en=row.title_en,
        kind=row.kind,
        maximum=maximum,
        step=row.step,
        # A deduction records the points that remain, so they need no scale.
        points=None if row.kind == "deduction" else row.points,
        benchmarks=_benchmarks(papers.benchmarks[row.benchmarks]) if row.benchmarks else (),
    )


def _measured(row: CriterionRow) -> Measured:
    if row.maximum is None:
        raise ValueError(f"{row.key}: a measured criterion needs a maximum.")
    bands = [Band(points=row.points, low=row.low, high=row.high)]
    if row.near_low is not None or row.near_high is not None:
        bands.append(Band(points=row.points / 2, low=row.near_low, high=row.near_high))
    return Measured(
        key=row.key,
        title=row.title_zh,
        title_en=row.title_en,
        bands=tuple(bands),
        minimum=row.minimum,
        maximum=row.maximum,
        step=row.step,
        unit=row.unit,
    )


def _benchmarks(texts: BenchmarkSet) -> tuple[Benchmark, ...]:
    return tuple(
        Benchmark(value=Decimal(value), word=word, word_en=word_en, text=text, text_en=text_en)
        for value, ((word, word_en), text, text_en) in enumerate(
            zip(_WORDS, texts.texts_zh, texts.texts_en, strict=True)
        )
    )
