"""Idempotency-Key: one effect, however often and however parallel the request comes (API-3)."""

import asyncio

from api.plumbing.ids import encode_id


def request_of(contest, client, key="k", reason="抽签决定"):
    return client.post(
        f"/api/v1/contests/{encode_id('contest', contest.contest)}/award-checks",
        json={"person": reason, "question": "discipline", "answer": False},
        headers={"Idempotency-Key": key},
    )


async def case(world):
    contest = await world.contest()
    entry = await world.entry(contest)
    person = await world.fetchval("SELECT person_id FROM entry_member WHERE entry_id = $1", entry)
    return (
        contest,
        encode_id("person", person),
        await world.client("award_authority", "contest", contest.contest),
    )


async def count(world, contest):
    return await world.fetchval("SELECT count(*) FROM award_check WHERE contest_id = $1", contest.contest)


async def test_fifty_at_once_have_one_effect(world):
    contest, person, client = await case(world)

    answers = await asyncio.gather(*(request_of(contest, client, reason=person) for _ in range(50)))

    assert await count(world, contest) == 1
    assert {answer.status_code for answer in answers} <= {201, 409}
    assert all(
        answer.json()["code"] == "idempotency_in_flight" and "retry-after" in answer.headers
        for answer in answers
        if answer.status_code == 409
    )
    assert len({answer.text for answer in answers if answer.status_code == 201}) == 1


async def test_repeat_is_answered_from_the_first(world):
    contest, person, client = await case(world)

    first = await request_of(contest, client, reason=person)
    again = await request_of(contest, client, reason=person)

    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert again.headers["idempotent-replayed"] == "true"
    assert "idempotent-replayed" not in first.headers


async def test_key_with_another_body_is_refused(world):
    contest, person, client = await case(world)
    await request_of(contest, client, reason=person)

    answer = await client.post(
        f"/api/v1/contests/{encode_id('contest', contest.contest)}/award-checks",
        json={"person": person, "question": "discipline", "answer": True},
        headers={"Idempotency-Key": "k"},
    )

    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")
    assert await count(world, contest) == 1


async def test_creating_without_a_key_is_refused(world):
    contest, person, client = await case(world)

    answer = await client.post(
        f"/api/v1/contests/{encode_id('contest', contest.contest)}/award-checks",
        json={"person": person, "question": "discipline", "answer": True},
    )

    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency_key_missing")
    assert await count(world, contest) == 0


async def test_a_refused_request_leaves_its_key_free(world):
    contest, person, client = await case(world)
    refused = await request_of(contest, client, reason="per_00000000000000000000000000")

    answer = await request_of(contest, client, reason=person)

    assert (refused.status_code, answer.status_code) == (404, 201)


async def test_keys_of_two_accounts_do_not_meet(world):
    contest, person, client = await case(world)
    other = await world.client("award_authority", "contest", contest.contest)

    answers = [await request_of(contest, each, reason=person) for each in (client, other)]

    assert [answer.status_code for answer in answers] == [201, 201]
    assert await count(world, contest) == 2
