"""Theory marks by REST and by file: each row answers for itself; a correction is a new revision with a reason."""

import io
import zipfile
from uuid import uuid4

import pytest
import xlsxwriter

from api.jobs.sheets import XLSX
from api.judging import routes
from api.plumbing.ids import encode_id


class Papers:
    """A data clerk with entries QA, QB, QC of one item."""

    def __init__(self, world, contest, clerk, entries) -> None:
        self.world, self.contest, self.clerk, self.entries = world, contest, clerk, entries
        self.path = f"/api/v1/items/{encode_id('item', contest.item)}/theory-marks"

    async def enter(self, *rows, mode: str = "atomic"):
        return await self.clerk.post(
            f"{self.path}?mode={mode}", json={"rows": rows}, headers={"idempotency-key": str(uuid4())}
        )

    async def upload(self, body: bytes, media_type: str = "text/csv", mode: str = "partial"):
        headers = {"idempotency-key": str(uuid4()), "content-type": media_type}
        return await self.clerk.post(f"{self.path}:import?mode={mode}", content=body, headers=headers)

    async def facts(self) -> list[tuple]:
        rows = await self.world.fetch(
            "SELECT e.number, t.rev, t.state, t.value::text, t.reason FROM theory_mark t JOIN entry e ON e.id = t.entry_id "
            "WHERE t.item_id = $1 ORDER BY e.number, t.rev", self.contest.item,
        )  # fmt: skip
        return [tuple(row.values()) for row in rows]


@pytest.fixture
async def papers(world):
    contest = await world.contest()
    clerk = await world.client("data_clerk", "contest", contest.contest)
    entries = [await world.entry(contest, number=number) for number in ("QA", "QB", "QC")]
    return Papers(world, contest, clerk, entries)


def row_codes(answer) -> list[str]:
    """Code of the first error, or the outcome, of each row."""
    return [row["errors"][0]["code"] if row["errors"] else row["outcome"] for row in answer.json()["rows"]]


async def test_marks_are_entered_by_number_or_entry(papers):
    answer = await papers.enter(
        {"number": "QA", "value": "85.5"}, {"entry": encode_id("entry", papers.entries[1]), "value": "90", "node": "theory"}, {"number": "QC", "value": None}
    )  # fmt: skip

    assert answer.status_code == 200
    assert (answer.json()["saved"], row_codes(answer)) == (True, ["accepted"] * 3)
    assert await papers.facts() == [
        ("QA", 1, "scored", "85.5", None), ("QB", 1, "scored", "90", None), ("QC", 1, "absent", None, None),
    ]  # fmt: skip
    listed = (await papers.clerk.get(papers.path)).json()["data"]
    assert [(mark["number"], mark["state"], mark["value"]) for mark in listed] == [
        ("QA", "scored", "85.5"), ("QB", "scored", "90"), ("QC", "absent", None),
    ]  # fmt: skip


async def test_same_mark_again_is_a_duplicate_and_writes_nothing(papers):
    await papers.enter({"number": "QA", "value": "85.5"})

    answer = await papers.enter({"number": "QA", "value": "85.50"})

    assert row_codes(answer) == ["duplicate"]
    assert len(await papers.facts()) == 1


async def test_correction_needs_a_reason_and_is_a_new_revision(papers):
    await papers.enter({"number": "QA", "value": "85.5"})

    refused = await papers.enter({"number": "QA", "value": "86"})
    corrected = await papers.enter({"number": "QA", "value": "86", "reason": "复核：第12题漏加"})

    assert row_codes(refused) == ["theory_exists"]
    assert "85.5" in refused.json()["rows"][0]["errors"][0]["detail"]
    assert row_codes(corrected) == ["accepted"]
    assert await papers.facts() == [
        ("QA", 1, "scored", "85.5", None),
        ("QA", 2, "scored", "86", "复核：第12题漏加"),
    ]


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ({"number": "QX", "value": "80"}, "entry_unknown"),
        ({"value": "80"}, "entry_unknown"),
        ({"number": "QA", "value": "80", "node": "practical"}, "theory_node_unknown"),
        ({"number": "QA", "value": "100.5"}, "theory_value"),
        ({"number": "QA", "value": "-0.5"}, "theory_value"),
        ({"number": "QA", "value": "85.3"}, "theory_value"),
        ({"number": "QA", "value": "85.25"}, "theory_value"),
        *[({"number": "QA", "value": text}, "decimal_invalid") for text in ("NaN", "1e400", "", "8O", "=1+1", "Infinity", "85,5", "85分")],
    ],
)  # fmt: skip
async def test_row_that_does_not_fit_is_rejected_and_nothing_is_saved(papers, row, code):
    answer = await papers.enter(row, {"number": "QB", "value": "90"})

    assert (answer.json()["saved"], row_codes(answer)) == (False, [code, "skipped"])
    assert await papers.facts() == []


async def test_modes_write_nothing_what_fits_or_all_or_nothing(papers):
    rows = [{"number": "QA", "value": "85"}, {"number": "QB", "value": "185"}]

    assert row_codes(await papers.enter(*rows, mode="validate")) == ["accepted", "theory_value"]
    assert row_codes(await papers.enter(*rows, mode="atomic")) == ["skipped", "theory_value"]
    assert await papers.facts() == []
    assert row_codes(await papers.enter(*rows, mode="partial")) == ["accepted", "theory_value"]
    assert [fact[0] for fact in await papers.facts()] == ["QA"]


