"""Problems (RFC 9457): every refusal has a code, says in Chinese and English what is wrong, and names a next step.

The texts stand in `problems.toml` of each room. A code belongs to one room; a constraint of the database belongs to one code.
"""

import tomllib
from functools import cache
from pathlib import Path

import asyncpg
import msgspec

API = Path(__file__).parent.parent


class ProblemKind(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is always so about a code. Texts may hold `{name}` places, filled by the parameters of one problem."""

    status: int
    title_zh: str
    title_en: str
    detail_zh: str
    detail_en: str
    next_zh: str
    next_en: str
    # Names of database constraints whose violation means this problem.
    constraints: tuple[str, ...] = ()


class FieldError(msgspec.Struct, frozen=True, omit_defaults=True):
    """One field that is wrong: JSON pointer, code, text in both languages."""

    pointer: str
    code: str
    detail: str
    detail_en: str


class ProblemBody(msgspec.Struct, frozen=True, omit_defaults=True):
    """The body of an `application/problem+json` answer; `detail` and `next` are Chinese, `detail_en` and `next_en` English."""

    type: str
    title: str
    title_en: str
    status: int
    detail: str
    detail_en: str
    code: str
    next: str
    next_en: str
    request_id: str = ""
    errors: tuple[FieldError, ...] = ()
    # 412 and 409: the thing as it is now, so that the caller can show both.
    current: msgspec.Raw | None = None


class Problem(Exception):
    """Bad input or a refusal, to be shown to whoever asked. Raised by commands and queries, answered by the app."""

    def __init__(
        self,
        code: str,
        errors: tuple[FieldError, ...] = (),
        current: msgspec.Struct | None = None,
        headers: dict[str, str] | None = None,
        **params: object,
    ) -> None:
        super().__init__(code)
        self.code = code
        self.kind = kind_of(code)
        self.errors = errors
        self.current = current
        self.headers = headers or {}
        self.params = params

    @property
    def status(self) -> int:
        """HTTP status of the answer."""
        return self.kind.status

    def body(self, request_id: str = "") -> ProblemBody:
        """The answer's body, texts filled in."""
        kind = self.kind
        return ProblemBody(
            type=f"/problems/{self.code}",
            title=kind.title_zh,
            title_en=kind.title_en,
            status=kind.status,
            detail=_filled(kind.detail_zh, self.params),
            detail_en=_filled(kind.detail_en, self.params),
            code=self.code,
            next=_filled(kind.next_zh, self.params),
            next_en=_filled(kind.next_en, self.params),
            request_id=request_id,
            errors=self.errors,
            current=None if self.current is None else msgspec.Raw(msgspec.json.encode(self.current)),
        )


def field_error(pointer: str, code: str, **params: object) -> FieldError:
    """A field's error with the texts of `code`."""
    kind = kind_of(code)
    return FieldError(pointer, code, _filled(kind.detail_zh, params), _filled(kind.detail_en, params))


def invalid_fields(*errors: FieldError) -> Problem:
    """The problem of a body whose fields are well-formed but wrong; one entry per field."""
    return Problem("invalid_fields", errors=tuple(errors), count=len(errors))


def problem_of_violation(error: asyncpg.IntegrityConstraintViolationError) -> Problem | None:
    """The problem behind a violated constraint, or None where the constraint guards our own mistakes."""
    code = _codes_by_constraint().get(getattr(error, "constraint_name", "") or "")
    return Problem(code) if code else None


def kind_of(code: str) -> ProblemKind:
    """What is always so about `code`; an unknown code is a mistake of ours and raises KeyError."""
    return catalogue()[code]


@cache
def catalogue() -> dict[str, ProblemKind]:
    """All codes of all rooms."""
    kinds: dict[str, ProblemKind] = {}
    for path in sorted(API.glob("*/problems.toml")):
        room = msgspec.convert(tomllib.loads(path.read_text("utf-8")), dict[str, ProblemKind])
        twice = room.keys() & kinds.keys()
        assert not twice, f"problem codes defined twice: {sorted(twice)}"
        kinds.update(room)
    return kinds


@cache
def _codes_by_constraint() -> dict[str, str]:
    return {name: code for code, kind in catalogue().items() for name in kind.constraints}


def _filled(text: str, params: dict[str, object]) -> str:
    return text.format_map(params) if params else text
