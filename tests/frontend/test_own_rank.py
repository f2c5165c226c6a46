"""P4: one's own row first, by QR or by number and digits; nothing of a blind or frozen item (UX C1, C2, DESIGN 3.5)."""

import msgspec
import pytest

from api.plumbing.ids import encode_id
from api.results.commands import refresh_standings
from api.results.own import lookup_digits, ticket_code
from scoring import hebei_provincial
from tests.results.builders import MARKS, THEORY, add_theory, final_item, mark


@pytest.fixture
async def final(world, settings):
    contest = await world.contest()
    entries, organiser = await final_item(world, contest, MARKS, THEORY)
    return contest, entries, organiser


def address(settings, entry):
    return f"/r/{ticket_code(settings, entry)}"


async def number_of(world, entry):
    return await world.fetchval("SELECT number FROM entry WHERE id = $1", entry)


async def test_the_ticket_leads_to_its_own_row_without_signing_in(visitor, settings, final, world):
    _, entries, _ = final

    page = await visitor.get(address(settings, entries["甲"]))

    assert page.status_code == 200, page.text
    own = page.text.index("own-card__rank")
    assert own < page.text.index("own-near")
    assert "<b>2</b>" in page.text[own : own + 120]
    assert await number_of(world, entries["甲"]) in page.text
    assert "sbq-board" not in page.headers


async def test_every_award_of_the_place_is_named_as_on_the_board(visitor, settings, final, world):
    contest, entries, _ = final
    await world.execute(
        "INSERT INTO contest_rules (contest_id, revision, document, hash) VALUES ($1, 9, $2, '')",
        contest.contest, msgspec.json.encode({"awards": hebei_provincial(level_target="technician")}).decode(),
    )  # fmt: skip

    page = await visitor.get(address(settings, entries["甲"]))

    assert "河北省技术能手、晋升技师（二级）" in page.text


async def test_of_others_stands_there_what_the_board_says_and_no_more(visitor, settings, final, world):
    _, entries, _ = final

    page = await visitor.get(address(settings, entries["甲"]))

    assert await number_of(world, entries["乙"]) not in page.text
    assert encode_id("entry", entries["乙"]) not in page.text


async def test_an_unchanged_page_costs_nothing(visitor, settings, final):
    _, entries, _ = final
    first = await visitor.get(address(settings, entries["甲"]))

    again = await visitor.get(
        address(settings, entries["甲"]), headers={"If-None-Match": first.headers["etag"]}
    )

    assert (again.status_code, again.content) == (304, b"")


async def test_number_and_digits_lead_to_the_same_page(visitor, settings, final, world):
    _, entries, _ = final
    number = await number_of(world, entries["丙"])

    answer = await visitor.post(
        "/r", data={"number": f" {number.lower()} ", "digits": lookup_digits(settings, entries["丙"])}
    )

    assert answer.status_code == 303
    assert answer.headers["location"] == address(settings, entries["丙"])


async def test_wrong_digits_are_refused_and_cannot_be_tried_for_ever(visitor, settings, final, world):
    _, entries, _ = final
    number = await number_of(world, entries["丙"])
    right = lookup_digits(settings, entries["丙"])
    wrong = f"{(int(right) + 1) % 1_000_000:06}"

    answers = [await visitor.post("/r", data={"number": number, "digits": wrong}) for _ in range(11)]
    late = await visitor.post("/r", data={"number": number, "digits": right})

    assert [answer.status_code for answer in answers] == [422] * 10 + [429]
    assert "查询码" in answers[0].text
    assert late.status_code == 429


async def test_a_code_that_nobody_made_leads_to_the_form(visitor, settings, final):
    _, entries, _ = final
    forged = address(settings, entries["甲"])[:-1] + "x"

    for path in (forged, "/r/x", "/r/" + "0" * 42):
        answer = await visitor.get(path)
        assert answer.status_code == 404, path
        assert 'name="digits"' in answer.text


async def test_a_code_of_another_key_opens_nothing(visitor, settings, final):
    import msgspec

    _, entries, _ = final
    other = msgspec.structs.replace(settings, secret_key="6c" * 32)

    assert (await visitor.get(address(other, entries["甲"]))).status_code == 404


@pytest.mark.parametrize(
    "item", [{"blind_layers": 1, "live": "progress"}, {"blind_layers": 2, "live": "by_code"}, {"live": "off"}]
)
async def test_a_blind_item_shows_progress_only(visitor, settings, world, db, item):
    contest = await world.contest(**item)
    entries = {name: await world.entry(contest, name=f"{name}盲") for name in MARKS}
    sheets = await world.sheets(contest, list(entries.values()), await world.judges(contest))
    await mark(world, contest, sheets, list(MARKS))
    await add_theory(world, contest, entries)
    await refresh_standings(db, contest.item)

    page = await visitor.get(address(settings, entries["甲"]))

    assert page.status_code == 200
    assert "盲" not in page.text
    assert encode_id("entry", entries["甲"]) not in page.text
    assert await number_of(world, entries["甲"]) not in page.text
    assert "89.65" not in page.text


async def test_a_frozen_board_is_frozen_here_too(visitor, settings, final, world):
    contest, entries, organiser = final
    url = f"/api/v1/items/{encode_id('item', contest.item)}/publication"
    tag = (await organiser.get(url)).headers["etag"]
    await organiser.patch(url, json={"frozen": True}, headers={"If-Match": tag})

    page = await visitor.get(address(settings, entries["甲"]))

    assert 'data-state="frozen"' in page.text
    assert "89.65" not in page.text


async def test_whoever_may_read_the_entry_gets_the_ticket_and_nobody_else(world, settings, final):
    contest, entries, organiser = final
    url = f"/api/v1/entries/{encode_id('entry', entries['甲'])}/ticket"
    stranger = await world.client("organiser", "contest", (await world.contest()).contest)

    own = (await organiser.get(url)).json()
    drawing = await organiser.get(f"{url}.svg")

    assert own["url"] == settings.base_url + address(settings, entries["甲"])
    assert own["digits"] == lookup_digits(settings, entries["甲"])
    assert (drawing.headers["content-type"], b"<svg" in drawing.content) == ("image/svg+xml", True)
    assert (await stranger.get(url)).status_code == 404
    judge = await world.client("judge", "contest", contest.contest)
    assert (await judge.get(url)).status_code == 403
