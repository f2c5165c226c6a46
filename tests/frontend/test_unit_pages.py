"""P10 and P12: a unit enters its people, mends what came back, and sees where each entry lies."""

import re
from html import unescape

import pytest

from api.plumbing.ids import encode_id
from tests.frontend.forms import hidden, page_of, send
from tests.registration.builders import id_number
from tests.results.builders import MARKS, THEORY, final_item


@pytest.fixture
async def unit(world):
    """A published contest that registers now, and the registrar of a unit."""
    contest = await world.contest(state="published", capacity=2)
    await world.execute(
        "UPDATE contest SET starts_on = '2090-03-01', ends_on = '2090-03-02' WHERE id = $1", contest.contest
    )
    firm = await world.organisation(kind="enterprise", tier=None, parent=contest.organisation)
    registrar = await world.client("registrar", "organisation", firm)
    return contest, registrar


def form_of(contest):
    return f"/my/reg/{encode_id('item', contest.item)}"


def answers(**given):
    return {
        "name": "鲁知行", "document_type": "id_card", "document_number": id_number(), "mobile": "13812345678",
        "post": "装配钳工", "skill_level": "senior", "declaration": "yes", **given,
    }  # fmt: skip


async def entries(world, contest):
    return await world.fetch(
        "SELECT id, state, rev FROM entry WHERE contest_id = $1 ORDER BY id", contest.contest
    )


async def test_answers_are_checked_before_they_are_sent(world, unit):
    contest, registrar = unit
    path = form_of(contest)
    page = await page_of(registrar, path)

    checked = await send(registrar, path, page, act="check", **answers())

    assert checked.status_code == 200, checked.text
    assert "核对报名" in checked.text
    assert "高级工" in checked.text
    # Looking at the answers has entered nobody.
    assert await entries(world, contest) == []


async def test_submitted_twice_is_entered_once(world, unit):
    contest, registrar = unit
    path = form_of(contest)
    page = await page_of(registrar, path)
    given = answers(key=hidden(page, "key"))

    first = await send(registrar, path, page, act="submit", **given)
    again = await send(registrar, path, page, act="submit", **given)

    assert first.status_code == again.status_code == 303, first.text
    assert first.headers["location"] == again.headers["location"]
    assert [row["state"] for row in await entries(world, contest)] == ["at_organiser"]
    assert "已送达" in await page_of(registrar, first.headers["location"])


async def test_wrong_check_digit_is_said_at_its_field_and_nothing_is_lost(world, unit):
    contest, registrar = unit
    path = form_of(contest)
    right = id_number()
    wrong = right[:-1] + ("0" if right[-1] != "0" else "1")

    answer = await send(
        registrar, path, await page_of(registrar, path), act="check", **answers(document_number=wrong)
    )

    assert answer.status_code == 422
    assert 'id="document_number-error"' in answer.text
    assert f'value="{wrong}"' in answer.text
    assert 'value="装配钳工"' in answer.text
    assert await entries(world, contest) == []


async def test_without_the_declaration_nobody_is_entered(world, unit):
    contest, registrar = unit
    path = form_of(contest)

    answer = await send(
        registrar, path, await page_of(registrar, path), act="submit", **answers(declaration="")
    )

    assert answer.status_code == 422
    assert 'id="declaration-error"' in answer.text
    assert await entries(world, contest) == []


async def test_missing_declaration_is_named_together_with_every_other_fault(world, unit):
    contest, registrar = unit
    path = form_of(contest)
    page = await page_of(registrar, path)

    answer = await send(
        registrar, path, page, act="check", **answers(declaration="", document_number="110101199003070000", mobile="12")
    )  # fmt: skip

    assert answer.status_code == 422
    for field in ("document_number", "mobile", "declaration"):
        assert f'id="{field}-error"' in answer.text
    assert await entries(world, contest) == []


