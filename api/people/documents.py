"""Numbers of identity documents and of units: what a number may look like, and the one mask for showing it.

Nothing here asks a register. A number passes when its structure, its date and its check character agree; that the
region exists is *not* tested, because a person keeps the code of birth after the region was merged or renamed.

| rule | source | done |
| --- | --- | --- |
| citizen number: 17 digits and a check character | GB 11643-1999 | yes |
| unified social credit code: 18 characters modulo 31 | GB 32100-2015 | yes; the organisation code inside (GB 11714) is not checked again, older registrations break it |
| passport, HK/Macao, Taiwan, military, permanent resident | shapes in use | loosely: issuers change them without notice |
| 15-digit citizen number | Law on Resident Identity Cards: void since 2013 | refused with its own code |
"""

import re
from collections.abc import Callable
from datetime import date
from enum import StrEnum
from typing import Final, Literal

import msgspec

Sex = Literal["M", "F"]

ID_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
ID_CHECK: Final = "10X98765432"
CREDIT_ALPHABET: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""GB 32100 leaves out I, O, S, V and Z, which are mistaken for digits and for each other."""

DEMO_PREFIX: Final = "00"
"""Province code of fictional people. GB/T 2260 has no province below 11, so no living person can be hit."""

MASK: Final = "*" * 11
"""Of one length for every number: the mask must not tell which kind of document it hides."""


class DocumentKind(StrEnum):
    ID_CARD = "id_card"
    PASSPORT = "passport"
    HK_MACAO = "hk_macao"
    TAIWAN = "taiwan"
    MILITARY = "military"
    PERMANENT_RESIDENT = "permanent_resident"


class DocumentFault(msgspec.Struct, frozen=True):
    """Why a number is refused. `position` is the first wrong character counted from 1, None when it is the whole."""

    code: Literal[
        "document_empty",
        "document_shape",
        "id_length",
        "id_fifteen_digits",
        "id_character",
        "id_never_assigned",
        "id_date",
        "id_date_in_future",
        "id_check_digit",
        "credit_length",
        "credit_character",
        "credit_check_character",
    ]
    position: int | None = None


class IdNumber(msgspec.Struct, frozen=True):
    """A sound citizen number and what it tells: region at first registration, day of birth, sex."""

    number: str
    region: str
    born: date
    sex: Sex

    @property
    def fictional(self) -> bool:
        return self.number.startswith(DEMO_PREFIX)


def read_document(kind: DocumentKind, text: str, *, today: date, demo: bool = False) -> str | DocumentFault:
    """The number as it is stored (no outer spaces, capitals), or its fault. `today` is the day of the contest's zone."""
    number = tidy(text)
    if not number:
        return DocumentFault("document_empty")
    if kind is DocumentKind.ID_CARD:
        found = read_id_number(number, today=today, demo=demo)
        return found if isinstance(found, DocumentFault) else found.number
    return _SHAPES[kind](number, today)


def read_id_number(text: str, *, today: date, demo: bool = False) -> IdNumber | DocumentFault:
    """Read a citizen number (GB 11643). The check digit comes last: 30 February says more than "wrong check digit"."""
    number = tidy(text)
    fault = _id_structure_fault(number, demo=demo)
    if fault is not None:
        return fault
    born = _calendar_date(number[6:14])
    if born is None:
        return DocumentFault("id_date", 7)
    if born > today:
        return DocumentFault("id_date_in_future", 7)
    if number[17] != id_check_digit(number[:17]):
        return DocumentFault("id_check_digit", 18)
    # The last digit of the running number is odd for men (GB 11643, 顺序码).
    sex: Sex = "M" if int(number[16]) % 2 else "F"
    return IdNumber(number, number[:6], born, sex)


def id_check_digit(first_17: str) -> str:
    """Check character of the 17 digits before it, `X` standing for ten (ISO 7064 MOD 11-2, as in GB 11643)."""
    return ID_CHECK[sum(weight * int(digit) for weight, digit in zip(ID_WEIGHTS, first_17, strict=True)) % 11]