async def test_number_named_twice_counts_once(papers):
    answer = await papers.enter(
        {"number": "QA", "value": "85"}, {"number": "QA", "value": "86", "reason": "更正"}, mode="partial"
    )

    assert row_codes(answer) == ["accepted", "theory_twice"]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
async def test_csv_rows_answer_under_their_line_and_column(papers, encoding):
    answer = await papers.upload("参赛号,理论成绩\nQA,85.5\n\nQB,缺考\nQC,101\n".encode(encoding))

    assert [(row["row"], row["outcome"]) for row in answer.json()["rows"]] == [
        (2, "accepted"),
        (4, "accepted"),
        (5, "rejected"),
    ]
    [error] = answer.json()["rows"][2]["errors"]
    assert (error["column"], error["field"], error["code"]) == ("理论成绩", "value", "theory_value")
    assert [fact[:4] for fact in await papers.facts()] == [
        ("QA", 1, "scored", "85.5"),
        ("QB", 1, "absent", None),
    ]


def workbook(*rows) -> bytes:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        page = book.add_worksheet()
        for place, row in enumerate(rows):
            page.write_row(place, 0, row)
    return file.getvalue()


async def test_xlsx_numbers_are_read_exactly(papers):
    body = workbook(["参赛号", "成绩"], ["QA", 85.5], ["QB", 90], ["QC", 80 + 1 / 3])

    answer = await papers.upload(body, XLSX)

    assert row_codes(answer) == ["accepted", "accepted", "decimal_invalid"]
    assert [fact[3] for fact in await papers.facts()] == ["85.5", "90"]


async def test_formula_counts_as_what_the_file_shows_for_it(papers):
    answer = await papers.upload(workbook(["参赛号", "成绩"], ["QA", "=40+45"]), XLSX)

    # xlsxwriter stores 0 as the formula's value: what the file says is what is taken, nothing is computed here.
    assert row_codes(answer) == ["accepted"]
    assert [fact[3] for fact in await papers.facts()] == ["0"]


async def test_file_that_unpacks_to_gigabytes_is_refused_before_it_is_read(papers):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (100 * 1024 * 1024))

    answer = await papers.upload(file.getvalue(), XLSX)

    assert (answer.status_code, answer.json()["code"]) == (413, "file_unpacks_too_large")


@pytest.mark.parametrize(
    ("body", "code"),
    [("参赛号\nQA\n", "column_missing"), ("成绩\n80\n", "column_missing"), ("参赛号,成绩,星座\nQA,80,狮子\n", "column_unknown"), ("参赛号,成绩,分数\nQA,80,81\n", "column_twice")],
)  # fmt: skip
async def test_heading_that_is_not_understood_is_refused(papers, body, code):
    answer = await papers.upload(body.encode())

    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, code)


async def test_more_than_a_thousand_rows_are_refused(papers):
    body = "参赛号,成绩\n" + "".join(f"Q{n},80\n" for n in range(1001))

    assert (await papers.upload(body.encode())).json()["code"] == "theory_too_many_rows"


async def test_repeated_request_answers_the_same_and_writes_once(papers):
    headers = {"idempotency-key": str(uuid4())}
    body = {"rows": [{"number": "QA", "value": "85"}]}

    first = await papers.clerk.post(papers.path, json=body, headers=headers)
    second = await papers.clerk.post(papers.path, json=body, headers=headers)

    assert first.json() == second.json()
    assert second.headers["idempotent-replayed"] == "true"
    assert len(await papers.facts()) == 1


async def test_marks_stay_once_the_result_is_confirmed(world, papers):
    await papers.enter({"number": "QA", "value": "85"})
    await world.execute("UPDATE publication SET state = 'closed' WHERE item_id = $1", papers.contest.item)
    assert row_codes(await papers.enter({"number": "QB", "value": "85"})) == ["accepted"]
    await world.execute(
        "INSERT INTO standings_snapshot (season_id, item_id, number, input_hash, output_hash, facts, complete, entries, body) VALUES ($1, $2, 1, '', '', 0, true, 1, '')",
        papers.contest.season, papers.contest.item,
    )  # fmt: skip
    await world.execute(
        "UPDATE publication SET state = 'confirmed', snapshot = 1 WHERE item_id = $1", papers.contest.item
    )

    answer = await papers.enter({"number": "QC", "value": "85"})

    assert (answer.status_code, answer.json()["code"]) == (409, "results_closed")


async def test_ledger_answers_for_what_was_entered(world, papers):
    await papers.enter({"number": "QA", "value": "85"}, {"number": "QB", "value": "90"})

    [row] = await world.fetch(
        "SELECT kind, payload::jsonb->>'marks' AS marks FROM ledger WHERE season_id = $1 AND chain = $2",
        papers.contest.season,
        papers.contest.item,
    )
    assert tuple(row.values()) == ("theory.entered", "2")


async def test_file_for_an_item_of_others_is_not_even_read(papers, world, monkeypatch):
    """It was once unpacked and checked first, for anybody who was a clerk anywhere."""
    read = []
    monkeypatch.setattr(routes, "read_sheet", lambda *file: read.append(file))
    other = await world.contest()
    papers.clerk = await world.client("data_clerk", "contest", other.contest)

    answer = await papers.upload(b"PK\x03\x04", XLSX)

    assert (answer.status_code, answer.json()["code"], read) == (404, "not_found", [])
