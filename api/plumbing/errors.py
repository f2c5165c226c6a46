"""From an exception to a problem: the one place that decides what an error looks like outside."""

import json
import re
from typing import Any

import asyncpg
import msgspec
import structlog
from litestar import Request, Response
from litestar.datastructures import State
from litestar.exceptions import HTTPException, SerializationException, ValidationException

from api.plumbing.problems import FieldError, Problem, ProblemBody, field_error, problem_of_violation

log = structlog.get_logger()

MEDIA_TYPE = "application/problem+json"

CODE_OF_STATUS = {
    400: "invalid_body",
    404: "not_found",
    405: "method_not_allowed",
    413: "body_too_large",
    415: "unsupported_media_type",
}
# The end of a msgspec message: "Expected `str`, got `int` - at `$.members[0].name`".
PATH_OF_MESSAGE = re.compile(r"^(?P<reason>.*?)(?: - at `(?P<path>\$[^`]*)`)?$", re.DOTALL)

# Where a message of Litestar's says that the body is meant; our handlers call it `data`.
BODY_PATH = "`$.data"


def answer_exception(request: Request[Any, Any, State], error: Exception) -> Response[bytes]:
    """The `application/problem+json` answer to any exception of a JSON route."""
    problem = problem_of(error)
    body = problem.body(request_id_of(request))
    return problem_response(body, problem.headers)


def problem_response(body: ProblemBody, headers: dict[str, str]) -> Response[bytes]:
    """A problem as an HTTP answer; errors are never cached."""
    return Response(
        msgspec.json.encode(body),
        status_code=body.status,
        media_type=MEDIA_TYPE,
        headers={"Cache-Control": "no-store", **headers},
    )


def request_id_of(request: Request[Any, Any, State]) -> str:
    """The id that this request has in the logs."""
    return str(request.scope.get("state", {}).get("request_id", ""))


def problem_of(error: Exception) -> Problem:
    """The problem that an exception means; what is not foreseen is internal_error, and is logged with where it came from."""
    problem = _meaning_of(error)
    if problem.status >= 500:
        log.error("request_failed", error=type(error).__name__, exc_info=error)
    return problem


def _meaning_of(error: Exception) -> Problem:  # noqa: PLR0911 - one line per kind of error reads best
    if isinstance(error, Problem):
        return error
    if isinstance(error, ValidationException):
        return _of_validation(error)
    if isinstance(error.__cause__, msgspec.ValidationError) and BODY_PATH in str(error.__cause__):
        # A field of a body that is named as one of our dependencies: Litestar takes its fault for ours.
        return Problem("invalid_body", errors=(_of_message(str(error.__cause__).replace(BODY_PATH, "`$")),))
    if isinstance(error, RecursionError):
        # Its own words tell how deep this program is.
        return Problem("invalid_body", errors=(_of_message("nested too deeply"),))
    if isinstance(error, SerializationException | msgspec.MsgspecError | json.JSONDecodeError):
        return Problem("invalid_body", errors=(_of_message(str(error)),))
    if isinstance(error, asyncpg.IntegrityConstraintViolationError):
        return problem_of_violation(error) or Problem("internal_error")
    if isinstance(
        error,
        asyncpg.TooManyConnectionsError
        | asyncpg.LockNotAvailableError
        | asyncpg.QueryCanceledError
        | OSError,
    ):
        return Problem("busy", headers={"Retry-After": "1"})
    if isinstance(
        error, asyncpg.InterfaceError | asyncpg.PostgresConnectionError | asyncpg.OperatorInterventionError
    ):
        return Problem("busy", headers={"Retry-After": "1"})
    if isinstance(error, HTTPException):
        code = CODE_OF_STATUS.get(
            error.status_code, "internal_error" if error.status_code >= 500 else "invalid_body"
        )
        return Problem(code, headers=dict(error.headers or {}))
    return Problem("internal_error")


def _of_validation(error: ValidationException) -> Problem:
    # Litestar reports body errors under `key` of the struct and parameters with their source.
    extras = error.extra if isinstance(error.extra, list) else []
    sources = {extra.get("source") for extra in extras if isinstance(extra, dict)}
    if sources & {"query", "path", "header", "cookie"}:
        errors = tuple(
            field_error(f"/{_parameter(extra)}", "malformed_field", reason=str(extra.get("message", "")))
            for extra in extras
        )
        return Problem("invalid_parameter", errors=errors)
    errors = tuple(
        field_error(
            _pointer(str(extra.get("key", ""))), "malformed_field", reason=str(extra.get("message", ""))
        )
        for extra in extras
        if isinstance(extra, dict)
    )
    return Problem("invalid_body", errors=errors)


def _parameter(extra: dict[str, Any]) -> str:
    """The parameter as the caller wrote it: a header has its name in our code otherwise."""
    key = str(extra.get("key", ""))
    return key.replace("_", "-").title() if extra.get("source") == "header" else key


def _of_message(message: str) -> FieldError:
    match = PATH_OF_MESSAGE.match(message)
    assert match is not None
    return field_error(_pointer(match["path"] or ""), "malformed_field", reason=match["reason"][:200])


def _pointer(path: str) -> str:
    parts = re.findall(r"[^.\[\]$]+", path)
    return "".join(f"/{part}" for part in parts)
