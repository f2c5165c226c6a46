"""A job answers to whoever opened it, and to nobody else."""

import pytest

from tests.registration.builders import gate
from tests.registration.files import carried, row, upload, work, xlsx


@pytest.fixture
async def door(world):
    return await gate(world)


async def test_progress_is_what_was_committed(door):
    answer = await upload(door, xlsx([row(), row(姓名=None)]))
    waiting = (await door.registrar.get(answer.headers["Location"])).json()
    await work(door)
    done = (await door.registrar.get(answer.headers["Location"])).json()

    assert answer.json() == {"job": waiting["id"], "rows": 2}
    assert (waiting["state"], waiting["counts"]["done"], waiting["counts"]["total"]) == ("queued", 0, 2)
    assert (done["state"], done["counts"]["done"], done["counts"]["rejected"]) == ("succeeded", 2, 1)


async def test_only_its_owner_sees_a_job(door):
    job = await carried(door, xlsx([row()]))

    for path in ("", "/rows", "/result.xlsx"):
        assert (await door.organiser.get(f"/api/v1/jobs/{job['id']}{path}")).status_code == 404
    cancel = await door.organiser.post(f"/api/v1/jobs/{job['id']}/transitions", json={"to": "cancelled"})
    assert cancel.status_code == 404


async def test_result_waits_for_the_end_and_goes_after_30_days(door):
    answer = await upload(door, xlsx([row()]))
    early = await door.registrar.get(f"{answer.headers['Location']}/result.xlsx")
    await work(door)
    await door.world.execute("UPDATE job SET input = NULL")
    late = await door.registrar.get(f"{answer.headers['Location']}/result.xlsx")

    assert (early.status_code, early.json()["code"]) == (409, "job_unfinished")
    assert (late.status_code, late.json()["code"]) == (410, "job_input_gone")


async def test_rows_are_paged_in_the_order_of_the_file(door):
    job = await carried(door, xlsx([row() for _ in range(5)]))

    first = (await door.registrar.get(f"/api/v1/jobs/{job['id']}/rows", params={"limit": 3})).json()
    rest = (
        await door.registrar.get(
            f"/api/v1/jobs/{job['id']}/rows", params={"limit": 3, "cursor": first["next_cursor"]}
        )
    ).json()

    assert [r["row"] for r in first["data"] + rest["data"]] == [2, 3, 4, 5, 6]
    assert rest["has_more"] is False


async def test_cancelled_before_it_began_does_nothing(door):
    answer = await upload(door, xlsx([row()]), "partial")
    cancelled = await door.registrar.post(
        f"{answer.headers['Location']}/transitions", json={"to": "cancelled"}
    )
    await work(door)

    assert cancelled.json()["state"] == "cancelled"
    assert await door.world.fetchval("SELECT count(*) FROM entry WHERE item_id = $1", door.contest.item) == 0


async def test_files_up_to_20_megabytes_are_taken_and_no_more(door):
    padding = "x" * 1_900
    lines = ["项目,姓名,证件号码,岗位"] + [f"钳工,,,{padding}" for _ in range(9_000)]
    large = "\n".join(lines).encode()

    taken = await upload(door, large, media_type="text/csv")
    refused = await upload(door, large + b"\n" + b"x" * 5_000_000, media_type="text/csv")

    assert 17_000_000 < len(large) < 20 * 1024 * 1024
    assert taken.status_code == 202
    assert (refused.status_code, refused.json()["code"]) == (413, "body_too_large")
