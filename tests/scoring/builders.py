"""The small world of these tests: one plan like a Hebei final, and entries with the marks a test names."""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from scoring import (
    EntryFacts,
    EntryState,
    Imported,
    Judged,
    Mark,
    Panel,
    Part,
    Plan,
    Rounding,
    Sum,
    Tie,
    WeightedSum,
)

D = Decimal
JUDGES = ("J1", "J2", "J3", "J4", "J5")


def panel_of(size: int = 5, **changes: object) -> Panel:
    trimmed = {"method": "trimmed_mean", "drop_high": 1, "drop_low": 1, "rounding": Rounding()} | changes
    return Panel(size=size, **trimmed)  # type: ignore[arg-type]


def one_mark_plan(panel: Panel, maximum: str = "10", step: str = "0.1") -> Plan:
    """The smallest plan: one criterion, one panel."""
    root = Judged(key="A", title="作品", maximum=D(maximum), step=D(step), panel=panel)
    return Plan(code="one-mark", version=1, title="单项", root=root)


def final_plan(criteria: int = 12, panel: Panel | None = None, **changes: object) -> Plan:
    """Theory 30, practical 70 by five judges, total → practical → time → theory; each criterion
    is marked out of 10. Source: DOMAIN §3, §4."""
    half = criteria // 2
    modules = tuple(
        Sum(
            key=name,
            title=f"模块{name}",
            parts=tuple(
                Judged(
                    key=f"{name}/{n:02}",
                    title=f"第{n}项",
                    maximum=D(10),
                    step=D("0.5"),
                )
                for n in numbers
            ),
        )
        for name, numbers in (("A", range(1, half + 1)), ("B", range(half + 1, criteria + 1)))
    )
    practical = Sum(key="practical", title="实操", parts=modules, panel=panel or panel_of(minimum=3))
    theory = Imported(key="theory", title="理论", maximum=D(100))
    root = WeightedSum(
        key="total",
        title="总分",
        rounding=Rounding(),
        parts=(Part(weight=D("0.3"), node=theory), Part(weight=D("0.7"), node=practical)),
    )
    ties = (
        Tie(key="total"),
        Tie(key="practical"),
        Tie(key="time", of="time", better="lower"),
        Tie(key="theory"),
    )
    fields: dict[str, object] = {"code": "final", "version": 1, "title": "决赛", "root": root, "ties": ties}
    return Plan(**(fields | changes))  # type: ignore[arg-type]


def total_plan() -> Plan:
    """One imported total: for tests of ranks, slots and awards that need no panel."""
    return Plan(
        code="total", version=1, title="总分", root=Imported(key="total", title="总分", maximum=D(1000))
    )


def scored(entry: str, judge: str, criterion: str, value: str | Decimal) -> Mark:
    return Mark(entry, judge, criterion, "scored", D(value))


def sheet(entry: str, judge: str, values: Iterable[str], criteria: Sequence[str]) -> tuple[Mark, ...]:
    return tuple(scored(entry, judge, key, value) for key, value in zip(criteria, values, strict=True))


def one_mark_entry(marks: Sequence[str], entry: str = "E1", seated: int | None = None) -> EntryFacts:
    """An entry of `one_mark_plan` with one mark per judge J1, J2, …"""
    given = tuple(scored(entry, f"J{n}", "A", value) for n, value in enumerate(marks, 1))
    panels = {} if seated is None else {"A": tuple(f"J{n}" for n in range(1, seated + 1))}
    return EntryFacts(entry=entry, marks=given, panels=panels)


def total_of(
    entry: str, score: str, *, state: EntryState = "present", hors_concours: bool = False
) -> EntryFacts:
    """An entry of `total_plan`."""
    return EntryFacts(entry=entry, state=state, hors_concours=hors_concours, imported={"total": D(score)})


def totals(*scores: str) -> list[EntryFacts]:
    """Entries E1, E2, … of `total_plan` with these totals."""
    return [total_of(f"E{n}", score) for n, score in enumerate(scores, 1)]
