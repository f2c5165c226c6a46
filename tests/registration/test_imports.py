"""Thousands from a file: every row answered, sound rows entered once, faulty rows named where they are."""

import json

import pytest

from api.jobs.sheets import CSV, NDJSON, XLSX, read_sheet
from api.people.documents import mask_number
from api.plumbing.ids import encode_id
from api.registration.imports import uploading
from tests.registration.builders import gate, id_number, idempotent, member, written
from tests.registration.files import HEADING, carried, results, row, table, upload, work, xlsx

SOUND = 262
# One fault each: what the cells say, and the column and code of the answer.
FAULTS = [
    ({"项目": "电焊"}, "项目", "item_unknown"),
    ({"项目": None}, "项目", "item_unknown"),
    ({"姓名": None}, "姓名", "name_empty"),
    ({"姓名": "试" * 31}, "姓名", "name_too_long"),
    ({"姓名": "试\u200b甲"}, "姓名", "name_invisible"),
    ({"姓名": "试\u202e甲"}, "姓名", "name_invisible"),
    ({"姓名": "试@甲"}, "姓名", "name_character"),
    ({"姓名": "007"}, "姓名", "name_without_letter"),
    ({"姓名": "=1+1"}, "姓名", "name_character"),
    ({"证件类型": "学生证"}, "证件类型", "document_type_unknown"),
    ({"证件类型": "护照"}, "证件号码", "document_shape"),
    ({"证件类型": "护照", "证件号码": "E1234567"}, "出生日期", "birth_date_needed"),
    ({"证件号码": None}, "证件号码", "document_empty"),
    ({"证件号码": 110105194912310021}, "证件号码", "number_lost_digits"),
    ({"证件号码": "1.10105E+17"}, "证件号码", "id_length"),
    ({"证件号码": "12345678901234567"}, "证件号码", "id_length"),
    ({"证件号码": "110105491231002"}, "证件号码", "id_fifteen_digits"),
    ({"证件号码": "11010519491231002O"}, "证件号码", "id_character"),
    ({"证件号码": "010105194912310021"}, "证件号码", "id_never_assigned"),
    ({"证件号码": "110105199002300021"}, "证件号码", "id_date"),
    ({"证件号码": "110105190002290021"}, "证件号码", "id_date"),
    ({"证件号码": "110105299902280021"}, "证件号码", "id_date_in_future"),
    ({"证件号码": "110105194912310021"}, "证件号码", "id_check_digit"),
    ({"证件号码": id_number("20050302")}, "证件号码", "under_age"),
    ({"性别": "不详"}, "性别", "sex_unknown"),
    ({"性别": "女"}, "性别", "sex_contradicts_document"),
    ({"出生日期": "1990-02-30"}, "出生日期", "date_invalid"),
    ({"出生日期": "去年"}, "出生日期", "date_invalid"),
    ({"出生日期": "1991-01-01"}, "出生日期", "birth_contradicts_document"),
    ({"出生日期": "2990-01-01"}, "出生日期", "birth_in_future"),
    ({"手机号码": "12800000000"}, "手机号码", "mobile_invalid"),
    ({"手机号码": 1380000000}, "手机号码", "mobile_invalid"),
    ({"单位": "别人的单位"}, "单位", "row_not_yours"),
    ({"代表队": "天外队"}, "代表队", "delegation_unknown"),
    ({"岗位": "工" * 41}, "岗位", "name_invalid"),
    ({"一线职工": "也许"}, "一线职工", "yes_or_no"),
    ({"技能等级": "大师"}, "技能等级", "skill_level_unknown"),
]


async def test_38_faults_in_300_rows_are_reported_at_their_rows_and_columns(door):
    rows = [row() for _ in range(SOUND)]
    expected = {}
    for n, (cells, column, code) in enumerate(FAULTS):
        place = 7 * n + 3
        rows.insert(place, row(**cells))
        expected[place + 2] = (column, code)
    # The last kind: somebody who stands in the file already.
    rows.append(rows[0])
    expected[len(rows) + 1] = ("证件号码", "row_repeated")
    assert (len(rows), len(expected)) == (300, 38)
    before = await written(door.world)

    job = await carried(door, xlsx(rows))

    found = {
        r["row"]: [(e["column"], e["code"]) for e in r["errors"]]
        for r in await results(door, job, "rejected")
    }
    assert found == {line: [fault] for line, fault in expected.items()}
    assert job["state"] == "succeeded"
    assert job["counts"] == {
        "total": 300, "done": 300, "accepted": 262, "duplicate": 0, "rejected": 38, "skipped": 0,
    }  # fmt: skip
    # A dry run leaves nothing behind but its own answer.
    after = await written(door.world)
    assert after[:10] == before[:10]


