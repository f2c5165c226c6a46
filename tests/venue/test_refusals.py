"""Whatever is wrong with a bundle is told apart, in both languages, with a next step; and nothing has changed."""

from datetime import UTC, datetime
from uuid import uuid4

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from api.plumbing.problems import Problem
from api.venue import bundles
from api.venue.keys import own_key
from api.venue.schemas import FactsBundle
from tests.api.test_bad_input import fingerprint, require_texts
from tests.judging.marking import enter, op
from tests.venue.conftest import centre_of

CUTS = (1, 40, 400, 520, 700, -1)


@pytest.fixture
async def facts(centre, venue):
    """A centre, a venue, and a bundle with one mark in it."""
    await venue.take_in(await centre.handed_out())
    await venue.run(centre.session)
    await enter(await venue.judge(centre.marking.judge), centre.marking.sheet, op("C1", "6"))
    return centre, venue, await venue.facts(centre.session)


async def refused(centre, content):
    """The problem's code; nothing has changed at the centre."""
    before = await fingerprint(centre.world)
    answer = await centre.bring(content)
    after = await fingerprint(centre.world)
    assert before == after
    body = answer.json()
    require_texts(body, "title", "detail", "next")
    assert "?" not in body["detail"] + body["detail_en"]
    return answer.status_code, body["code"]


async def refused_there(venue, content, session=None):
    """The same at the venue."""
    before = await fingerprint(venue.world)
    with pytest.raises(Problem) as caught:
        await venue.take_in(content, session)
    assert before == await fingerprint(venue.world)
    require_texts(msgspec.to_builtins(caught.value.body()), "title", "detail", "next")
    return caught.value.code


def head_of(content):
    return msgspec.json.decode(content.partition(b"\n")[0], type=bundles.Head)


def sealed_anew(content, key, body=None, **head):
    """The bundle as somebody with another key, or another content, would make it."""
    old = head_of(content)
    body = body or bundles.unseal(content, "facts").body(FactsBundle)
    fields = {name: getattr(old, name) for name in ("session", "handout", "number", "made_at", "pairing")}
    return bundles.seal(key, "facts", body, **fields | head)


async def key_of(venue):
    async with venue.world.db.reading() as connection:
        return await own_key(connection, venue.settings)


@pytest.mark.parametrize("cut", CUTS)
async def test_truncated_bundle(facts, cut):
    centre, _, content = facts

    answer = await refused(centre, content[:cut])

    assert answer in [(422, "venue_bundle_truncated"), (422, "venue_bundle_broken")]
    assert (answer[1] == "venue_bundle_truncated") is (cut != 1 or content[:1] == b"{")


@pytest.mark.parametrize("place", [30, 450, 600, -1])
async def test_one_changed_byte(facts, place):
    centre, _, content = facts
    changed = bytearray(content)
    changed[place] ^= 1

    _, code = await refused(centre, bytes(changed))

    assert code in ("venue_bundle_changed", "venue_bundle_broken")


@pytest.mark.parametrize(
    "junk", [b"", b"PK\x03\x04", b"{}\n", b'{"format":"other","version":1}\n', b"[" * 9000]
)
async def test_some_other_file(facts, junk):
    centre, venue, _ = facts

    assert (await refused(centre, junk))[1] == "venue_bundle_broken"
    assert await refused_there(venue, junk) == "venue_bundle_broken"


async def test_newer_format(facts):
    centre, _, content = facts

    assert await refused(centre, content.replace(b'"version":1', b'"version":2', 1)) == (
        422,
        "venue_bundle_version",
    )


async def test_wrong_key(facts):
    centre, _, content = facts

    assert await refused(centre, sealed_anew(content, Ed25519PrivateKey.generate())) == (
        422,
        "venue_wrong_key",
    )


async def test_copy_of_the_bundle_on_a_second_laptop(facts, new_venue):
    """Whoever answers first has the session; the other one is a wrong key from then on."""
    centre, _, content = facts
    copy = await new_venue()
    await copy.take_in(await centre.bundle())
    await centre.brought(content)

    assert await refused(centre, await copy.facts(centre.session)) == (422, "venue_wrong_key")


async def test_key_that_was_registered_is_the_only_one(world, new_venue):
    centre, right, wrong = await centre_of(world), await new_venue(), await new_venue()
    content = await centre.handed_out(venue_key=bundles.public_bytes(await key_of(right)).hex())
    for each in (right, wrong):
        await each.take_in(content)

    assert await refused(centre, await wrong.facts(centre.session)) == (422, "venue_wrong_key")
    assert (await centre.brought(await right.facts(centre.session)))["equal"] == 4


async def test_bundle_of_another_session(facts):
    centre, venue, content = facts
    other = await centre_of(centre.world)
    theirs = await other.handed_out()

    assert await refused(other, content) == (422, "venue_wrong_session")
    assert await refused_there(venue, theirs, centre.session) == "venue_wrong_session"


async def test_hand_out_that_never_was(facts):
    centre, venue, content = facts

    forged = sealed_anew(content, await key_of(venue), handout=uuid4())

    assert await refused(centre, forged) == (422, "venue_wrong_session")


async def test_the_other_kind_of_bundle(facts):
    centre, venue, content = facts

    assert await refused(centre, await centre.bundle()) == (422, "venue_bundle_kind")
    assert await refused_there(venue, content) == "venue_bundle_kind"


