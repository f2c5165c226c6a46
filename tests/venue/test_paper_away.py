"""Paper sheets typed in twice at a venue come back as they were typed, once."""

import pytest

from tests.judging.marking import facts
from tests.judging.test_paper import copy, transfer, type_in

COPIES = (
    "SELECT c.* FROM paper_copy c JOIN sheet s ON s.id = c.sheet_id WHERE s.session_id = $1 ORDER BY c.id"
)
TRANSFERS = "SELECT t.* FROM paper_transfer t JOIN sheet s ON s.id = t.sheet_id WHERE s.session_id = $1"


@pytest.fixture
async def clerks(centre):
    return [
        await centre.world.client("data_clerk", "contest", centre.marking.contest.contest) for _ in range(2)
    ]


@pytest.fixture
async def typed(centre, venue, clerks):
    """Two clerks at the venue have typed the first sheet, and disagree at first; the chief judge takes it over. The second has one copy."""
    await venue.take_in(await centre.handed_out())
    await venue.run(centre.session)
    first, second = [await venue.judge(clerk) for clerk in clerks]
    sheet, other = centre.marking.sheet, centre.marking.sheets[1][0]
    assert (await type_in(first, sheet, copy("8", None))).json()["state"] == "one"
    assert (await type_in(second, sheet, copy("6", None))).json()["state"] == "differs"
    assert (await type_in(second, sheet, copy("8", None))).json()["state"] == "agrees"
    done = await transfer(await venue.judge(centre.marking.judge), sheet)
    assert done.json()["state"] == "transferred"
    assert (await type_in(second, other, copy())).json()["state"] == "one"


def told(report):
    kinds = ("mark", "paper_copy", "paper_transfer")
    new = {each["kind"]: (each["sent"], each["new"]) for each in report["tallies"]}
    return [new[kind] for kind in kinds]


async def test_copies_and_their_transfer_come_back_with_the_marks_and_once(centre, venue, typed):
    content = await venue.facts(centre.session)

    # The same bundle again, and then another one with the same facts.
    reports = [await centre.brought(each) for each in (content, content, await venue.facts(centre.session))]

    assert [told(each) for each in reports] == [
        [(2, 2), (4, 4), (1, 1)],
        [(2, 0), (4, 0), (1, 0)],
        [(2, 0), (4, 0), (1, 0)],
    ]
    for sql in (COPIES, TRANSFERS):
        here, there = [await each.world.fetch(sql, centre.session) for each in (centre, venue)]
        assert here == there != []
    assert await facts(centre.world, centre.marking.sheet) == [
        ("C1", 1, "scored", "8"),
        ("C2", 1, "not_attempted", None),
    ]


async def test_second_copy_is_typed_at_the_centre_once_the_session_is_back(centre, venue, clerks, typed):
    other = centre.marking.sheets[1][0]
    await centre.brought(await venue.facts(centre.session))
    refused = await type_in(clerks[0], other, copy())
    await centre.take_back("评分已交回")

    answer = await type_in(clerks[0], other, copy())

    assert refused.json()["code"] == "session_at_venue"
    assert answer.json()["state"] == "agrees"
