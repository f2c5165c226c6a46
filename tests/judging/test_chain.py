"""The chain of a sheet: the database and Python make the same bytes, and one changed row is found."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from api.judging.chain import Revision, link_hash, verify_sheet

SHEET, ACCOUNT, OP = (UUID(int=n) for n in (1, 2, 3))
NOON = datetime(2021, 3, 1, 4, tzinfo=UTC)

MARK_HASH = "SELECT mark_hash($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)"


def revision(seq: int = 1, **more) -> Revision:
    values = {
        "sheet_id": SHEET, "seq": seq, "criterion": "C1", "rev": seq, "op_id": OP, "state": "scored", "value": Decimal("8.5"),
        "reasons": (), "account_id": ACCOUNT, "entered_at": NOON, "received_at": NOON, "hash": b"",
    }  # fmt: skip
    return Revision(**values | more)


def chained(*revisions: Revision) -> list[Revision]:
    """The revisions with their hashes."""
    head, rows = b"", []
    for each in revisions:
        head = link_hash(head, each)
        rows.append(replace(each, hash=head))
    return rows


instants = st.integers(-(10**15), 10**15).map(lambda micros: NOON + timedelta(microseconds=micros))
values = (
    st.none()
    | st.decimals(-(10**12), 10**12, places=6)
    | st.sampled_from([Decimal(text) for text in ("0", "-0", "8.50", "100", "1E+3", "0.000000000001")])
)
texts = st.text(
    st.characters(codec="utf-8", exclude_characters="\x00\x1e\x1f", exclude_categories=["Cs"]),
    min_size=1,
    max_size=20,
)


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.data())
async def test_database_and_python_make_the_same_link(world, data):
    value = data.draw(values)
    each = revision(
        data.draw(st.integers(1, 10**6)), criterion=data.draw(texts), value=value, state="cleared" if value is None else "scored",
        reasons=tuple(data.draw(st.lists(texts, max_size=3))), op_id=data.draw(st.uuids()), entered_at=data.draw(instants), received_at=data.draw(instants),
    )  # fmt: skip
    head = data.draw(st.binary(max_size=32))

    made = await world.fetchval(
        MARK_HASH, head, each.sheet_id, each.seq, each.criterion, each.rev, each.op_id, each.state, each.value, list(each.reasons),
        each.account_id, each.entered_at, each.received_at,
    )  # fmt: skip

    assert made == link_hash(head, each)


def test_sound_chain_has_no_broken_link():
    rows = chained(revision(1), revision(2), revision(3))

    assert verify_sheet(rows, 3, rows[-1].hash) is None
    assert verify_sheet(reversed(rows), 3, rows[-1].hash) is None
    assert verify_sheet([], 0, b"") is None


@pytest.mark.parametrize(
    "change",
    [
        {"value": Decimal("9")}, {"value": None}, {"state": "cleared"}, {"criterion": "C2"}, {"rev": 9}, {"reasons": ("x",)},
        {"account_id": OP}, {"op_id": ACCOUNT}, {"sheet_id": OP}, {"entered_at": NOON + timedelta(microseconds=1)},
        {"received_at": NOON + timedelta(microseconds=1)}, {"hash": b"x" * 32},
    ],
)  # fmt: skip
def test_one_changed_field_breaks_the_chain_at_its_row(change):
    rows = chained(revision(1), revision(2), revision(3))
    rows[1] = replace(rows[1], **change)

    assert verify_sheet(rows) == 2


def test_missing_row_cut_tail_and_rewritten_chain_are_found():
    rows = chained(revision(1), revision(2), revision(3))
    forged = chained(revision(1), revision(2, value=Decimal("9")), revision(3))

    assert verify_sheet([rows[0], rows[2]]) == 2
    assert verify_sheet(rows[:2], 3, rows[2].hash) == 3
    assert verify_sheet(rows, 2, rows[1].hash) == 3
    assert verify_sheet(forged, 3, rows[2].hash) == 3
