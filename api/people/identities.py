"""From what was typed to what is stored: one person checked, indexed and encrypted, without the database.

It needs the installation's key and no connection, so that an upload can be prepared where the key is and carried out where it is not.

| check | code |
| --- | --- |
| name | name_empty, name_too_long, name_invisible, name_character, name_without_letter |
| document | document_empty, document_shape, document_type_unknown, id_length … id_check_digit (documents.py) |
| sex, birth date against an identity card | sex_contradicts_document, birth_contradicts_document |
| sex, birth date | sex_unknown, date_invalid, birth_in_future |
| mobile | mobile_invalid |
"""

import re
from datetime import date
from typing import Final

import msgspec

from api.people.documents import (
    DocumentFault,
    DocumentKind,
    IdNumber,
    mask_number,
    read_document,
    read_id_number,
)
from api.people.names import NameFault, read_name, sort_key
from api.people.schemas import IdentityInput
from api.plumbing.calendar import parse_day
from api.plumbing.crypto import Cipher
from api.plumbing.problems import FieldError, field_error
from api.plumbing.texts import clean_text

_MOBILE: Final = re.compile(r"(?:\+?86)?(1[3-9][0-9]{9})|(\+[1-9][0-9]{6,14})")
_MOBILE_FILLERS: Final = re.compile(r"[ -]")
_SEX: Final = {"M": "M", "F": "F", "男": "M", "女": "F"}
_MOST_EDUCATION: Final = 20


class PreparedPerson(msgspec.Struct, frozen=True, kw_only=True):
    """A checked person. `index` is the blind index of the document; the number itself is in here as cipher and mask only."""

    index: bytes
    name: str
    sort_key: str
    document_type: str
    number_cipher: bytes
    number_masked: str
    sex: str | None
    birth_date: date | None
    education: str | None
    mobile_cipher: bytes | None
    # Whether the caller has seen that the name differs from the one known for this document, and means it.
    name_changed: bool = False


def prepare_person(
    cipher: Cipher,
    given: IdentityInput,
    pointer: str,
    errors: list[FieldError],
    *,
    today: date,
    demo: bool,
    name_changed: bool = False,
) -> PreparedPerson | None:
    """The person ready to be stored, or None with every fault added to `errors` under `pointer`."""
    before = len(errors)
    name = _name(given.name, f"{pointer}/name", errors)
    kind, number, told = _document(given, pointer, errors, today=today, demo=demo)
    sex = _sex(given.sex, told, f"{pointer}/sex", errors)
    born = _birth(given.birth_date, told, f"{pointer}/birth_date", errors, today)
    education = (
        clean_text(given.education, f"{pointer}/education", _MOST_EDUCATION, errors)
        if given.education
        else None
    )
    mobile = _mobile(given.mobile, f"{pointer}/mobile", errors)
    if len(errors) > before:
        return None
    index = cipher.blind_index(f"document:{kind}", number)
    # The ciphers are bound to the document, not to a row: the row does not exist yet.
    context = index.hex()
    return PreparedPerson(
        index=index,
        name=name,
        sort_key=sort_key(name),
        document_type=kind,
        number_cipher=cipher.encrypt(number, f"document:{context}"),
        number_masked=mask_number(number),
        sex=sex,
        birth_date=born,
        education=education,
        mobile_cipher=cipher.encrypt(mobile, f"mobile:{context}") if mobile else None,
        name_changed=name_changed,
    )


def read_number(cipher: Cipher, number_cipher: bytes, index: bytes) -> str:
    """The full document number again."""
    return cipher.decrypt(number_cipher, f"document:{index.hex()}")


def read_mobile(cipher: Cipher, mobile_cipher: bytes, index: bytes) -> str:
    """The full mobile number again."""
    return cipher.decrypt(mobile_cipher, f"mobile:{index.hex()}")


def _name(text: str, pointer: str, errors: list[FieldError]) -> str:
    found = read_name(text)
    if isinstance(found, NameFault):
        errors.append(field_error(pointer, found.code, position=found.position or 1))
        return ""
    return found


def _document(
    given: IdentityInput, pointer: str, errors: list[FieldError], *, today: date, demo: bool
) -> tuple[str, str, IdNumber | None]:
    """Kind, number and what an identity card tells; empty where faulty."""
    try:
        kind = DocumentKind(given.document_type)
    except ValueError:
        errors.append(field_error(f"{pointer}/document_type", "document_type_unknown"))
        return "", "", None
    found = read_document(kind, given.document_number[:64], today=today, demo=demo)
    if isinstance(found, DocumentFault):
        errors.append(field_error(f"{pointer}/document_number", found.code, position=found.position or 1))
        return "", "", None
    told = read_id_number(found, today=today, demo=demo) if len(found) == 18 and found.isascii() else None
    return kind.value, found, told if isinstance(told, IdNumber) else None


def _sex(text: str | None, told: IdNumber | None, pointer: str, errors: list[FieldError]) -> str | None:
    given = _SEX.get(text) if text else None
    if text and given is None:
        errors.append(field_error(pointer, "sex_unknown"))
    elif told is not None and given is not None and given != told.sex:
        errors.append(field_error(pointer, "sex_contradicts_document"))
    return told.sex if told is not None else given


def _birth(
    text: str | None, told: IdNumber | None, pointer: str, errors: list[FieldError], today: date
) -> date | None:
    if not text:
        return told.born if told is not None else None
    before = len(errors)
    born = parse_day(text, pointer, errors)
    if len(errors) == before:
        if born > today:
            errors.append(field_error(pointer, "birth_in_future"))
        elif told is not None and born != told.born:
            errors.append(field_error(pointer, "birth_contradicts_document"))
    return born


def _mobile(text: str | None, pointer: str, errors: list[FieldError]) -> str | None:
    if not text or not text.strip():
        return None
    match = _MOBILE.fullmatch(_MOBILE_FILLERS.sub("", text.strip()[:40]))
    if match is None:
        errors.append(field_error(pointer, "mobile_invalid"))
        return None
    return match[1] or match[2]
