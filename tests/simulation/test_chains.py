"""What COPY brings in is what the database itself would have made."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest

from api.judging.chain import Revision, link_hash
from api.simulation.chains import jsonb_text, mark_link
from api.simulation.keys import Keys

KEYS = Keys(1)
SECONDS = 1_795_000_000


@pytest.mark.parametrize(("value", "text"), [("0", "0"), ("100", "100"), ("59.980", "59.98"), ("-4", "-4")])
def test_a_link_is_that_of_the_judging_room(value, text):
    sheet, operation, account = (
        KEYS.scattered("sheet", 3, 1),
        KEYS.ordered("operation", 5),
        KEYS.ordered("account", 7),
    )
    at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=SECONDS)

    revision = Revision(
        sheet_id=UUID(sheet), seq=4, criterion="a4", rev=1, op_id=UUID(operation), state="scored", value=Decimal(value), reasons=(),
        account_id=UUID(account), entered_at=at, received_at=at + timedelta(seconds=1), hash=b"",
    )  # fmt: skip
    assert mark_link(b"head", sheet, 4, "a4", operation, text, account, SECONDS, SECONDS + 1) == link_hash(
        b"head", revision
    )


@pytest.mark.parametrize(
    "payload",
    [
        {"snapshot": 1, "hash": "00", "reason": None},
        {"to": "accepted", "slot": "slt_0", "reason": None},
        {"zh": '晋级 "3"'},
        {},
    ],
)
async def test_a_payload_is_written_as_jsonb_writes_it(demo, payload):
    text = jsonb_text(payload)

    assert await demo.connection.fetchval("SELECT $1::jsonb::text", text) == text


def test_keys_follow_from_seed_and_number():
    assert Keys(1).ordered("person", 9) == KEYS.ordered("person", 9)
    assert Keys(2).ordered("person", 9) != KEYS.ordered("person", 9)
    assert KEYS.ordered("person", 9) < KEYS.ordered("person", 10) < KEYS.ordered("person", 5000)
    assert UUID(KEYS.ordered("person", 9)).version == 7
    assert UUID(KEYS.scattered("sheet", 1, 9)).version == 4
    assert (
        len({KEYS.scattered("sheet", group, number) for group in range(50) for number in range(50)}) == 2500
    )