async def test_returned_entry_is_mended_without_typing_its_number(world, unit):
    contest, registrar = unit
    path = form_of(contest)
    await send(registrar, path, await page_of(registrar, path), act="submit", **answers())
    [entry] = await entries(world, contest)
    await world.execute("UPDATE entry SET state = 'returned', rev = rev + 1 WHERE id = $1", entry["id"])
    key = encode_id("entry", entry["id"])
    assert f"entry={key}" in (await page_of(registrar, "/unit")).replace("&#x3d;", "=")

    page = await page_of(registrar, path, entry=key)
    assert "鲁知行" in page
    assert "000*" in page
    kept = {name: hidden(page, name) for name in ("key", "entry", "rev", "person")}
    done = await send(
        registrar, path, page, act="submit", **answers(document_number="", mobile="", post="钳工"), **kept
    )

    assert done.status_code == 303, done.text
    assert [row["state"] for row in await entries(world, contest)] == ["at_organiser"]
    post = (
        "SELECT w.post FROM entry_member m JOIN employment w ON w.id = m.employment_id WHERE m.entry_id = $1"
    )
    assert await world.fetchval(post, entry["id"]) == "钳工"


async def test_stale_mending_is_refused(world, unit):
    contest, registrar = unit
    path = form_of(contest)
    await send(registrar, path, await page_of(registrar, path), act="submit", **answers())
    [entry] = await entries(world, contest)
    await world.execute("UPDATE entry SET state = 'returned', rev = rev + 1 WHERE id = $1", entry["id"])
    page = await page_of(registrar, path, entry=encode_id("entry", entry["id"]))

    answer = await send(
        registrar, path, page, act="submit",
        **answers(document_number="", entry=hidden(page, "entry"), person=hidden(page, "person"), rev="1"),
    )  # fmt: skip

    assert answer.status_code == 412
    assert [row["state"] for row in await entries(world, contest)] == ["returned"]


async def test_closed_and_full_items_offer_no_form(world, unit):
    contest, registrar = unit
    path = form_of(contest)
    for _ in range(2):
        await world.entry(contest)
    assert "名额已满" in await page_of(registrar, path)

    await world.execute(
        "UPDATE contest SET registration_closes_at = now() - interval '1 minute' WHERE id = $1",
        contest.contest,
    )
    page = await page_of(registrar, path)

    assert "报名已截止" in page
    assert 'name="document_number"' not in page


async def test_item_of_a_draft_is_not_found(world, unit):
    _, registrar = unit
    draft = await world.contest(state="draft")

    assert (await registrar.get(form_of(draft))).status_code == 404


async def test_unit_sees_its_own_people_only_and_withdraws_one(world, unit):
    contest, registrar = unit
    path = form_of(contest)
    await send(registrar, path, await page_of(registrar, path), act="submit", **answers())
    await world.entry(contest, name="别家人")
    page = await page_of(registrar, "/unit")
    assert "鲁知行" in page
    assert "别家人" not in page
    assert "主办单位审核中" in page
    [entry] = [row for row in await entries(world, contest) if row["state"] == "at_organiser"]
    address = f"/unit/{encode_id('entry', entry['id'])}"

    stale = await send(registrar, address, page, act="withdraw", rev="99")
    done = await send(registrar, address, page, act="withdraw", rev=hidden(page, "rev"))

    assert (stale.status_code, done.status_code) == (412, 303)
    assert "鲁知行" in await page_of(registrar, "/unit", state="withdrawn")


async def test_team_leader_waits_for_the_unit(world, unit):
    contest, registrar = unit
    path = form_of(contest)
    firm = registrar.actor.grants[0].scope_id
    leader = await world.client("team_leader", "organisation", firm)

    await send(leader, path, await page_of(leader, path), act="submit", **answers())

    assert [row["state"] for row in await entries(world, contest)] == ["at_unit"]
    page = await page_of(registrar, "/unit")
    assert 'value="pass"' in page
    [entry] = await entries(world, contest)
    await send(
        registrar, f"/unit/{encode_id('entry', entry['id'])}", page, act="pass", rev=hidden(page, "rev")
    )
    assert [row["state"] for row in await entries(world, contest)] == ["at_organiser"]


