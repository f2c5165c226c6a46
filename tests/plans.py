"""Small plans with readable numbers, shared by tests of all rooms."""

from decimal import Decimal

from scoring import Imported, Judged, Panel, Part, Plan, Rounding, Sum, Tie, WeightedSum
from scoring.plans.plan import Measured


def two_part_plan() -> Plan:
    """Theory 30 %, practical 70 %: criteria C1 (0–10, step 0.5) and C2 (0–90, step 1), panel of five, one highest and lowest dropped."""
    practical = Sum(
        key="practical",
        title="实操",
        title_en="Practical",
        panel=Panel(size=5, method="mean", drop_high=1, drop_low=1),
        rounding=Rounding(),
        parts=(
            Judged(key="C1", title="划线", title_en="Marking out", maximum=Decimal(10), step=Decimal("0.5")),
            Judged(key="C2", title="配合", title_en="Fit", maximum=Decimal(90)),
        ),
    )
    theory = Imported(
        key="theory", title="理论", title_en="Theory", maximum=Decimal(100), step=Decimal("0.5")
    )
    return Plan(
        code="two-part",
        version=1,
        title="理论30%、实操70%",
        title_en="Theory 30 %, practical 70 %",
        root=WeightedSum(
            key="total",
            title="总分",
            title_en="Total",
            rounding=Rounding(),
            parts=(Part(weight=Decimal("0.3"), node=theory), Part(weight=Decimal("0.7"), node=practical)),
        ),
        ties=(Tie(key="practical"), Tie(key="theory"), Tie(key="decision", of="decision", better="lower")),
    )


def practical_plan(code: str, version: int, title: str, parts: tuple[Judged | Measured, ...]) -> Plan:
    """A practical part alone, as a workshop marks it: two judges mark each of `parts`, and their sum is the result."""
    root = Sum(
        key="practical",
        title="实操",
        title_en="Practical",
        panel=Panel(size=2),
        rounding=Rounding(),
        parts=parts,
    )
    return Plan(code=code, version=version, title=title, root=root)