def read_credit_code(text: str) -> str | DocumentFault:
    """A unit's unified social credit code in capitals, or its fault (GB 32100)."""
    code = tidy(text)
    if len(code) != 18:
        return DocumentFault("credit_length")
    for position, character in enumerate(code, start=1):
        region_digit = 3 <= position <= 8
        if character not in (CREDIT_ALPHABET[:10] if region_digit else CREDIT_ALPHABET):
            return DocumentFault("credit_character", position)
    if code[17] != credit_check_character(code[:17]):
        return DocumentFault("credit_check_character", 18)
    return code


def credit_check_character(first_17: str) -> str:
    """Check character of a credit code: weights are the powers of 3, everything modulo 31 (GB 32100)."""
    total = sum(pow(3, place, 31) * CREDIT_ALPHABET.index(c) for place, c in enumerate(first_17))
    return CREDIT_ALPHABET[-total % 31]


def mask_number(text: str) -> str:
    """Any personal number (document, phone, card) as it may be shown: first 3, stars, last 2.

    The only mask there is: two different masks of one number could be laid side by side and joined.
    Short numbers keep their last 2 alone, for 5 of 8 characters would hide little.
    """
    number = tidy(text)
    if len(number) >= 11:
        return number[:3] + MASK + number[-2:]
    return MASK + number[-2:] if len(number) >= 6 else MASK


def tidy(text: str) -> str:
    """Outer white space off, capitals on: the last `x` and the letters of a passport are typed either way."""
    return text.strip().upper()


def _id_structure_fault(number: str, *, demo: bool) -> DocumentFault | None:
    if len(number) == 15 and _DIGITS.fullmatch(number):
        return DocumentFault("id_fifteen_digits")
    if len(number) != 18:
        return DocumentFault("id_length")
    for position, character in enumerate(number, start=1):
        # Not str.isdigit: it also likes full-width, Arabic and superscript digits.
        if character not in ("0123456789X" if position == 18 else "0123456789"):
            return DocumentFault("id_character", position)
    if number[0] == "0" and not (demo and number.startswith(DEMO_PREFIX)):
        return DocumentFault("id_never_assigned", 1)
    return None


def _calendar_date(yyyymmdd: str) -> date | None:
    try:
        return date(int(yyyymmdd[:4]), int(yyyymmdd[4:6]), int(yyyymmdd[6:]))
    except ValueError:
        return None


def _shape(pattern: str) -> Callable[[str, date], str | DocumentFault]:
    form = re.compile(pattern)

    def check(number: str, _today: date) -> str | DocumentFault:
        return number if form.fullmatch(number) else DocumentFault("document_shape")

    return check


def _residence_permit_or(
    prefixes: tuple[str, ...], pattern: str
) -> Callable[[str, date], str | DocumentFault]:
    """Residence permits carry a citizen number of their own prefix, and its check digit is worth having."""
    loose = _shape(pattern)

    def check(number: str, today: date) -> str | DocumentFault:
        if len(number) != 18:
            return loose(number, today)
        if not number.startswith(prefixes):
            return DocumentFault("document_shape", 1)
        found = read_id_number(number, today=today)
        return found if isinstance(found, DocumentFault) else found.number

    return check


_DIGITS: Final = re.compile(r"[0-9]+")
_SHAPES: Final[dict[DocumentKind, Callable[[str, date], str | DocumentFault]]] = {
    DocumentKind.PASSPORT: _shape(r"(?=.*[0-9])[A-Z0-9]{5,12}"),
    DocumentKind.HK_MACAO: _residence_permit_or(("81", "82"), r"[HM][0-9]{8}(?:[0-9]{2})?"),
    DocumentKind.TAIWAN: _residence_permit_or(("83",), r"[0-9]{8}(?:[0-9]{2})?"),
    DocumentKind.MILITARY: _shape(r"(?:[\u4e00-\u9fff]{1,3}字第)?[0-9]{6,10}号?"),
    DocumentKind.PERMANENT_RESIDENT: _residence_permit_or(("9",), r"[A-Z]{3}[0-9]{12}"),
}
