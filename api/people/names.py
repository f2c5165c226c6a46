"""Names of people: what may stand in one, and the stored keys that order and find them.

A name is one text, never split into family and given name. Order is by reading, character for character (syllable,
then tone, then the character itself, so that all 李 stand together); no ICU is at hand in the database, so the
order lives in an ASCII key that `COLLATE "C"` sorts.
"""

import re
import unicodedata
from functools import cache, lru_cache
from pathlib import Path
from typing import Final, Literal

import msgspec

LONGEST_NAME: Final = 30
"""Characters, not bytes: a character outside the BMP counts once."""

NAME_DOT: Final = "·"


class NameFault(msgspec.Struct, frozen=True):
    """Why a name is refused. `position` is the first wrong character of the text as given, counted from 1."""

    code: Literal["name_empty", "name_too_long", "name_invisible", "name_character", "name_without_letter"]
    position: int | None = None


class _Readings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    surnames: dict[str, str]
    characters: dict[str, str]


def read_name(text: str) -> str | NameFault:
    """The name as it is stored: NFC, no outer spaces, one kind of inner space, one kind of dot; or its fault."""
    fault = _text_fault(text)
    if fault is not None:
        return fault
    name = _SPACES.sub(" ", unicodedata.normalize("NFC", text)).strip()
    name = _DOTS.sub(NAME_DOT, name).replace("’", "'")
    return _name_fault(name, text) or name


def sort_key(name: str) -> str:
    """ASCII key of a name that `read_name` gave; compare it by bytes. Unread characters come last, in code order."""
    return " ".join(
        f"{reading}{ord(word):05x}" if _is_han(word[0]) else reading for word, reading in _readings(name)
    )


def initials(name: str) -> str:
    """First letters of the syllables and words, in lower case, for search by keys: 尉迟恭 → ycg, Anna Lee → al."""
    return "".join(reading[0] for _, reading in _readings(name) if reading[0] != _UNREAD)


def _text_fault(text: str) -> NameFault | None:
    if len(text) > 8 * LONGEST_NAME:
        # Refused before any work: normalising a megabyte is what a hostile client wants.
        return NameFault("name_too_long")
    for position, character in enumerate(text, start=1):
        if _invisible(character):
            return NameFault("name_invisible", position)
    return None


def _name_fault(name: str, text: str) -> NameFault | None:
    """Fault of the normalised name; `text` is where its position is counted."""
    if not name:
        return NameFault("name_empty")
    if len(name) > LONGEST_NAME:
        return NameFault("name_too_long")
    strange = next((c for c in name if not (_is_letter(c) or c in _INSIDE)), None)
    if strange is None and name[0] in _JOINERS:
        strange = name[0]
    if strange is None and name[-1] in "·-":
        strange = name[-1]
    if strange is not None:
        return NameFault("name_character", _position_in(text, strange))
    return None if any(map(_is_letter, name)) else NameFault("name_without_letter")


def _readings(name: str) -> tuple[tuple[str, str], ...]:
    """Each Han character or other word of the name with its reading, from the left."""
    found: list[tuple[str, str]] = []
    # A dot marks a transliterated name: its first character is a sound, not a surname.
    surname = "" if NAME_DOT in name else _surname_of(name)
    if surname:
        found.extend(zip(surname, _tables().surnames[surname].split(), strict=True))
    for word in _WORDS.findall(name[len(surname) :]):
        if _is_han(word[0]):
            found.extend(zip(word, _han_readings(word), strict=True))
        elif folded := _fold(word):
            found.append((word, folded))
    return tuple(found)


def _surname_of(name: str) -> str:
    surnames = _tables().surnames
    return next((name[:length] for length in (2, 1) if name[:length] in surnames), "")


@lru_cache(maxsize=65_536)
def _han_readings(word: str) -> tuple[str, ...]:
    # Its dictionaries take 50 MB, and most processes never read a name.
    from pypinyin import Style, pinyin

    extra = _tables().characters
    # Phrase by phrase: 长江 and 朝阳 are given names too, and single characters would be read wrongly.
    readings: list[str] = []
    for syllable, *_ in pinyin(word, style=Style.TONE3, neutral_tone_with_five=True):
        if syllable.isascii():
            readings.append(syllable)
        else:
            # What has no reading comes back as it went in, with the mark of the neutral tone.
            readings.extend(extra.get(character, _UNREAD) for character in syllable.removesuffix("5"))
    return tuple(readings)


def _fold(word: str) -> str:
    """Latin letters without their marks, in ASCII: Öner sorts as oner."""
    plain = unicodedata.normalize("NFKD", word.lower().translate(_LATIN_WITHOUT_PARTS))
    return "".join(
        character if character.isascii() else f"{_UNREAD}{ord(character):05x}"
        for character in plain
        if not unicodedata.combining(character) and character not in _JOINERS
    )


@cache
def _tables() -> _Readings:
    return msgspec.toml.decode(_READINGS.read_bytes(), type=_Readings)


def _invisible(character: str) -> bool:
    """Control, zero-width, bidirectional, variation and filler characters, lone surrogates, private use."""
    category = unicodedata.category(character)
    return (
        category in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
        or character in "\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0"
        or "\ufe00" <= character <= "\ufe0f"
        or "\U000e0100" <= character <= "\U000e01ef"
    )


def _is_han(character: str) -> bool:
    """By block, not by category: Python's table is older than the newest blocks of rare names."""
    code = ord(character)
    return (
        0x4E00 <= code <= 0x9FFF
        or 0x3400 <= code <= 0x4DBF
        or code == 0x3007
        or 0xFA0E <= code <= 0xFA29
        or 0x20000 <= code <= 0x3FFFD
    )


def _is_letter(character: str) -> bool:
    return _is_han(character) or _is_latin(character)


def _is_latin(character: str) -> bool:
    return character.isalpha() and unicodedata.name(character, "").startswith("LATIN ")


def _position_in(text: str, character: str) -> int | None:
    """Normalising may have composed the character; then there is no single place to point at."""
    place = text.find(character)
    return place + 1 if place >= 0 else None


_READINGS: Final = Path(__file__).parent / "data" / "readings.toml"
_UNREAD: Final = "~"
_JOINERS: Final = "·-'."
_INSIDE: Final = frozenset(" 0123456789" + _JOINERS)
_SPACES: Final = re.compile(r"[ \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]+")
_DOTS: Final = re.compile(r" ?[·•‧∙⋅・･] ?")
_HAN: Final = r"\u4e00-\u9fff\u3400-\u4dbf\u3007\ufa0e-\ufa29\U00020000-\U0003fffd"
_WORDS: Final = re.compile(rf"[{_HAN}]+|[^{_HAN} ·]+")
_LATIN_WITHOUT_PARTS: Final = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "ß": "ss", "æ": "ae", "œ": "oe", "þ": "th", "ı": "i"}
)