async def test_corrected_file_enters_only_what_was_wrong(door):
    rows = [row() for _ in range(5)]
    rows[1]["证件号码"], rows[3]["姓名"] = "110105194912310021", None
    first = await carried(door, xlsx(rows), "partial")
    assert (first["state"], first["counts"]["accepted"], first["counts"]["rejected"]) == ("partly", 3, 2)
    entered = await door.world.fetch(
        "SELECT id, rev, created_at FROM entry WHERE item_id = $1 ORDER BY id", door.contest.item
    )

    answer = await door.registrar.get(f"/api/v1/jobs/{first['id']}/result.xlsx")
    returned = table(answer.content)
    assert answer.headers["Cache-Control"] == "no-store"
    assert returned[0] == [*HEADING, "错误说明"]
    assert [bool(line[-1]) for line in returned[1:]] == [False, True, False, True, False]
    assert "证件号码" in returned[2][-1]
    returned[2][3], returned[4][1] = id_number(), "试丁"
    again = xlsx([dict(zip(returned[0], line, strict=True)) for line in returned[1:]], tuple(returned[0]))
    second = await carried(door, again, "partial")

    assert (second["state"], second["counts"]["accepted"], second["counts"]["duplicate"]) == (
        "succeeded",
        2,
        3,
    )
    refs = {r["row"]: r["ref"] for r in await results(door, second, "duplicate")}
    assert refs == {r["row"]: r["ref"] for r in await results(door, first, "accepted")}
    kept = await door.world.fetch(
        "SELECT id, rev, created_at FROM entry WHERE item_id = $1 ORDER BY id LIMIT 3", door.contest.item
    )
    assert kept == entered
    third = await carried(door, again, "partial")
    assert (third["state"], third["counts"]["duplicate"]) == ("succeeded", 5)


async def test_atomic_enters_all_or_none(door):
    rows = [row(), row(姓名=None), row()]
    before = await written(door.world)

    job = await carried(door, xlsx(rows), "atomic")

    assert job["state"] == "failed"
    assert [r["outcome"] for r in await results(door, job)] == ["skipped", "rejected", "skipped"]
    assert (await written(door.world))[:10] == before[:10]
    rows[1] = row()
    job = await carried(door, xlsx(rows), "atomic")
    assert (job["state"], job["counts"]["accepted"]) == ("succeeded", 3)


async def test_imported_row_is_an_entry_like_any_other(door):
    number = id_number("19850714", male=False)

    job = await carried(
        door,
        xlsx(
            [
                row(
                    姓名="欧阳试",
                    证件号码=number,
                    手机号码=13800000007,
                    出生日期="1985/7/14",
                    性别="女",
                    岗位="班长",
                    一线职工="是",
                    技能等级="技师",
                )
            ]
        ),
        "partial",
    )

    (result,) = await results(door, job)
    entry = (await door.registrar.get(f"/api/v1/entries/{result['ref']}")).json()
    (worker,) = entry["members"]
    assert (entry["state"], worker["name"], worker["post"], worker["skill_level"]) == (
        "at_unit",
        "欧阳试",
        "班长",
        "technician",
    )
    assert worker["document_number"] == mask_number(number)
    person = (await door.registrar.get(f"/api/v1/people/{worker['person']}")).json()
    assert (person["mobile"], person["birth_date"], person["sex"]) == ("138***********07", "1985-07-14", "F")


async def test_rows_of_one_team_are_one_entry_and_fall_together(world):
    door = await gate(world, kind="pair", team_size=2)
    heading = (*HEADING, "组队", "角色")
    rows = [
        row(组队="一队"), row(组队="一队"), row(组队="一队", 角色="领队"),
        row(组队="二队"), row(组队="二队", 姓名=None),
        row(组队="三队"),
    ]  # fmt: skip

    job = await carried(door, xlsx(rows, heading), "partial")

    found = {r["row"]: (r["outcome"], [e["code"] for e in r["errors"]]) for r in await results(door, job)}
    assert [found[n][0] for n in (2, 3, 4)] == ["accepted"] * 3
    assert found[5] == ("rejected", ["team_member_rejected"])
    assert found[6] == ("rejected", ["name_empty"])
    assert found[7] == ("rejected", ["wrong_team_size"])
    assert await world.fetchval("SELECT count(*) FROM entry WHERE item_id = $1", door.contest.item) == 1


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
async def test_csv_is_read_in_the_encodings_spreadsheets_write(door, encoding):
    text = f'报名项目,选手姓名,身份证号 *（必填）\r\n钳工,试甲,{id_number()}\r\nfitter,试乙,"=""{id_number()}"""\r\n'

    job = await carried(door, text.encode(encoding), "partial", media_type=f"{CSV}; charset=x")

    assert (job["state"], job["counts"]["accepted"]) == ("succeeded", 2)


async def test_ndjson_is_read_line_by_line(door):
    lines = f'{{"item":"fitter","name":"试甲","id_number":"{id_number()}"}}\n\n{{"item":"fitter","name":"","id_number":"{id_number()}"}}\n'

    job = await carried(door, lines.encode(), "partial", media_type=NDJSON)

    assert [(r["row"], r["outcome"]) for r in await results(door, job)] == [(1, "accepted"), (3, "rejected")]


