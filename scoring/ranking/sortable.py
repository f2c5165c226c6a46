"""Values as bytes whose order is the order of ranking: small to keep, quick to compare, the same for equal numbers.

| value | bytes |
| --- | --- |
| unknown | one byte below (first) or above (last) all others |
| number | sign and size of the exponent, then two digits a byte with the trailing zeros left out |
| text | after all numbers, by code point |
| several values | one after the other; where one list ends, the value is unknown |

No key is the beginning of another, so that keys put one behind the other compare like tuples.
"""

from decimal import Decimal
from functools import lru_cache
from typing import Final, TypeAlias

Value: TypeAlias = Decimal | str | tuple[Decimal, ...] | None

FIRST: Final = b"\x00"
LAST: Final = b"\xff"

_NEGATIVE, _ZERO, _POSITIVE, _TEXT = b"\x7d", b"\x7e", b"\x7f", b"\x90"
_REVERSED: Final = bytes(range(255, -1, -1))
# A digit is one more than itself, so that 0 can end the number.
_DIGITS: Final = str.maketrans("0123456789", "123456789a", ".")
_NEAR: Final = 100


def sortable(value: Value, descending: bool, unknown: bytes) -> bytes:
    """The key of a value: ascending, or descending; `unknown` is FIRST or LAST and stands for what is not known."""
    match value:
        case None:
            return unknown
        case Decimal():
            return _number(value, descending)
        case str():
            return _directed(_TEXT + value.encode().replace(b"\x00", b"") + b"\x00", descending)
    return b"".join([_number(each, descending) for each in value]) + unknown


# Marks stand on a grid of few values.
@lru_cache(maxsize=8192)
def _number(value: Decimal, descending: bool) -> bytes:
    if not value:
        return _directed(_ZERO, descending)
    mantissa, _, power = f"{value.copy_abs():E}".partition("E")
    digits = mantissa.translate(_DIGITS).rstrip("1") + "0"
    size = _exponent(int(power)) + bytes.fromhex(digits if len(digits) % 2 == 0 else digits + "0")
    return _directed(_POSITIVE + size if value > 0 else _NEGATIVE + _directed(size, True), descending)


def _exponent(power: int) -> bytes:
    """One byte for the usual sizes, six for the others."""
    if -_NEAR <= power <= _NEAR:
        return bytes((128 + power,))
    return (LAST if power > 0 else FIRST) + (power + 2**39).to_bytes(5)


def _directed(key: bytes, descending: bool) -> bytes:
    return key.translate(_REVERSED) if descending else key