async def test_next_page_keeps_what_was_searched_for(world, unit, monkeypatch):
    contest, registrar = unit
    monkeypatch.setattr("frontend.pages.units.PAGE", 1)
    firm = registrar.actor.grants[0].scope_id
    for name in ("试&甲", "试&乙"):
        await world.entry(contest, name=name, unit_id=firm)

    page = await page_of(registrar, "/unit", q="试&")
    following = unescape(re.search(r'rel="next" href="([^"]+)"', page)[1])
    second = (await registrar.get(following)).text

    before = unescape(re.search(r'rel="prev" href="([^"]+)"', second)[1])
    assert "第2–2项" in second
    assert (await registrar.get(before)).text.count("试&amp;") == page.count("试&amp;")
    shown = [{name for name in ("甲", "乙") if f"试&amp;{name}</h2>" in text} for text in (page, second)]
    assert shown in ([{"甲"}, {"乙"}], [{"乙"}, {"甲"}])


def row_of(place, **given):
    """What stands in one row of a team's form."""
    one = answers()
    one.pop("declaration")
    return {f"m{place}_{field}": value for field, value in {**one, **given}.items()}


@pytest.fixture
async def team(world):
    """An item of pairs that registers now, and the registrar of a unit."""
    contest = await world.contest(state="published", kind="pair", team_size=2)
    await world.execute(
        "UPDATE contest SET starts_on = '2090-03-01', ends_on = '2090-03-02' WHERE id = $1", contest.contest
    )
    firm = await world.organisation(kind="enterprise", tier=None, parent=contest.organisation)
    return contest, await world.client("registrar", "organisation", firm)


MEMBERS = (
    "SELECT m.role, v.name FROM entry_member m JOIN person_version v ON v.id = m.person_version_id "
    "JOIN entry e ON e.id = m.entry_id WHERE e.contest_id = $1 ORDER BY m.position"
)


async def members(world, contest):
    return [(row["role"], row["name"]) for row in await world.fetch(MEMBERS, contest.contest)]


async def test_pair_is_entered_with_its_leader_and_without_a_coach(world, team):
    contest, registrar = team
    path = form_of(contest)
    page = await page_of(registrar, path)
    assert "选手 2" in page
    leader = {"m3_name": "领队人", "m3_document_type": "id_card", "m3_document_number": id_number()}
    # The coach's row is sent as the browser sends it: empty but for its select.
    given = (
        row_of(1, name="甲") | row_of(2, name="乙") | leader | {"m4_name": "", "m4_document_type": "id_card"}
    )

    checked = await send(registrar, path, page, act="check", declaration="yes", **given)
    assert checked.status_code == 200, checked.text
    assert "领队人" in checked.text
    done = await send(
        registrar, path, page, act="submit", declaration="yes", key=hidden(page, "key"), **given
    )

    assert done.status_code == 303, done.text
    assert await members(world, contest) == [("contestant", "甲"), ("contestant", "乙"), ("leader", "领队人")]


async def test_fault_of_the_second_contestant_is_said_in_that_row(world, team):
    contest, registrar = team
    path = form_of(contest)
    right = id_number()
    wrong = right[:-1] + ("0" if right[-1] != "0" else "1")
    given = (
        row_of(1)
        | row_of(2, name="乙", document_number=wrong)
        | {"m4_name": "无证教练", "m4_document_type": "id_card"}
    )

    answer = await send(
        registrar, path, await page_of(registrar, path), act="submit", declaration="yes", **given
    )

    assert answer.status_code == 422
    assert 'id="m2_document_number-error"' in answer.text
    assert 'id="m1_document_number-error"' not in answer.text
    assert 'id="m4_document_number-error"' in answer.text
    assert "选手 2：" in answer.text
    assert f'value="{wrong}"' in answer.text
    assert await members(world, contest) == []


