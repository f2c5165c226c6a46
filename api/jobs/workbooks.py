"""The user's own table back, with what is wrong in each row: one column more, faulty cells marked, no text that runs as a formula."""

import io

from api.jobs.schemas import Outcome, RowResult
from api.jobs.sheets import Sheet

ERROR_COLUMN = "错误说明"
OUTCOMES: dict[Outcome, str] = {
    "accepted": "通过",
    "duplicate": "已有，未改动",
    "rejected": "有问题",
    "skipped": "未处理",
}
# What spreadsheets take for the start of a formula; tab and return reach the same place (CWE-1236).
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def annotated_workbook(sheet: Sheet, results: tuple[RowResult, ...]) -> bytes:
    """An XLSX with the user's columns as text and 错误说明 as the last; columns of an earlier answer are replaced."""
    # Here and not above, as in `sheets`: whoever never imports a table need not carry it.
    import xlsxwriter  # type: ignore[import-untyped]

    width = len(sheet.heading) - (1 if sheet.heading[-1] == ERROR_COLUMN else 0)
    by_line = {result.row: result for result in results}
    file = io.BytesIO()
    with xlsxwriter.Workbook(
        file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    ) as book:
        page = book.add_worksheet("报名")
        # Text format: a corrected document number must not become a number when it is typed in.
        text = book.add_format({"num_format": "@"})
        heading = book.add_format({"bold": True, "bottom": 1, "num_format": "@"})
        faulty = book.add_format(
            {"num_format": "@", "bg_color": "#FDECEA", "border": 1, "border_color": "#B3261E"}
        )
        page.set_column(0, width - 1, 20, text)
        page.set_column(width, width, 60, text)
        page.freeze_panes(1, 0)
        for column, name in enumerate((*sheet.heading[:width], ERROR_COLUMN)):
            page.write_string(0, column, neutral(name), heading)
        for place, row in enumerate(sheet.rows, start=1):
            result = by_line.get(row.line)
            columns = {error.column for error in result.errors} if result else set()
            for column, cell in enumerate(row.cells[:width]):
                page.write_string(
                    place, column, neutral(cell), faulty if sheet.heading[column] in columns else text
                )
            page.write_string(place, width, neutral(_remark(result)), text)
    return file.getvalue()


def neutral(text: str) -> str:
    """Text that no spreadsheet takes for a formula, also after it was saved as CSV; `read_sheet` takes the apostrophe off again."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def _remark(result: RowResult | None) -> str:
    if result is None:
        return OUTCOMES["skipped"]
    if not result.errors:
        return "" if result.outcome == "accepted" else OUTCOMES[result.outcome]
    return "；".join(
        f"{error.column}：{error.detail}" if error.column else error.detail for error in result.errors
    )
