"""A page offers only what its reader may open, and whoever comes from outside arrives where the link said."""

import re
from html import unescape

import pytest

from api.plumbing.ids import encode_id

ROLES = [
    "organiser", "reviewer", "supervisor", "data_clerk", "encryption_officer", "chief_judge", "presenter", "check_in",
    "award_authority", "auditor", "outside_assessor",
]  # fmt: skip


def links(page):
    return {unescape(each) for each in re.findall(r'<a [^>]*href="(/org[^"#]*)', page)}


@pytest.mark.parametrize("role", ROLES)
async def test_no_page_of_a_contest_leads_to_a_refusal(world, role):
    contest = await world.contest(state="running")
    reader = await world.client(role, "organisation", contest.organisation)
    to_open, opened = {"/org", f"/org/c/{encode_id('contest', contest.contest)}"}, set()

    while to_open:
        path = to_open.pop()
        answer = await reader.get(path)
        assert answer.status_code == 200, f"{path}: {answer.text}"
        opened.add(path)
        if "text/html" in answer.headers["content-type"]:
            to_open |= links(answer.text) - opened

    assert len(opened) > 3


async def test_data_clerk_is_led_to_the_theory_marks_past_what_others_do_first(world):
    contest = await world.contest(state="running")
    clerk = await world.client("data_clerk", "organisation", contest.organisation)

    page = await clerk.get(f"/org/c/{encode_id('contest', contest.contest)}")

    assert re.search(r'href="/org/c/[^"]+/theory"', page.text)
    assert "/panel" not in page.text


async def test_refusal_names_the_roles_in_the_readers_words(world):
    clerk = await world.client("data_clerk", "organisation", await world.organisation())

    chinese, english = await clerk.get("/org/new"), await clerk.get("/en/org/new")

    assert (chinese.status_code, english.status_code) == (403, 403)
    assert "需要的角色：管理员、主办单位。" in chinese.text
    assert "Needed: administrator, organiser." in english.text
    # And it leads back to where this reader's work begins.
    assert 'class="button" href="/org"' in chinese.text


async def test_contest_page_leads_to_its_own_items(world, visitor):
    contest, other = await world.contest(state="published"), await world.contest(state="published")
    for each in (contest, other):
        await world.execute(
            "UPDATE contest SET starts_on = '2090-03-01', ends_on = '2090-03-02' WHERE id = $1", each.contest
        )
    registrar = await world.client("registrar", "organisation", contest.organisation)
    slug = await world.fetchval("SELECT slug FROM contest WHERE id = $1", contest.contest)

    way = re.search(r'href="(/unit[^"#]*)#open"', (await visitor.get(f"/c/{slug}")).text)
    page = await registrar.get(unescape(way[1]))

    assert page.status_code == 200, page.text
    assert encode_id("item", contest.item) in page.text
    assert encode_id("item", other.item) not in page.text


async def test_door_leads_back_to_the_whole_address(visitor):
    answer = await visitor.get("/unit", params={"contest": "a-b", "q": "王"}, follow_redirects=False)

    assert answer.status_code == 303
    assert answer.headers["location"] == "/login?next=/unit%3Fcontest%3Da-b%26q%3D%25E7%258E%258B"


async def test_head_is_a_get_without_its_body(visitor):
    page, head = await visitor.get("/"), await visitor.head("/")

    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["etag"] == page.headers["etag"]
    assert int(head.headers["content-length"]) == len(page.content)
