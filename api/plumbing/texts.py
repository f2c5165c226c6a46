"""Texts that people enter: what may stand in one. Names of people have a stricter rule of their own (api/people/names.py)."""

import unicodedata
from typing import Final

from api.plumbing.problems import FieldError, Problem, field_error, invalid_fields

# Fillers and blanks that Unicode counts as letters or symbols, although nobody sees them.
_BLANK: Final = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
# Control, format (zero width, bidirectional), lone surrogate, private use, line and paragraph separator.
_UNSEEN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})


def clean_text(value: str, pointer: str, most: int, errors: list[FieldError] | None = None) -> str:
    """The text as it is stored: NFC, no outer spaces, 1 to `most` characters, nothing that cannot be seen.

    A fault is name_invalid at `pointer`. With `errors` it is added there and the answer is empty, so that a command can
    name all wrong fields at once; without, it is raised.
    """
    text = _cleaned(value, most)
    if text is not None:
        return text
    error = field_error(pointer, "name_invalid")
    if errors is None:
        raise invalid_fields(error)
    errors.append(error)
    return ""


def clean_reason(value: str | None, most: int, pointer: str = "/reason") -> str | None:
    """A reason, a note as it is stored; what is blank is None. Raises invalid_fields as `clean_text` does."""
    return clean_text(value, pointer, most) if value and value.strip() else None


def needed_reason(value: str | None, most: int) -> str:
    """A reason that has to be given, of two characters at least. Raises reason_needed, and invalid_fields as `clean_text` does."""
    reason = clean_reason(value, most)
    if reason is None or len(reason) < 2:
        raise Problem("reason_needed")
    return reason


def _cleaned(value: str, most: int) -> str | None:
    # Measured before it is normalised: a hostile megabyte must not cost the work.
    if len(value) > 8 * most + 64 or any(_unseen(character) for character in value):
        return None
    text = unicodedata.normalize("NFC", value).strip()
    return text if 1 <= len(text) <= most else None


def _unseen(character: str) -> bool:
    if character.isascii():
        return not character.isprintable()
    category = unicodedata.category(character)
    return (
        category in _UNSEEN
        or character in _BLANK
        or "\ufe00" <= character <= "\ufe0f"
        or "\U000e0100" <= character <= "\U000e01ef"
        # Python's tables are older than the newest rare characters of names: an unknown ideograph is still a character.
        or (category == "Cn" and not _in_plane_of_ideographs(character))
    )


def _in_plane_of_ideographs(character: str) -> bool:
    code = ord(character)
    return 0x20000 <= code <= 0x3FFFF and code & 0xFFFE != 0xFFFE
