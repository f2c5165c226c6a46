"""The mark write: one answer for each operation, one code out of an ordered table."""

import json
from uuid import uuid4

import pytest

from api.access.authentication import token_hash
from api.plumbing.ids import encode_id
from tests.judging.conftest import marking_of
from tests.judging.marking import codes, enter, facts, op, send


async def test_mark_is_accepted_once_and_a_retry_is_a_duplicate(world, marking):
    first = op("C1", "8.5")

    [accepted] = await enter(marking.judge, marking.sheet, first)
    [duplicate] = await enter(marking.judge, marking.sheet, first)

    assert (accepted["status"], accepted["rev"]) == ("accepted", 1)
    assert duplicate == {**accepted, "status": "duplicate"}
    assert await facts(world, marking.sheet) == [("C1", 1, "scored", "8.5")]


async def test_same_number_written_otherwise_is_still_the_same_operation(world, marking):
    first = op("C1", "8.5")
    await enter(marking.judge, marking.sheet, first)

    results = await enter(marking.judge, marking.sheet, {**first, "value": "8.50"})

    assert codes(results) == ["duplicate"]


async def test_op_id_with_other_content_is_reused_not_duplicate(world, marking):
    first = op("C1", "8.5")
    await enter(marking.judge, marking.sheet, first)

    for change in (
        {"value": "9"},
        {"criterion": "C2"},
        {"state": "not_attempted", "value": None},
        {"base_rev": 1},
        {"reasons": ["划痕"]},
    ):
        assert codes(await enter(marking.judge, marking.sheet, {**first, **change})) == ["op_reused"], change
    assert codes(await enter(marking.judge, marking.sheets[1][0], first)) == ["op_reused"]
    assert len(await facts(world, marking.sheet)) == 1


async def test_tablet_counts_base_rev_up_for_its_own_edits(world, marking):
    results = await enter(
        marking.judge,
        marking.sheet,
        op("C1", "8"),
        op("C1", "9", 1),
        op("C2", "80"),
        op("C1", None, 2, state="cleared"),
    )

    assert [(result["status"], result["rev"]) for result in results] == [
        ("accepted", n) for n in (1, 2, 1, 3)
    ]
    assert await facts(world, marking.sheet) == [
        ("C1", 1, "scored", "8"), ("C1", 2, "scored", "9"), ("C2", 1, "scored", "80"), ("C1", 3, "cleared", None),
    ]  # fmt: skip


async def test_other_base_rev_is_a_conflict_with_the_current_mark(world, marking):
    await enter(marking.judge, marking.sheet, op("C1", "8"))

    [conflict] = await enter(marking.judge, marking.sheet, op("C1", "9"))

    assert (conflict["status"], conflict["rev"], conflict["by"]) == ("conflict", 1, "A-01")
    assert conflict["current"] == {"state": "scored", "value": "8"}
    assert {"at", "detail", "detail_en"} <= conflict.keys()
    assert len(await facts(world, marking.sheet)) == 1


async def test_conflict_within_a_batch_tells_what_the_batch_itself_wrote(marking):
    results = await enter(marking.judge, marking.sheet, op("C1", "8"), op("C1", "9"))

    assert codes(results) == ["accepted", "conflict"]
    assert results[1]["current"] == {"state": "scored", "value": "8"}


async def test_base_rev_of_an_empty_mark_beyond_zero_is_a_conflict_with_nothing(marking):
    [conflict] = await enter(marking.judge, marking.sheet, op("C1", "9", 3))

    assert (conflict["status"], conflict["rev"]) == ("conflict", 0)
    assert "current" not in conflict


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"criterion": "C9"}, "unknown_criterion"),
        ({"criterion": "theory"}, "unknown_criterion"),
        ({"criterion": "C1\u0000"}, "unknown_criterion"),
        ({"value": None}, "value_missing"),
        ({"state": "not_attempted"}, "value_not_allowed"),
        ({"state": "cleared"}, "value_not_allowed"),
        ({"value": "10.5"}, "out_of_range"),
        ({"value": "-0.5"}, "out_of_range"),
        ({"value": "8.25"}, "too_precise"),
        ({"value": "8.3"}, "off_step"),
        *[({"value": text}, "decimal_invalid") for text in (
            "NaN", "Infinity", "-inf", "1e400", "1E1", "", " 8", "8.", ".5", "+8", "08", "8,5", "８", "0x8", "8_0", "1" * 13, "1." + "0" * 13,
        )],
        ({"reasons": [""]}, "reason_invalid"),
        ({"reasons": ["划\u200b痕"]}, "reason_invalid"),
        ({"reasons": ["划\u001e痕"]}, "reason_invalid"),
        ({"reasons": ["痕" * 61]}, "reason_invalid"),
    ],
)  # fmt: skip
async def test_what_does_not_fit_is_rejected_alone_and_written_nowhere(world, marking, change, code):
    results = await enter(marking.judge, marking.sheet, {**op("C1", "8"), **change}, op("C2", "80"))

    assert codes(results) == [code, "accepted"]
    assert results[0]["status"] == "rejected"
    assert "未保存" in results[0]["detail"]
    assert "Not saved" in results[0]["detail_en"]
    assert await facts(world, marking.sheet) == [("C2", 1, "scored", "80")]


