"""A report as JSON, as CSV (one row an entry, in the final order) or as text for the screen."""

import csv
import io
from collections.abc import Iterator

import msgspec

from frontend.scorefiles.report import Report, RowReport, StageReport


def as_json(report: Report) -> bytes:
    """The documented shape, two spaces in."""
    return msgspec.json.format(msgspec.json.encode(report), indent=2) + b"\n"


def as_csv(report: Report) -> bytes:
    """One row an entry with its order, its award and every node of every stage. With a BOM, so that spreadsheets know it is UTF-8."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    many = len(report.stages) > 1
    keys = [(stage, key) for stage in report.stages for key in _keys(stage)]
    heads = [f"{stage.key}:{key}" if many else key for stage, key in keys]
    writer.writerow([
        "rank", "award_rank", "shared", "entry", "name", "state", "hors_concours", "total", "complete", "stage", "slot", "awards",
        *heads, "why_zh", "why_en",
    ])  # fmt: skip
    for row in _lines(report, keys):
        writer.writerow([_safe(cell) for cell in row])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _keys(stage: StageReport) -> list[str]:
    """Every node that any row has, attempts one by one, in the order of the first row that has them."""
    return list(dict.fromkeys(node.key for row in stage.rows for node in row.nodes))


def _lines(report: Report, keys: list[tuple[StageReport, str]]) -> Iterator[list[str]]:
    rows = {(stage.key, row.entry): row for stage in report.stages for row in stage.rows}
    slots = {(stage.key, slot.entry): slot.outcome for stage in report.stages for slot in stage.slots}
    awards: dict[str, list[str]] = {}
    for award in report.awards:
        if award.outcome != "not_eligible":
            given = awards.setdefault(award.entry, [])
            name = award.rule if award.outcome == "eligible" else f"{award.rule}?"
            given += [] if name in given else [name]
    values = {place: {node.key: node for node in row.nodes} for place, row in rows.items()}
    for each in report.overall:
        row = rows[each.stage, each.entry]
        cells = []
        for stage, key in keys:
            node = values.get((stage.key, each.entry), {}).get(key)
            cells.append("" if node is None else _text(node.value) or node.void or "")
        yield [
            _text(each.rank), _text(each.award_rank), _yes(each.shared), each.entry, each.name, _state(row), _yes(row.hors_concours),
            _text(row.total), _yes(row.complete), each.stage, slots.get((each.stage, each.entry), ""), " ".join(awards.get(each.entry, [])),
            *cells, row.why.zh, row.why.en,
        ]  # fmt: skip


def _state(row: RowReport) -> str:
    return row.void or row.state


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _yes(value: bool) -> str:
    return "yes" if value else "no"


def _safe(cell: str) -> str:
    """A name that a spreadsheet would take for a formula is kept text. Numbers below zero stay numbers."""
    if cell[:1] in {"=", "+", "@", "\t"} or (cell[:1] == "-" and not cell[1:2].isdigit()):
        return "'" + cell
    return cell