@pytest.mark.parametrize("field", ["unit", "birth_date", "post", "team", "delegation", "name"])
async def test_text_that_no_database_can_hold_is_a_fault_of_its_row(door, field):
    cells = {"item": "fitter", "name": "试甲", "document_number": id_number(), field: "a\x00b"}

    job = await carried(door, json.dumps(cells).encode(), "partial", media_type=NDJSON)

    assert job["counts"]["done"] == 1
    assert job["counts"]["rejected"] == (field != "team")


async def test_person_of_another_unit_is_rejected_not_a_duplicate(door):
    number = id_number()
    await door.registered(members=[member(document_number=number)])
    other = await door.world.organisation()
    registrar = await door.world.client("registrar", "organisation", other)

    answer = await upload(
        door, xlsx([row(证件号码=number)]), "partial", client=registrar, unit=encode_id("organisation", other)
    )
    await work(door)

    found = (await registrar.get(f"{answer.headers['Location']}/rows")).json()["data"]
    assert [(r["outcome"], r["errors"][0]["code"]) for r in found] == [("rejected", "person_already_entered")]


async def test_places_run_out_within_a_file(world):
    door = await gate(world, capacity=2)

    dry = await carried(door, xlsx([row() for _ in range(4)]))
    job = await carried(door, xlsx([row() for _ in range(4)]), "partial")

    for found in (dry, job):
        codes = [[e["code"] for e in r["errors"]] for r in await results(door, found)]
        assert codes == [[], [], ["item_full"], ["item_full"]]


@pytest.mark.parametrize(
    ("heading", "code"),
    [
        (("项目", "姓名"), "column_missing"),
        (("项目", "姓名", "证件号码", "血型"), "column_unknown"),
        (("项目", "姓名", "证件号码", "身份证号"), "column_twice"),
    ],
)
async def test_wrong_columns_refuse_the_whole_file(door, heading, code):
    before = await written(door.world)

    answer = await upload(door, xlsx([row()], heading))

    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert await written(door.world) == before


async def test_closed_registration_takes_no_file(door):
    await door.world.execute(
        "UPDATE contest SET registration_closes_at = now() WHERE id = $1", door.contest.contest
    )
    before = await written(door.world)

    assert (await upload(door, xlsx([row()]), "partial")).json()["code"] == "registration_closed"
    assert await written(door.world) == before


async def test_file_that_came_in_time_is_carried_out_after_the_deadline(door):
    answer = await upload(door, xlsx([row()]), "partial")
    await door.world.execute(
        "UPDATE contest SET registration_closes_at = clock_timestamp() WHERE id = $1", door.contest.contest
    )

    await work(door)

    job = (await door.registrar.get(answer.headers["Location"])).json()
    assert (job["state"], job["counts"]["accepted"]) == ("succeeded", 1)


async def test_upload_is_not_readable_in_the_database(door):
    number = id_number()

    answer = await upload(door, f"项目,姓名,证件号码\n钳工,试甲,{number}\n".encode(), media_type=CSV)

    kept = await door.world.fetch("SELECT * FROM job ORDER BY id DESC LIMIT 1")
    waiting = await door.world.fetch("SELECT candidate FROM registration_import_row")
    assert number.encode() not in kept[0]["input"]
    assert number not in str(kept) + str(waiting)
    await work(door)
    assert await door.world.fetch("SELECT FROM registration_import_row") == []
    assert answer.status_code == 202


async def test_contestant_enters_nobody_by_file(door):
    contestant = await door.world.client("contestant", "contest", door.contest.contest)

    answer = await contestant.post(
        f"{door.path}:bulk",
        params={"mode": "partial"},
        content=xlsx([row(), row()]),
        headers={"Content-Type": XLSX, **idempotent()},
    )
    await work(door)

    # Not even a job: whoever can enter nobody would fill the database with files.
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert await door.world.fetchval("SELECT count(*) FROM entry WHERE item_id = $1", door.contest.item) == 0


async def test_file_is_read_outside_any_transaction(door, monkeypatch):
    open_while_read = []

    def watched(*args):
        # Threads of anyio see the context of who sent them.
        open_while_read.append(door.world.db._engine.current_transaction.get())
        return read_sheet(*args)

    monkeypatch.setattr(uploading, "read_sheet", watched)

    job = await carried(door, xlsx([row()]))

    assert open_while_read == [None]
    assert job["counts"]["accepted"] == 1


async def test_file_of_a_stranger_is_not_read(door, world, monkeypatch):
    read = []
    monkeypatch.setattr(uploading, "read_sheet", lambda *args: read.append(args))
    stranger = await world.client("contestant", "contest", door.contest.contest)

    answer = await stranger.post(
        f"/api/v1/contests/{encode_id('contest', door.contest.contest)}/entries:bulk",
        content=xlsx([row()]), headers={"content-type": XLSX, **idempotent()},
    )  # fmt: skip

    assert answer.status_code == 404
    assert read == []