async def test_refusal_names_criterion_value_and_bounds(marking):
    [result] = await enter(marking.judge, marking.sheet, op("C1", "12.5"))

    assert result["detail"] == "第1项的12.5超出0–10，未保存。请填0–10。"
    assert result["detail_en"] == "Criterion 1: 12.5 is outside 0 to 10. Not saved. Enter 0 to 10."


async def test_boundaries_of_a_criterion_are_inside_it(marking):
    results = await enter(
        marking.judge, marking.sheet, op("C1", "0"), op("C1", "10", 1), op("C2", "-0"), op("C2", "90", 1)
    )

    assert codes(results) == ["accepted"] * 4


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{",
        b'{"ops":[]}',
        b'{"ops":[{}]}',
        b'{"ops":' + b"[" * 5000 + b"]" * 5000 + b"}",
        b'{"ops":[{"op_id":"x"}]}',
        b"\xff\xfe",
    ],
)
async def test_malformed_body_is_a_problem(world, marking, body):
    path = f"/api/v1/sheets/{encode_id('sheet', marking.sheet)}/marks:batch"

    answer = await marking.judge.post(path, content=body, headers={"content-type": "application/json"})

    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_body")
    assert await facts(world, marking.sheet) == []


@pytest.mark.parametrize(
    "change",
    [
        {"value": 8.5}, {"value": 8}, {"state": "guessed"}, {"base_rev": -1}, {"base_rev": "0"}, {"base_rev": 2**31}, {"op_id": "1"},
        {"entered_at": "2021-03-01T25:00:00Z"}, {"entered_at": "2021-02-30T12:00:00Z"}, {"entered_at": "2021-03-01T12:00:00"},
        {"entered_at": None}, {"entered_at": "0001-12-31T00:00:00Z"}, {"entered_at": "9999-01-01T00:00:00Z"}, {"reasons": "x"}, {"judge": "A-02"}, {"criterion": ""}, {"criterion": "C" * 81},
    ],
)  # fmt: skip
async def test_field_of_another_form_is_a_problem_that_names_it(world, marking, change):
    answer = await send(marking.judge, marking.sheet, op("C2", "80"), {**op("C1", "8.5"), **change})

    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_body")
    assert answer.json()["errors"][0]["pointer"].startswith("/ops")
    assert await facts(world, marking.sheet) == []


async def test_batch_holds_up_to_fifty_operations(world, marking):
    fifty = [op("C1", "8", rev) for rev in range(50)]

    assert codes(await enter(marking.judge, marking.sheet, *fifty)) == ["accepted"] * 50
    assert (await send(marking.judge, marking.sheet, *fifty, op("C1", "8", 50))).status_code == 400


@pytest.mark.parametrize(
    "clock", ["1970-01-01T00:00:00Z", "0002-01-01T00:00:00+08:00", "9998-12-31T23:59:59.999999-12:00"]
)
async def test_clock_far_off_is_kept_and_decides_nothing(world, marking, clock):
    results = await enter(marking.judge, marking.sheet, op("C1", "8"), op("C1", "9", 1, entered_at=clock))

    assert codes(results) == ["accepted", "accepted"]
    assert [value for *_, value in await facts(world, marking.sheet)] == ["8", "9"]


@pytest.mark.parametrize(("state", "code"), [("submitted", "sheet_closed"), ("signed", "sheet_closed")])
async def test_mark_on_closed_sheet_is_rejected_and_a_retry_is_still_a_duplicate(world, marking, state, code):
    sent = op("C1", "8.5")
    await enter(marking.judge, marking.sheet, sent)
    await world.execute("UPDATE sheet SET state = 'submitted' WHERE id = $1", marking.sheet)
    if state == "signed":
        await world.execute("UPDATE sheet SET state = 'signed' WHERE id = $1", marking.sheet)

    results = await enter(marking.judge, marking.sheet, sent, op("C2", "80"), op("C2", "99"))

    assert codes(results) == ["duplicate", code, code]
    assert len(await facts(world, marking.sheet)) == 1


