"""What quota rules and award rules have in common: shares of a field, floors of parts, columns of an entry."""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Final, Literal, TypeAlias

from scoring.decimals import plain
from scoring.documents import Document
from scoring.entrants.people import Entrant, Reason
from scoring.ranking.standings import StandingRow, Standings

ShareRounding: TypeAlias = Literal["floor", "round", "ceil"]
FieldBase: TypeAlias = Literal["present", "ranked", "entries"]
Where: TypeAlias = dict[str, tuple[str, ...]]

ONE: Final = Decimal(1)
DELEGATION: Final = "delegation"


class Share(Document, frozen=True, kw_only=True):
    """`of` out of `out_of` of the field, so that two thirds are exact; at least `minimum`.

    Raises ValueError unless 0 < of ≤ out_of.
    """

    of: Decimal
    out_of: Decimal = ONE
    rounding: ShareRounding = "floor"
    minimum: int = 0

    def __post_init__(self) -> None:
        check_share(self.of, self.out_of)
        if self.minimum < 0:
            raise ValueError("The minimum of a share is at least 0.")

    def size(self, field: int) -> int:
        """The share of a field of so many entries."""
        return max(part_of(self.of, self.out_of, field, self.rounding), self.minimum)


class Floor(Document, frozen=True, kw_only=True):
    """What a part must reach: node `node` at least `minimum`; without it, the node must have passed (its own pass line)."""

    node: str
    minimum: Decimal | None = None
    title: str = ""
    title_en: str = ""


def check_share(of: Decimal, out_of: Decimal) -> None:
    """Raises ValueError unless this is a share above 0 and at most the whole."""
    if not (of.is_finite() and out_of.is_finite() and 0 < of <= out_of):
        raise ValueError(f"The share {of} of {out_of} must be above 0 and at most 1.")


def part_of(of: Decimal, out_of: Decimal, field: int, rounding: ShareRounding) -> int:
    """field × of ÷ out_of as a whole number. Exact: a third of 30 is 10."""
    exact = Fraction(of) * field / Fraction(out_of)
    match rounding:
        case "floor":
            return exact.__floor__()
        case "ceil":
            return exact.__ceil__()
        case _:
            return (exact + Fraction(1, 2)).__floor__()


def field_size(standings: Standings, base: FieldBase) -> int:
    """How many entries a share or a minimum counts: all that are present, those with an award rank, or all that entered."""
    match base:
        case "present":
            return standings.field
        case "ranked":
            return sum(row.award_rank is not None for row in standings.rows)
        case _:
            return len(standings.rows)


def column_of(entrant: Entrant, name: str) -> str | None:
    """The entry's value in a column; None where nothing is known. `delegation` is a column too."""
    return (entrant.delegation if name == DELEGATION else entrant.columns.get(name)) or None


def fits(where: Mapping[str, tuple[str, ...]], entrant: Entrant) -> bool | None:
    """Whether every named column has one of its values; None while one that matters is unknown."""
    found = [(column_of(entrant, name), values) for name, values in where.items()]
    if any(value is not None and value not in values for value, values in found):
        return False
    return None if any(value is None for value, _ in found) else True


def check_floor(
    floor: Floor, row: StandingRow | None, entrant: Entrant
) -> tuple[bool | None, Reason, tuple[str, str]]:
    """Reached, not reached, or None: not known; with the sentence, and the fact it rests on."""
    zh, en = floor.title or floor.node, floor.title_en or floor.node
    if floor.minimum is None:
        met = entrant.passed.get(floor.node)
        fact = (f"passed:{floor.node}", "unknown" if met is None else "yes" if met else "no")
        said = {
            True: ("floor", f"“{zh}”合格。", f"The part “{en}” is passed."),
            False: ("floor_not_met", f"“{zh}”不合格。", f"The part “{en}” is not passed."),
            None: ("floor_unknown", f"“{zh}”是否合格尚未登记，须人工核实。", f"It is not recorded whether the part “{en}” is passed; a person must check it."),
        }  # fmt: skip
        return met, Reason(*said[met]), fact
    value = None if row is None else row.values.get(floor.node)
    least = plain(floor.minimum)
    fact = (f"value:{floor.node}", "unknown" if value is None else str(value))
    if value is None:
        return None, Reason(
            "floor_unknown", f"“{zh}”没有成绩，须人工核实。", f"The part “{en}” has no value; a person must check it."
        ), fact  # fmt: skip
    if value < floor.minimum:
        return False, Reason(
            "floor_not_met", f"“{zh}” {value} 未达到 {least}。", f"The part “{en}” has {value}, below the required {least}."
        ), fact  # fmt: skip
    return True, Reason(
        "floor", f"“{zh}” {value} 达到 {least}。", f"The part “{en}” has {value} and reaches {least}."
    ), fact  # fmt: skip
