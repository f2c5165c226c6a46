"""What goes in and out of the jobs room."""

from datetime import datetime
from typing import Literal

import msgspec

JobState = Literal["queued", "running", "succeeded", "partly", "failed", "cancelled"]
Outcome = Literal["accepted", "duplicate", "rejected", "skipped"]
Mode = Literal["validate", "partial", "atomic"]


class RowError(msgspec.Struct, frozen=True):
    """One fault of a row: the column as the user named it, the field as the API names it, and the texts of the code."""

    column: str
    field: str
    code: str
    detail: str
    detail_en: str


class RowResult(msgspec.Struct, frozen=True):
    """What became of one row; `row` is its line in the user's own file, the heading being line 1."""

    row: int
    outcome: Outcome
    errors: tuple[RowError, ...] = ()
    ref: str | None = None


class JobCounts(msgspec.Struct, frozen=True, kw_only=True):
    """Rows by outcome, and how far the job has come. In mode validate, accepted means: would be accepted."""

    total: int
    done: int
    accepted: int = 0
    duplicate: int = 0
    rejected: int = 0
    skipped: int = 0


class JobView(msgspec.Struct, frozen=True, kw_only=True):
    """A job as its owner sees it."""

    id: str
    kind: str
    mode: Mode
    state: JobState
    file_name: str | None
    counts: JobCounts
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None


class JobTransition(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The one change a user may make."""

    to: Literal["cancelled"]
