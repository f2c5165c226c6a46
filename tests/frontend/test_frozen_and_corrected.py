"""A frozen board and a corrected result: what is shown again behind the freeze moves nothing that the public reads."""

from api.plumbing.ids import encode_id
from tests.control.conftest import controlled_item
from tests.control.test_corrections import ask, confirm
from tests.live.streaming import stream
from tests.results.builders import step


async def freeze(it):
    url = f"/api/v1/items/{encode_id('item', it.contest.item)}/publication"
    tag = (await it.organiser.get(url)).headers["etag"]
    answer = await it.organiser.patch(url, json={"frozen": True}, headers={"If-Match": tag})
    assert answer.status_code == 200, answer.text


async def test_corrected_result_behind_a_freeze_tells_nobody(world, site, visitor):
    it = await controlled_item(world)
    await it.steps("closed", "confirmed")
    await it.sign_off()
    await it.steps("provisional")
    await freeze(it)
    slug = await world.fetchval("SELECT slug FROM contest WHERE id = $1", it.contest.contest)
    paths = [f"/api/v1/public/rankings/{it.item}", f"/c/{slug}/e/fitter/rank"]
    before = [await visitor.get(path) for path in paths]
    editions = "SELECT count(*) FROM board_edition WHERE item_id = $1"
    shown = await world.fetchval(editions, it.contest.item)

    async with stream(site, f"/api/v1/contests/{encode_id('contest', it.contest.contest)}/events") as live:
        await live.until("ready")
        correction = (await ask(it, note="甲的操作分更正")).json()
        await confirm(it.supervisor, correction["id"])
        await it.sign_off()
        answer = await step(it.organiser, it.contest, "provisional", reason="甲更正为90分")
        after = [await visitor.get(path) for path in paths]

    assert (answer.status_code, answer.json()["amendment"]) == (200, 1)
    assert [each.status_code for each in after] == [200] * 2
    assert not any("更正" in each.text for each in after)
    assert [each.headers.get("etag") for each in after] == [each.headers.get("etag") for each in before]
    assert await world.fetchval(editions, it.contest.item) == shown
    assert [event["type"] for event in live.events] == ["ready"]
