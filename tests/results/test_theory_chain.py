"""Theory marks count in the verification: a changed row, a lost one, one nobody told of, and a chain that was written anew."""

from decimal import Decimal
from uuid import uuid4

import pytest

from api.judging.commands.theory import theory_hash
from api.plumbing.ids import encode_id
from tests.results.test_publication import tamper


class Papers:
    """An item with theory marks, one of them corrected, one absent; entered as a clerk enters them."""

    def __init__(self, world, contest, clerk, supervisor) -> None:
        self.world, self.contest, self.clerk, self.supervisor = world, contest, clerk, supervisor
        self.path = f"/api/v1/items/{encode_id('item', contest.item)}"

    async def enter(self, *rows):
        answer = await self.clerk.post(
            f"{self.path}/theory-marks", json={"rows": rows}, headers={"idempotency-key": str(uuid4())}
        )
        assert answer.json()["saved"], answer.text

    async def broken(self):
        return (await self.supervisor.get(f"{self.path}/ledger")).json()["broken"]


@pytest.fixture
async def papers(world):
    contest = await world.contest()
    papers = Papers(
        world,
        contest,
        await world.client("data_clerk", "contest", contest.contest),
        await world.client("supervisor", "contest", contest.contest),
    )
    papers.entries = {number: await world.entry(contest, number=number) for number in ("QA", "QB", "QC")}
    await papers.enter({"number": "QC", "value": None}, {"number": "QA", "value": "85.50"})
    await papers.enter({"number": "QB", "value": "0"}, {"number": "QA", "value": "86", "reason": "登分有误"})
    return papers


async def test_what_was_entered_and_corrected_holds(papers):
    assert await papers.broken() == []


@pytest.mark.parametrize(
    "change",
    [
        "value = 99",
        "state = 'absent', value = NULL",
        "reason = '另有原因'",
        "account_id = uuidv7()",
        "rev = 3",
    ],
)
async def test_changed_row_breaks_the_chain_of_its_entry(papers, settings, change):
    await tamper(
        settings, f"UPDATE theory_mark SET {change} WHERE entry_id = '{papers.entries['QA']}' AND rev = 2"
    )

    assert encode_id("entry", papers.entries["QA"]) in await papers.broken()


@pytest.mark.parametrize("lost", ["entry_id = '{QA}' AND rev = 2", "entry_id = '{QC}'"])
async def test_lost_tail_or_entry_is_found_by_what_the_ledger_told(papers, settings, lost):
    await tamper(settings, f"DELETE FROM theory_mark WHERE {lost.format(**papers.entries)}")

    assert await papers.broken() == [encode_id("item", papers.contest.item)]


async def test_chain_written_anew_is_found_by_what_the_ledger_told(papers, settings, world):
    entry = papers.entries["QB"]
    account = papers.clerk.account_id
    forged = theory_hash(b"", entry, "theory", 1, "scored", Decimal(100), account, None)
    await tamper(
        settings, f"UPDATE theory_mark SET value = 100, hash = '\\x{forged.hex()}' WHERE entry_id = '{entry}'"
    )

    assert await papers.broken() == [encode_id("item", papers.contest.item)]


async def test_mark_that_no_act_tells_of_is_found(papers, world):
    entry = await world.entry(papers.contest, number="QD")
    account = await world.account()
    link = theory_hash(b"", entry, "theory", 1, "scored", Decimal(100), account, None)
    await world.execute(
        "INSERT INTO theory_mark (season_id, entry_id, node, rev, item_id, state, value, account_id, hash) "
        "VALUES ($1, $2, 'theory', 1, $3, 'scored', 100, $4, $5)",
        papers.contest.season, entry, papers.contest.item, account, link,
    )  # fmt: skip

    assert await papers.broken() == [encode_id("item", papers.contest.item)]
