"""Who was there: the venue answers for it while the session is out, and nobody's word is overwritten when it comes back."""

from api.plumbing.ids import encode_id
from tests.judging.blind import blind_of
from tests.judging.marking import codes, enter, op
from tests.venue.test_blind_session import Away


async def note(client, entry, to, reason, rev=1):
    return await client.post(
        f"/api/v1/entries/{encode_id('entry', entry)}/standing",
        json={"to": to, "reason": reason}, headers={"If-Match": f'"r{rev}"'},
    )  # fmt: skip


async def entrant_of(world, session):
    """Who stands at station 1."""
    return await world.fetchval(
        "SELECT entry_id FROM attempt_entry ae JOIN attempt a ON a.id = ae.attempt_id "
        "WHERE a.session_id = $1 AND a.station = 1 AND NOT a.voided",
        session,
    )


async def absent_at(venue, centre):
    keeper = await venue.world.client(account=centre.organiser.account_id)
    answer = await note(keeper, await entrant_of(venue.world, centre.session), "absent", "没有到场")
    assert answer.status_code == 200, answer.text


async def standing_at(centre):
    entry = await entrant_of(centre.world, centre.session)
    row = await centre.world.fetch(
        "SELECT standing, (SELECT count(*) FROM entry_standing_change WHERE entry_id = $1) AS changes FROM entry WHERE id = $1",
        entry,
    )
    return row[0]["standing"], row[0]["changes"]


async def test_standing_is_not_changed_at_the_centre_while_the_session_is_out(centre):
    entry = await entrant_of(centre.world, centre.session)
    await centre.handed_out()

    refused = await note(centre.organiser, entry, "withdrew", "本人申请")
    before = await standing_at(centre)
    await centre.take_back()
    allowed = await note(centre.organiser, entry, "withdrew", "本人申请")

    assert (refused.status_code, refused.json()["code"]) == (409, "session_at_venue")
    assert before == ("present", 0)
    assert allowed.status_code == 200


async def test_entrants_of_other_sessions_are_free(centre):
    other = await centre.world.entry(centre.marking.contest)
    await centre.handed_out()

    answer = await note(centre.organiser, other, "withdrew", "本人申请")

    assert answer.status_code == 200, answer.text


async def test_blind_entrant_is_recorded_at_the_centre_also_while_the_session_is_out(world):
    """Nobody knows yet whose station it is, and the venue says nothing of it."""
    blind = await blind_of(world)
    await blind.number()
    away = Away(blind)
    await away.handed_out()
    entry = await world.fetchval("SELECT id FROM entry WHERE item_id = $1 LIMIT 1", blind.contest.item)
    rev = await world.fetchval("SELECT rev FROM entry WHERE id = $1", entry)

    answer = await note(away.organiser, entry, "absent", "没有到场", rev)

    assert answer.status_code == 200, answer.text


async def test_what_was_decided_between_two_hand_outs_is_not_overwritten(centre, venue):
    """Noted in the workshop, taken back before it came, decided otherwise here, and out again to the same laptop."""
    await venue.take_in(await centre.handed_out())
    await absent_at(venue, centre)
    await venue.run(centre.session)
    here = await venue.judge(centre.marking.judge)
    assert codes(await enter(here, centre.marking.sheets[1][0], op("C1", "6"))) == ["accepted"]
    await centre.take_back("弄错了场次")
    decided = await note(
        centre.organiser, await entrant_of(centre.world, centre.session), "disqualified", "冒名"
    )
    assert decided.status_code == 200, decided.text

    await venue.take_in(await centre.handed_out())
    report = await centre.brought(await venue.facts(centre.session))

    [difference] = report["differences"]
    named = {name: difference[name] for name in ("kind", "station", "here", "there", "reason")}
    assert named == {
        "kind": "standing", "station": 1, "here": "disqualified", "there": "absent", "reason": "没有到场"
    }  # fmt: skip
    assert await standing_at(centre) == ("disqualified", 1)
    # And everything else of the bundle is here.
    assert report["tallies"][0] == {"kind": "mark", "sent": 1, "new": 1}


async def test_absent_and_present_again_come_back_in_order_and_once(centre, venue):
    await venue.take_in(await centre.handed_out())
    await absent_at(venue, centre)
    early = await venue.facts(centre.session)
    keeper = await venue.world.client(account=centre.organiser.account_id)
    entrant = await entrant_of(venue.world, centre.session)
    assert (await note(keeper, entrant, "present", "误记，选手已到", 2)).status_code == 200
    late = await venue.facts(centre.session)

    found = []
    for content in (early, late, early):
        differences = (await centre.brought(content))["differences"]
        found.append((differences, await standing_at(centre)))

    assert found == [([], ("absent", 1)), ([], ("present", 2)), ([], ("present", 2))]
