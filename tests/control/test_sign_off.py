"""The chief judge signs one version by number and hash; whatever is entered afterwards makes that void."""

from api.plumbing.ids import encode_id
from tests.control.conftest import controlled_item, post
from tests.control.test_corrections import ask, confirm
from tests.results.builders import step


async def unsigned_item(world):
    """A signed item whose version nobody has signed."""
    it = await controlled_item(world, signed=False)
    await world.execute("UPDATE sheet SET state = 'signed' WHERE item_id = $1", it.contest.item)
    await world.execute(
        "INSERT INTO sheet_transition (season_id, sheet_id, position, from_state, to_state, seq, head) "
        "SELECT season_id, id, 1, 'submitted', 'signed', seq, head FROM sheet WHERE item_id = $1",
        it.contest.item,
    )
    return it


async def test_nothing_is_published_without_the_sign_off_of_its_version(world):
    it = await unsigned_item(world)
    await it.steps("closed", "confirmed")

    refused = await step(it.organiser, it.contest, "provisional")
    signed = await it.sign_off()
    published = await step(it.organiser, it.contest, "provisional")

    assert (refused.status_code, refused.json()["code"]) == (409, "sign_off_missing")
    assert signed.status_code == 201
    assert (signed.json()["valid"], signed.json()["void"]) == (True, False)
    assert published.status_code == 200
    assert "result.signed_off" in await it.ledger()


async def test_the_view_says_that_a_sign_off_is_owed(world):
    it = await unsigned_item(world)
    await it.steps("closed", "confirmed")

    view = (await it.organiser.get(f"/api/v1/items/{it.item}/publication")).json()

    assert [gap["code"] for gap in view["gaps"]] == ["sign_off_missing"]


async def test_a_mark_that_comes_afterwards_makes_it_void(controlled):
    await controlled.sign_off()
    correction = (await ask(controlled)).json()
    await confirm(controlled.supervisor, correction["id"])

    version = (await controlled.chief.get(f"/api/v1/items/{controlled.item}/sign-off")).json()
    await controlled.steps("closed", "confirmed")
    refused = await step(controlled.organiser, controlled.contest, "provisional")

    assert (version["valid"], version["void"], version["signed"] < version["snapshot"]) == (False, True, True)
    assert (refused.status_code, refused.json()["code"]) == (409, "sign_off_void")
    assert f"第{version['signed']}版" in refused.json()["detail"]


async def test_another_version_than_was_looked_at_is_not_signed(controlled):
    looked_at = (await controlled.chief.get(f"/api/v1/items/{controlled.item}/sign-off")).json()
    correction = (await ask(controlled)).json()
    await confirm(controlled.supervisor, correction["id"])

    body = {"snapshot": looked_at["snapshot"], "hash": looked_at["hash"]}
    answer = await post(controlled.chief, f"/items/{controlled.item}/sign-off", body)

    assert (answer.status_code, answer.json()["code"]) == (409, "sign_off_moved")
    assert answer.json()["current"]["void"] is True


async def test_signing_again_changes_nothing(controlled):
    await controlled.sign_off()
    count = "SELECT count(*) FROM result_sign_off WHERE item_id = $1"
    before = await controlled.world.fetchval(count, controlled.contest.item)

    await controlled.sign_off()

    assert await controlled.world.fetchval(count, controlled.contest.item) == before


async def test_a_version_with_unsigned_sheets_is_not_signed(world):
    it = await controlled_item(world, signed=False)

    answer = await it.sign_off()

    assert (answer.status_code, answer.json()["code"]) == (409, "sheets_unsigned")


async def test_nobody_but_the_chief_judge_of_the_item_signs(controlled):
    elsewhere = await controlled.world.contest()
    stranger = await controlled.world.client("chief_judge", "contest", elsewhere.contest)
    body = {"snapshot": 1, "hash": "0" * 64}

    assert (await post(stranger, f"/items/{controlled.item}/sign-off", body)).status_code == 404
    for client in (controlled.organiser, controlled.supervisor, controlled.judges[1]):
        assert (await post(client, f"/items/{controlled.item}/sign-off", body)).status_code == 403


async def test_an_item_of_theory_alone_has_no_chief_judge_to_wait_for(world):
    from api.control.gates import sign_off_gap

    contest = await world.contest()
    async with world.db.reading() as connection:
        assert await sign_off_gap(connection, contest.item, 1) is None
    assert encode_id("item", contest.item)


async def test_whoever_asks_for_the_version_first_lets_the_public_hear_of_it(world):
    """The job that refreshes standings finds nothing new afterwards."""
    it = await controlled_item(world, signed=False)

    await it.chief.get(f"/api/v1/items/{it.item}/sign-off")

    editions = "SELECT count(*) FROM board_edition WHERE item_id = $1"
    assert await world.fetchval(editions, it.contest.item) == 1
