"""Ids inside a body: a wrong one is that field's error, not a missing page."""

from uuid import UUID

from api.plumbing.ids import parse_id
from api.plumbing.problems import FieldError, Problem, field_error

NOWHERE = UUID(int=0)


def parse_reference(kind: str, text: str, pointer: str, errors: list[FieldError]) -> UUID:
    """The UUID of an id in a body. A malformed one adds reference_unknown to `errors` and answers with nobody's id."""
    try:
        return parse_id(kind, text)
    except Problem:
        errors.append(field_error(pointer, "reference_unknown"))
        return NOWHERE
