"""The hash chain of a sheet, as `mark_hash` in the database makes it: who has the rows can check it without the database."""

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import msgspec

from scoring.decimals import plain

ALGORITHM = "sha256:1"
FIELD = "\x1f"
REASON = "\x1e"

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Revision(msgspec.Struct, frozen=True, kw_only=True):
    """One row of `mark_revision`, as a link of its sheet's chain."""

    sheet_id: UUID
    seq: int
    criterion: str
    rev: int
    op_id: UUID
    state: str
    value: Decimal | None
    reasons: tuple[str, ...]
    account_id: UUID
    entered_at: datetime
    received_at: datetime
    hash: bytes


def link_hash(head: bytes, revision: Revision) -> bytes:
    """SHA-256 over the head before and everything the row says."""
    value = "" if revision.value is None else format(plain(revision.value), "f")
    fields = (
        str(revision.sheet_id), str(revision.seq), revision.criterion, str(revision.rev), str(revision.op_id), revision.state,
        value, REASON.join(revision.reasons), str(revision.account_id), _micros(revision.entered_at),
        _micros(revision.received_at),
    )  # fmt: skip
    return hashlib.sha256(head + FIELD.join(fields).encode()).digest()


def verify_sheet(
    revisions: Iterable[Revision], seq: int | None = None, head: bytes | None = None
) -> int | None:
    """The first broken seq of a sheet, or None for a sound chain. `seq` and `head` are what the sheet (or a signature) says.

    A row that is missing breaks at its own place; a cut tail breaks at the first seq that is missing.
    """
    last = b""
    expected = 0
    for revision in sorted(revisions, key=lambda each: each.seq):
        expected += 1
        if revision.seq != expected or revision.hash != link_hash(last, revision):
            return expected
        last = revision.hash
    if seq is not None and seq != expected:
        return min(seq, expected) + 1
    return expected if head is not None and head != last else None


def _micros(instant: datetime) -> str:
    return str((instant - _EPOCH) // timedelta(microseconds=1))