@pytest.mark.parametrize("state", ["planned", "paused", "closed"])
async def test_mark_outside_a_running_session_is_rejected(world, state):
    marking = await marking_of(world, judges=1, entries=1, state=state)

    assert codes(await enter(marking.judge, marking.sheet, op("C1", "8"))) == ["session_closed"]
    assert await facts(world, marking.sheet) == []


async def test_sheet_of_another_judge_is_not_found(world, marking):
    strange, absent = marking.sheets[0][1], uuid4()

    for sheet in (strange, absent):
        answer = await send(marking.judge, sheet, op("C1", "8"))
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert await facts(world, strange) == []


async def test_judge_who_was_replaced_is_told_for_each_mark(world, marking):
    kept = op("C1", "8")
    await enter(marking.judge, marking.sheet, kept)
    await world.execute(
        "UPDATE sheet SET account_id = $2 WHERE id = $1", marking.sheet, marking.judges[1].account_id
    )

    results = await enter(marking.judge, marking.sheet, kept, op("C2", "80"))

    assert codes(results) == ["duplicate", "not_assigned"]
    assert codes(await enter(marking.judges[1], marking.sheet, op("C2", "80"))) == ["accepted"]


async def test_long_way_answers_like_the_quick_lane(marking):
    """The lane in front of the application is a short cut, not another product: a request that names its origin goes the long way."""
    sent = op("C1", "8")
    [accepted] = await enter(marking.judge, marking.sheet, sent)

    marking.judge.headers["origin"] = "http://testserver"
    [duplicate] = await enter(marking.judge, marking.sheet, sent)

    assert duplicate == {**accepted, "status": "duplicate"}


@pytest.mark.parametrize(
    "lie", [{"content-length": "99"}, {"content-length": "99", "transfer-encoding": "chunked"}]
)
async def test_body_longer_than_it_says_is_read_no_further_than_any_other(world, marking, lie):
    """The lane once read on for as long as somebody sent; not every server holds a client to its Content-Length."""
    taken = 0

    async def endless():
        nonlocal taken
        yield json.dumps({"ops": [op("C1", "8")]}).encode()
        for _ in range(64):
            taken += 1
            yield b" " * 65_536

    path = f"/api/v1/sheets/{encode_id('sheet', marking.sheet)}/marks:batch"
    answer = await marking.judge.post(
        path, content=endless(), headers={"content-type": "application/json"} | lie
    )

    assert (answer.status_code, taken < 32) == (413, True)
    assert await facts(world, marking.sheet) == []


async def test_api_token_of_a_judge_marks_without_a_csrf_token(world, marking, anonymous):
    await world.execute(
        "INSERT INTO api_token (token_hash, account_id, name, hint, scopes, expires_at) "
        "VALUES ($1, $2, 'tablet', 'x', '{sheet.mark}', now() + interval '1 hour')",
        token_hash("sbq_judges-own-token"), marking.judge.account_id,
    )  # fmt: skip
    anonymous.headers["authorization"] = "Bearer sbq_judges-own-token"

    assert codes(await enter(anonymous, marking.sheet, op("C1", "8"))) == ["accepted"]


async def test_cross_site_or_unsigned_write_is_refused(world, marking, anonymous):
    path = f"/api/v1/sheets/{encode_id('sheet', marking.sheet)}/marks:batch"
    body = {"ops": [op("C1", "8")]}

    assert (await anonymous.post(path, json=body)).json()["code"] == "not_signed_in"
    crossed = await marking.judge.post(path, json=body, headers={"sec-fetch-site": "cross-site"})
    assert crossed.json()["code"] == "csrf_failed"
    forged = await marking.judge.post(path, json=body, headers={"x-csrf-token": "0" * 64})
    assert forged.json()["code"] == "csrf_failed"
    organiser = await world.client("organiser", "contest", marking.contest.contest)
    assert (await organiser.post(path, json=body)).json()["code"] == "forbidden_right"
    assert (await marking.judge.post(f"{path}?verbose=1", json=body)).json()["code"] == "unknown_parameter"
    assert await facts(world, marking.sheet) == []


async def test_every_answer_carries_the_security_headers_and_its_request_id(marking):
    answer = await send(marking.judge, marking.sheet, op("C1", "8"))

    assert "content-security-policy" in answer.headers
    assert "x-request-id" in answer.headers
    assert answer.headers["cache-control"] == "no-store"
