"""Registration files as units send them, and the worker that carries them out."""

import io
from typing import Any

import httpx
import xlsxwriter
from python_calamine import CalamineWorkbook

from api.jobs.sheets import XLSX
from api.plumbing.ids import encode_id
from api.plumbing.jobs import drain_outbox
from api.work import HANDLERS
from tests.registration.builders import Gate, id_number, idempotent
from tests.world import Client

HEADING = (
    "项目",
    "姓名",
    "证件类型",
    "证件号码",
    "性别",
    "出生日期",
    "手机号码",
    "单位",
    "代表队",
    "岗位",
    "一线职工",
    "技能等级",
)


def row(**cells: Any) -> dict[str, Any]:
    """A sound row."""
    return {"项目": "钳工", "姓名": "试甲", "证件类型": "居民身份证", "证件号码": id_number(), **cells}


def xlsx(rows: list[dict[str, Any]], heading: tuple[str, ...] = HEADING) -> bytes:
    """A workbook as a spreadsheet program writes it: texts as texts, numbers as numbers."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False}) as book:
        page = book.add_worksheet()
        page.write_row(0, 0, heading)
        for place, cells in enumerate(rows, start=1):
            for column, name in enumerate(heading):
                if (value := cells.get(name)) is not None:
                    page.write(place, column, value)
    return file.getvalue()


def table(workbook: bytes) -> list[list[str]]:
    """The cells of a workbook."""
    return CalamineWorkbook.from_filelike(io.BytesIO(workbook)).get_sheet_by_index(0).to_python()


async def upload(
    door: Gate,
    body: bytes,
    mode: str = "validate",
    media_type: str = XLSX,
    client: Client | None = None,
    **params: str,
) -> httpx.Response:
    """Send a file in the unit's name."""
    return await (client or door.registrar).post(
        f"{door.path}:bulk",
        params={"mode": mode, "unit": encode_id("organisation", door.unit), **params},
        content=body,
        headers={"Content-Type": media_type, **idempotent()},
    )


async def carried(door: Gate, body: bytes, mode: str = "validate", **more: Any) -> dict[str, Any]:
    """Send a file and let the worker carry it out; gives the finished job."""
    answer = await upload(door, body, mode, **more)
    assert answer.status_code == 202, answer.text
    await work(door)
    job = await (more.get("client") or door.registrar).get(answer.headers["Location"])
    assert job.status_code == 200, job.text
    return job.json()


async def work(door: Gate) -> None:
    """What the worker does when it is poked."""
    await drain_outbox(door.world.db, HANDLERS)


async def results(door: Gate, job: dict[str, Any], outcome: str | None = None) -> list[dict[str, Any]]:
    """What became of the rows."""
    params = {"limit": "500", **({"outcome": outcome} if outcome else {})}
    return (await door.registrar.get(f"/api/v1/jobs/{job['id']}/rows", params=params)).json()["data"]