async def test_facts_after_the_session_was_taken_back(facts):
    centre, _, content = facts
    await centre.take_back()

    assert await refused(centre, content) == (409, "venue_taken_back")


async def test_facts_of_an_older_hand_out(facts, new_venue):
    centre, venue, content = facts
    first = await centre.bundle()
    await centre.take_back()
    second = await centre.handed_out()

    assert await refused(centre, content) == (409, "venue_old_handout")
    other = await new_venue()
    await other.take_in(second)
    assert await refused_there(other, first) == "venue_old_handout"
    del venue


async def test_bundle_of_another_centre(facts):
    centre, venue, _ = facts
    content = await centre.bundle()
    head = head_of(content)
    body = bundles.unseal(content, "session")
    from api.venue.schemas import SessionBundle

    forged = bundles.seal(
        Ed25519PrivateKey.generate(), "session", body.body(SessionBundle), session=head.session, handout=uuid4(), number=9,
        made_at=datetime.now(UTC),
    )  # fmt: skip

    assert await refused_there(venue, forged) == "venue_wrong_centre"


@pytest.mark.parametrize("cut", CUTS)
async def test_truncated_session_bundle(centre, venue, cut):
    content = await centre.handed_out()

    assert await refused_there(venue, content[:cut]) in ("venue_bundle_truncated", "venue_bundle_broken")


async def test_same_session_bundle_twice_changes_nothing(facts):
    centre, venue, _ = facts
    before = await fingerprint(venue.world)

    again = await venue.take_in(await centre.bundle())

    assert again.again
    assert before == await fingerprint(venue.world)


def altered(content, **of_sheet):
    body = bundles.unseal(content, "facts").body(FactsBundle)
    first, *others = sorted(body.facts.sheets, key=lambda sheet: -sheet.seq)
    sheets = (msgspec.structs.replace(first, **of_sheet), *others)
    return FactsBundle(facts=msgspec.structs.replace(body.facts, sheets=sheets)), first


async def test_mark_changed_behind_the_chain(facts):
    centre, venue, content = facts
    _, sheet = altered(content)
    raised = tuple(msgspec.structs.replace(link, value=link.value + 1) for link in sheet.links)
    body, _ = altered(content, links=raised)

    forged = sealed_anew(content, await key_of(venue), body)

    assert await refused(centre, forged) == (422, "venue_chain_broken")


async def test_sheet_left_out(facts):
    centre, venue, content = facts
    body = bundles.unseal(content, "facts").body(FactsBundle)
    short = FactsBundle(facts=msgspec.structs.replace(body.facts, sheets=body.facts.sheets[1:]))

    assert await refused(centre, sealed_anew(content, await key_of(venue), short)) == (
        422,
        "venue_facts_unfit",
    )


async def test_fact_of_another_session_is_no_way_in(facts):
    centre, venue, content = facts
    other = await centre_of(centre.world)
    body = bundles.unseal(content, "facts").body(FactsBundle)
    row = {
        "id": str(uuid4()), "session_id": str(other.session), "station": 1, "kind": "help", "note": None,
        "by_account": str(centre.marking.judge.account_id), "occurred_at": "2021-03-01T09:00:00+08:00",
        "at": "2021-03-01T09:00:00+08:00",
    }  # fmt: skip
    tables = body.facts.tables | {"incident": (row,)}
    forged = sealed_anew(
        content, await key_of(venue), FactsBundle(facts=msgspec.structs.replace(body.facts, tables=tables))
    )

    assert await refused(centre, forged) == (409, "venue_facts_differ")


async def test_two_stories_of_one_sheet_are_not_joined(facts):
    """Taken back, judged at the centre, handed out again: what the old laptop holds does not follow from it."""
    centre, venue, _ = facts
    await centre.take_back()
    await centre.world.execute("UPDATE judging_session SET state = 'running' WHERE id = $1", centre.session)
    await enter(centre.marking.judge, centre.marking.sheet, op("C1", "9"))
    await centre.world.execute("UPDATE judging_session SET state = 'paused' WHERE id = $1", centre.session)
    content = await centre.handed_out()

    assert await refused_there(venue, content) == "venue_facts_differ"


async def test_same_laptop_goes_on_after_it_was_taken_back_by_mistake(facts):
    centre, venue, _ = facts
    await centre.take_back("弄错了场次")

    await venue.take_in(await centre.handed_out())
    report = await centre.brought(await venue.facts(centre.session))

    assert (report["number"], report["tallies"][0]) == (2, {"kind": "mark", "sent": 1, "new": 1})


async def test_confirmed_result_takes_no_more_facts(facts):
    centre, _, content = facts
    await centre.world.execute(
        "UPDATE publication SET state = 'closed' WHERE item_id = $1", centre.marking.contest.item
    )

    assert await refused(centre, content) == (409, "results_closed")


async def test_operation_known_from_elsewhere_is_no_second_mark(facts):
    centre, _, content = facts
    body = bundles.unseal(content, "facts").body(FactsBundle)
    [link] = [link for sheet in body.facts.sheets for link in sheet.links]
    contest = centre.marking.contest
    other = await centre.world.sheets(contest, [await centre.world.entry(contest)], centre.marking.judges)
    await enter(centre.marking.judge, other[0][0], op("C1", "5", op_id=str(link.op_id)))
    # The control room is told of a mark a moment later.
    await centre.world.app.litestar.state.desk.nudges.close()

    assert await refused(centre, content) == (409, "venue_facts_differ")
