"""Text of a cell to a number, a time, yes or no. Nothing passes through a float."""

import re
import unicodedata
from datetime import date
from decimal import Decimal
from typing import Final

from frontend.scorefiles.words import NO, YES

_NUMBER: Final = re.compile(r"[+-]?(?:\d{1,24}(?:\.\d{0,24})?|\.\d{1,24})(?:[eE][+-]?\d{1,2})?")
_CLOCK: Final = re.compile(r"(?:(\d{1,4}):)?(\d{1,4}):(\d{1,2}(?:\.\d{1,9})?)")
_PRIMES: Final = re.compile(r"(?:(\d{1,4})')?(\d{1,2})\"(\d{0,9})")
_DAYS: Final = (
    re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?", re.ASCII),
    re.compile(r"(\d{4})(\d{2})(\d{2})", re.ASCII),
)
_MARKS: Final = str.maketrans("′’″”：．", "''\"\":.")


def number(text: str) -> Decimal | None:
    """A decimal number; None where the text is none. Full-width digits are digits."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text).replace("−", "-")
    return Decimal(text) if _NUMBER.fullmatch(text) else None


def seconds(text: str) -> Decimal | None:
    """A time in seconds: 62.5, 1:02.50, 1:01:02.5 or 1'02"50."""
    plain = number(text)
    if plain is not None:
        return plain
    text = unicodedata.normalize("NFKC", text.translate(_MARKS)) if not text.isascii() else text
    if match := _CLOCK.fullmatch(text):
        hours, minutes, rest = match.groups()
        # Beyond the first figure a clock counts to 60: 1:75 is a slip of the pen.
        if Decimal(rest) >= 60 or (hours is not None and int(minutes) >= 60):
            return None
        return int(hours or 0) * 3600 + int(minutes) * 60 + Decimal(rest)
    if match := _PRIMES.fullmatch(text):
        minutes, whole, part = match.groups()
        return int(minutes or 0) * 60 + Decimal(f"{whole}.{part or 0}")
    return None


def birth_date(text: str) -> str | None:
    """A day as 1990-05-01 however it is written (1990/5/1, 1990年5月1日, 19900501), so that days compare as text.

    A year alone or a year and month stay what they are.
    """
    text = unicodedata.normalize("NFKC", text).strip()
    if re.fullmatch(r"\d{4}(-\d{2})?", text):
        return text
    match = next((found for form in _DAYS if (found := form.fullmatch(text))), None)
    if match is None:
        return None
    year, month, day = map(int, match.groups())
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None


def yes_or_no(text: str) -> bool | None:
    """True, False, or None where the text says neither."""
    word = text.strip().lower()
    return True if word in YES else False if word in NO else None
