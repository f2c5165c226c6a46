"""Exact numbers: one decimal context for all of scoring, and one text for one number.

Work is done with 50 digits, half-even. A node hands on 40 of them: ten guard digits, so that thirds that add up to a
half (0.3333… + 0.1666…) are a half again before a node rounds it. An invalid operation is an error, never a NaN.
"""

from contextlib import AbstractContextManager
from decimal import (
    ROUND_CEILING,
    ROUND_DOWN,
    ROUND_FLOOR,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    ROUND_UP,
    Context,
    Decimal,
    DivisionByZero,
    InvalidOperation,
    Overflow,
    localcontext,
)
from typing import Final, Literal, TypeAlias

RoundingMode: TypeAlias = Literal["half_up", "half_even", "down", "up", "floor", "ceiling"]

ZERO: Final = Decimal(0)
ONE: Final = Decimal(1)
LARGEST: Final = Decimal(10) ** 12
"""Numbers of plans, marks and parameters are below it."""
MOST_DECIMALS: Final = 12
MOST_DIGITS: Final = 30
"""A value with more digits before the point is no result."""

_TRAPS: Final = [InvalidOperation, DivisionByZero, Overflow]
_WORKING: Final = Context(prec=50, rounding=ROUND_HALF_EVEN, traps=_TRAPS)
_KEPT: Final = Context(prec=40, rounding=ROUND_HALF_EVEN, traps=_TRAPS)

ROUNDING_MODES: Final[dict[RoundingMode, str]] = {
    "half_up": ROUND_HALF_UP,
    "half_even": ROUND_HALF_EVEN,
    "down": ROUND_DOWN,
    "up": ROUND_UP,
    "floor": ROUND_FLOOR,
    "ceiling": ROUND_CEILING,
}


def exact_arithmetic() -> AbstractContextManager[Context]:
    """Run a block in scoring's own context, whatever the caller's thread has set."""
    return localcontext(_WORKING)


def kept(value: Decimal) -> Decimal:
    """The value as a node hands it on: guard digits gone, trailing zeros as they are, no negative zero."""
    return _KEPT.plus(value)


def round_to(value: Decimal, digits: int, mode: RoundingMode, step: Decimal | None = None) -> Decimal:
    """The value with exactly this many decimals; with a step the multiple of it that the mode names."""
    if step is not None:
        steps = kept(_WORKING.divide(value, step))
        value = _WORKING.multiply(steps.quantize(ONE, rounding=ROUNDING_MODES[mode], context=_WORKING), step)
    rounded = value.quantize(Decimal((0, (1,), -digits)), rounding=ROUNDING_MODES[mode], context=_WORKING)
    return rounded if rounded else abs(rounded)


def plain(value: Decimal) -> Decimal:
    """One form for one number: no trailing zeros, no exponent above zero, no negative zero (9.0, 9.00 → 9)."""
    if not value:
        return Decimal(0)
    short = _WORKING.normalize(value)
    exponent = short.as_tuple().exponent
    whole = isinstance(exponent, int) and exponent > 0 and short.adjusted() < _KEPT.prec
    return short.quantize(Decimal(1), context=_WORKING) if whole else short


def is_usable(value: Decimal) -> bool:
    """Whether a plan, a parameter or a column may name this number."""
    if not is_exact(value) or abs(value) >= LARGEST:
        return False
    exponent = value.as_tuple().exponent
    return isinstance(exponent, int) and -exponent <= MOST_DECIMALS


def is_exact(value: Decimal) -> bool:
    """Whether scoring can hold this number without losing a digit: finite, and at most 40 digits."""
    return value.is_finite() and (not value or _KEPT.plus(value) == value)
