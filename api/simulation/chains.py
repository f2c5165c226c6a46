"""The hash chains of facts that come through COPY: the same bytes as the database's own functions make, so that `verify_item` holds."""

import json
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import TypeAlias

from api.simulation.keys import Keys
from api.simulation.rows import Rows

Payload: TypeAlias = Mapping[str, str | int | None]

_FIELD = "\x1f"


def mark_link(
    head: bytes, sheet: str, seq: int, criterion: str, op_id: str, value: str, account: str, entered: int, received: int
) -> bytes:  # fmt: skip
    """A first, scored revision without reasons (migrations/sql/judging/mark_hash.sql); `value` without trailing zeros, times in seconds."""
    row = (
        f"{sheet}\x1f{seq}\x1f{criterion}\x1f1\x1f{op_id}\x1fscored\x1f{value}\x1f\x1f{account}\x1f{entered}000000"
        f"\x1f{received}000000"
    )
    return sha256(head + row.encode()).digest()


class Ledger:
    """The chain of one item or contest (append_ledger in migrations/sql/results/tables.sql)."""

    def __init__(self, rows: Rows, keys: Keys, season: str, chain: str) -> None:
        self._rows, self._keys, self._season, self._chain = rows, keys, season, chain
        self._seq, self._head = 0, b""

    def append(self, kind: str, subject: str, payload: Payload, account: str, at: datetime) -> None:
        """One act somebody answers for."""
        self._seq += 1
        text = jsonb_text(payload)
        salt = self._keys.salt(self._chain, self._seq)
        digest = sha256(salt + text.encode()).digest()
        link = _FIELD.join((self._chain, str(self._seq), kind, subject, digest.hex(), account))
        self._head = sha256(self._head + link.encode()).digest()
        self._rows.add(
            "ledger", self._season, self._chain, self._seq, kind, subject, salt, digest, text, self._head, account, at
        )  # fmt: skip

    def close(self) -> None:
        """Write the head, once no row follows."""
        if self._seq:
            self._rows.add("ledger_head", self._chain, self._season, self._seq, self._head)


def jsonb_text(payload: Payload) -> str:
    """A flat object as PostgreSQL writes a jsonb: shorter keys first, then by bytes, a space behind each separator."""
    ordered = dict(sorted(payload.items(), key=lambda pair: (len(pair[0].encode()), pair[0].encode())))
    return json.dumps(ordered, ensure_ascii=False)
