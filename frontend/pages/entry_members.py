"""The rows of a registration form: one for each contestant, and for a pair or a team one for the leader and one for the coach."""

from typing import Final

import msgspec

from api.contests.schemas import Item
from api.people.schemas import DocumentType
from api.plumbing.problems import Problem
from api.registration.schemas import EntryDetail, MemberInput, MemberView, Role
from frontend.locales import Locale, texts
from frontend.views.common import FieldError, FormState
from frontend.views.registration import MemberRow

DOCUMENTS: Final[tuple[DocumentType, ...]] = DocumentType.__args__  # type: ignore[attr-defined]
OTHERS: Final[tuple[Role, ...]] = ("leader", "coach")
OPTIONAL: Final = ("mobile", "post", "skill_level", "person", "birth_date")


def member_rows(item: Item, mended: EntryDetail | None, locale: Locale) -> tuple[MemberRow, ...]:
    """As many contestants as the item asks for, then those who come along; every person of an entry under correction has a row."""
    if item.team_size == 1 and (mended is None or len(mended.members) == 1):
        known = mended.members[0].document_number or "" if mended else ""
        return (MemberRow("", "", known),)
    t = texts(locale)
    held = {role: _with_role(mended, role) for role in ("contestant", *OTHERS)}
    rows: list[MemberRow] = []
    for role in ("contestant", *OTHERS):
        given = held[role]
        count = max(len(given), item.team_size if role == "contestant" else 1)
        for place in range(count):
            title = t(f"member_role.{role}")
            rows.append(
                MemberRow(
                    prefix=f"m{len(rows) + 1}_",
                    title=f"{title} {place + 1}" if count > 1 else title,
                    document_number=(given[place].document_number or "") if place < len(given) else "",
                    role=role,
                )
            )
    return tuple(rows)


def known_values(rows: tuple[MemberRow, ...], mended: EntryDetail) -> dict[str, str]:
    """What can be shown again of an entry. A document's number stays with the server: `person` stands for it."""
    values: dict[str, str] = {}
    waiting = {role: iter(_with_role(mended, role)) for role in ("contestant", *OTHERS)}
    for row in rows:
        member = next(waiting[row.role], None)
        if member is not None:
            values |= {
                f"{row.prefix}person": member.person,
                f"{row.prefix}name": member.name or "",
                f"{row.prefix}document_type": member.document_type or "",
                f"{row.prefix}post": member.post or "",
                f"{row.prefix}skill_level": member.skill_level or "",
            }
    return values


def filled_rows(rows: tuple[MemberRow, ...], fields: dict[str, str]) -> tuple[MemberRow, ...]:
    """The rows that stand for somebody: all contestants, and of the others those in which anything was typed."""
    return tuple(row for row in rows if row.is_filled(fields))


def members_of(rows: tuple[MemberRow, ...], fields: dict[str, str]) -> tuple[MemberInput, ...]:
    """The members as the rows give them, in their order. Raises invalid_parameter for a choice that no select offers."""
    return tuple(_member(row, fields) for row in filled_rows(rows, fields))


def fields_of(rows: tuple[MemberRow, ...], fields: dict[str, str]) -> dict[str, str]:
    """From a JSON pointer of the command to the form's field."""
    first = f"{rows[0].prefix}name"
    # What has no field of its own is said where the people begin.
    names: dict[str, str] = {"/members": first, "/slot": first}
    for place, row in enumerate(filled_rows(rows, fields)):
        names |= {f"/members/{place}/{field}": row.prefix + field for field in row.fields}
        names[f"/members/{place}/person"] = f"{row.prefix}document_number"
    return names


def said_of(rows: tuple[MemberRow, ...], form: FormState, locale: Locale) -> FormState:
    """The errors of a form of several people, each saying of whom it speaks."""
    t = texts(locale)
    titles = {row.prefix + field: row.title for row in rows if row.title for field in row.fields}
    errors = tuple(
        FieldError(error.field, t("reg.said_of", who=titles[error.field], text=error.text))
        if error.field in titles
        else error
        for error in form.errors
    )
    return msgspec.structs.replace(form, errors=errors)


def _member(row: MemberRow, fields: dict[str, str]) -> MemberInput:
    given: dict[str, str | None] = {name: fields.get(row.prefix + name, "") for name in row.fields}
    given["person"] = fields.get(f"{row.prefix}person", "")
    # What is left out is left out, and not an empty text.
    given |= {name: given.get(name) or None for name in OPTIONAL}
    try:
        return msgspec.convert({**given, "role": row.role}, MemberInput)
    except msgspec.ValidationError as error:
        raise Problem("invalid_parameter") from error


def _with_role(entry: EntryDetail | None, role: Role) -> list[MemberView]:
    return [member for member in entry.members if member.role == role] if entry else []
