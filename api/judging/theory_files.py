"""Theory marks from a file: which column is which, and what a cell means."""

from typing import Final

from api.jobs.sheets import Sheet
from api.judging.schemas import TheoryRow
from api.plumbing.problems import Problem, field_error, invalid_fields

# Field → what people call it. The first is what our template says.
ALIASES: Final[dict[str, tuple[str, ...]]] = {
    "number": ("参赛号", "参赛编号", "准考证号", "编号", "number", "contest_number"),
    "entry": ("报名编号", "entry"),
    "node": ("部分", "科目", "模块", "node", "part"),
    "value": ("成绩", "理论成绩", "分数", "得分", "value", "mark", "score"),
    "reason": ("更正理由", "理由", "原因", "reason"),
}
ABSENT: Final = frozenset({"缺考", "缺席", "absent"})
MOST_ROWS: Final = 1000


def columns_of(sheet: Sheet) -> dict[str, int]:
    """Field → place of its column. Raises invalid_fields for a column missing, unknown or twice; theory_too_many_rows."""
    known = {alias.lower(): field for field, aliases in ALIASES.items() for alias in aliases}
    columns: dict[str, int] = {}
    errors = []
    for place, name in enumerate(sheet.heading):
        field = known.get(name.strip().lower())
        # An answer of ours comes back with its own last column.
        if field is None and name and name != "错误说明":
            errors.append(field_error(f"/columns/{place + 1}", "column_unknown", name=name[:40]))
        elif field in columns:
            errors.append(field_error(f"/columns/{place + 1}", "column_twice", name=name[:40]))
        elif field is not None:
            columns[field] = place
    if "value" not in columns:
        errors.append(field_error("/columns", "column_missing", name=ALIASES["value"][0], name_en="value"))
    if not columns.keys() & {"number", "entry"}:
        errors.append(field_error("/columns", "column_missing", name=ALIASES["number"][0], name_en="number"))
    if errors:
        raise invalid_fields(*errors)
    if len(sheet.rows) > MOST_ROWS:
        raise Problem("theory_too_many_rows")
    return columns


def rows_of(sheet: Sheet, columns: dict[str, int]) -> list[tuple[int, TheoryRow]]:
    """The rows with their lines. An empty mark is not a zero and not an absence: it stays an empty text, which is no number."""

    def cell(cells: tuple[str, ...], field: str) -> str | None:
        return cells[columns[field]] or None if field in columns else None

    return [
        (
            row.line,
            TheoryRow(
                value=None if (value := row.cells[columns["value"]].strip()).lower() in ABSENT else value,
                number=cell(row.cells, "number"),
                entry=cell(row.cells, "entry"),
                node=cell(row.cells, "node"),
                reason=cell(row.cells, "reason"),
            ),
        )
        for row in sheet.rows
    ]