async def test_returned_pair_is_mended_without_typing_numbers_and_loses_its_leader(world, team):
    contest, registrar = team
    path = form_of(contest)
    leader = {"m3_name": "领队人", "m3_document_type": "id_card", "m3_document_number": id_number()}
    given = row_of(1, name="甲") | row_of(2, name="乙") | leader
    page = await page_of(registrar, path)
    done = await send(registrar, path, page, act="submit", declaration="yes", **given)
    assert done.status_code == 303, done.text
    [entry] = await entries(world, contest)
    await world.execute("UPDATE entry SET state = 'returned', rev = rev + 1 WHERE id = $1", entry["id"])
    page = await page_of(registrar, path, entry=encode_id("entry", entry["id"]))
    kept = {name: hidden(page, name) for name in ("entry", "rev", "m1_person", "m2_person", "m3_person")}
    emptied = {"m3_name": "", "m3_document_type": "id_card"}
    second = row_of(2, name="丙")
    first = row_of(1, name="甲", document_number="", mobile="")

    done = await send(
        registrar, path, page, act="submit", declaration="yes", **kept, **first, **second, **emptied
    )

    assert done.status_code == 303, done.text
    assert await members(world, contest) == [("contestant", "甲"), ("contestant", "丙")]


@pytest.fixture
async def won(world):
    """Two places in the next tier, offered to people of two units, and the first unit's registrar."""
    upper = await world.contest(state="published")
    await world.execute(
        "UPDATE contest SET starts_on = '2090-03-01', ends_on = '2090-03-02' WHERE id = $1", upper.contest
    )
    city = await world.organisation(parent=upper.organisation, tier="city")
    lower = await world.contest(season=upper.season, tier="city", organisation=city)
    entries, _ = await final_item(world, lower, MARKS, THEORY)
    firm = await world.organisation(kind="enterprise", tier=None, parent=lower.organisation)
    slots = []
    for place, (name, unit) in enumerate((("甲", firm), ("乙", None)), 1):
        await world.execute("UPDATE entry SET unit_id = $2 WHERE id = $1", entries[name], unit)
        slots.append(
            await world.fetchval(
                "INSERT INTO slot (season_id, from_item_id, to_item_id, snapshot, entry_id, place, kind, reasons) "
                "SELECT $1, $2, $3, snapshot, $4, $5, 'quota', '[]' FROM publication WHERE item_id = $2 RETURNING id",
                lower.season, lower.item, upper.item, entries[name], place,
            )
        )  # fmt: skip
    return upper, slots, await world.client("registrar", "organisation", firm)


async def test_unit_answers_its_own_places_and_enters_with_them(world, won):
    upper, (own, other), registrar = won
    page = await page_of(registrar, "/unit")
    assert encode_id("slot", own) in page
    assert encode_id("slot", other) not in page
    state = "SELECT state FROM slot WHERE id = $1"

    accepted = await send(
        registrar, f"/unit/slots/{encode_id('slot', own)}", page, act="slot_accept", rev="1"
    )
    foreign = await send(
        registrar, f"/unit/slots/{encode_id('slot', other)}", page, act="slot_accept", rev="1"
    )

    assert (accepted.status_code, foreign.status_code) == (303, 404)
    assert [await world.fetchval(state, slot) for slot in (own, other)] == ["accepted", "offered"]
    page = await page_of(registrar, "/unit")
    following = unescape(re.search(r'href="(/my/reg/[^"]+slot[^"]+)"', page)[1])
    assert encode_id("slot", own) in (await registrar.get(following)).text
    # Nobody but who won the place may use it.
    page = await page_of(registrar, form_of(upper))
    refused = await send(
        registrar, form_of(upper), page, act="check", slot=encode_id("slot", own), **answers(name="别人")
    )
    assert refused.status_code in (409, 422)
    assert await entries(world, upper) == []


async def test_place_is_given_up_with_a_reason_only(world, won):
    _, (own, _), registrar = won
    page = await page_of(registrar, "/unit")
    path = f"/unit/slots/{encode_id('slot', own)}"

    silent = await send(registrar, path, page, act="slot_decline", rev="1", reason=" ")
    done = await send(registrar, path, page, act="slot_decline", rev="1", reason="出国")
    lapse = await send(registrar, path, page, act="slot_lapse", rev="2", reason="不归单位")

    assert (silent.status_code, done.status_code) == (422, 303)
    assert '_reason-error"' in silent.text
    assert lapse.status_code >= 400
    assert await world.fetchval("SELECT state FROM slot WHERE id = $1", own) == "declined"
