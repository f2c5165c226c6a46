"""CSV, XLSX or JSON to rows of text, bounded before anything is unpacked.

CSV is UTF-8 (with or without BOM), GB 18030 or UTF-16 with BOM, separated by comma, semicolon or tab. XLSX is the first sheet of the
workbook; its numbers are binary fractions by their format, so each is taken as the shortest decimal that names it, which
is the number that was typed, and one of more than 15 digits is refused. JSON is a list of objects, an object with one
list in it, or one object a line.
"""

import codecs
import csv
import io
import json
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import msgspec

from frontend.scorefiles.problems import BadFiles, Trouble, Troubles, shown
from frontend.scorefiles.words import COLUMNS, column_named

MOST_BYTES: Final = 64 * 1024 * 1024
MOST_UNPACKED: Final = 512 * 1024 * 1024
MOST_ROWS: Final = 1_000_000
MOST_COLUMNS: Final = 200
_LONGEST_CELL: Final = 2_000
_CHUNK: Final = 1 << 20
_EXACT_DIGITS: Final = 15


class Table(msgspec.Struct, frozen=True):
    """A heading as it is written, the canonical names of its columns, and the rows under it with the line each stands in."""

    file: str
    heading: tuple[str, ...]
    columns: dict[str, int]
    rows: Iterable[tuple[int, list[str]]]

    def trouble(self, line: int, column: str, code: str, zh: str, en: str) -> Trouble:
        """A fault in one cell, or in the row where the column is not there."""
        place = self.columns.get(column)
        return Trouble(
            file=self.file, line=line, column=None if place is None else place + 1,
            name=column if place is None else self.heading[place], code=code, zh=zh, en=en,
        )  # fmt: skip


def read_table(file: Path, needed: tuple[str, ...], troubles: Troubles) -> Table:
    """The table in the file; missing or doubled columns go to `troubles`. Raises BadFiles for a file that is no table."""
    name = str(file)
    try:
        if file.stat().st_size > MOST_BYTES:
            raise _bad(name, "file_too_large", "文件超过 64 MiB。", "The file is larger than 64 MiB.")
        body = file.read_bytes()
    except OSError as error:
        raise _bad(
            name, "file_unreadable", "文件无法读取。", f"The file cannot be read: {error.strerror}."
        ) from error
    return table_of(name, body, needed, troubles)


def table_of(name: str, body: bytes, needed: tuple[str, ...], troubles: Troubles) -> Table:
    """The table in these bytes; the kind follows from the content, not from the name."""
    start = body[:64].lstrip(b"\xef\xbb\xbf \t\r\n")
    if body.startswith(b"PK"):
        lines = _xlsx(name, body)
    elif start.startswith((b"[", b"{")):
        lines = _json(name, body)
    else:
        lines = _csv(name, body)
    first, heading = next(lines, (1, []))
    while heading and not heading[-1].strip():
        heading.pop()
    if not heading:
        raise _bad(name, "file_empty", "文件没有表头。", "The file has no heading.")
    if len(heading) > MOST_COLUMNS:
        raise _bad(name, "too_many_columns", "列数超过 200。", "There are more than 200 columns.")
    columns: dict[str, int] = {}
    for place, text in enumerate(heading):
        column = column_named(text)
        if column in columns and column:
            troubles.add(Trouble(file=name, line=first, column=place + 1, name=text, code="column_repeated",
                                 zh=f"有两列都是“{column}”。", en=f"Two columns are “{column}”."))  # fmt: skip
        columns.setdefault(column, place)
    for column in needed:
        if column not in columns:
            also = ", ".join(COLUMNS[column])
            troubles.add(Trouble(file=name, line=first, name=column, code="column_missing",
                                 zh=f"缺少“{column}”列（也可写作：{also}）；现有：{shown('、'.join(heading))}。",
                                 en=f"The column “{column}” is missing (or: {also}); there are: {shown(', '.join(heading))}."))  # fmt: skip
    return Table(
        name, tuple(text.strip() for text in heading), columns, _filled(name, lines, len(heading), troubles)
    )


def _filled(
    name: str, lines: Iterator[tuple[int, list[str]]], width: int, troubles: Troubles
) -> Iterator[tuple[int, list[str]]]:
    """Rows that are not empty, each as wide as the heading."""
    count = 0
    for line, cells in lines:
        if not any(cells):
            continue
        count += 1
        if count > MOST_ROWS:
            raise _bad(name, "too_many_rows", "行数超过 100 万。", "There are more than a million rows.")
        if any(cells[width:]):
            troubles.add(Trouble(file=name, line=line, column=width + 1, code="row_too_wide",
                                     zh=f"该行有 {len(cells)} 格，表头只有 {width} 列。",
                                     en=f"The row has {len(cells)} cells, the heading {width}."))  # fmt: skip
        yield line, cells if len(cells) == width else [*cells[:width], *[""] * (width - len(cells))]


def _csv(name: str, body: bytes) -> Iterator[tuple[int, list[str]]]:
    if body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        # What spreadsheets call "Unicode text".
        body = body.decode("utf-16", "replace").encode()
    if b"\x00" in body:
        raise _bad(
            name, "file_unreadable", "文件不是 CSV、XLSX 或 JSON。", "The file is neither CSV, XLSX nor JSON."
        )
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            text = body.decode("gb18030")
        except UnicodeDecodeError as error:
            raise _bad(
                name,
                "encoding",
                "编码既不是 UTF-8 也不是 GB 18030。",
                "The file is neither UTF-8 nor GB 18030.",
            ) from error
    first = text.partition("\n")[0]
    separator = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    line = 1
    try:
        for cells in reader:
            yield line, [cell.strip() for cell in cells]
            line = reader.line_num + 1
    except csv.Error as error:
        raise BadFiles([Trouble(file=name, line=line, code="csv_syntax", zh=f"CSV 格式有误：{error}。",
                                en=f"Not valid CSV: {error}.")]) from error  # fmt: skip


def _json(name: str, body: bytes) -> Iterator[tuple[int, list[str]]]:
    """Rows are counted from 1 like lines: the first object is row 1."""
    try:
        text = body.decode("utf-8-sig")
        try:
            document = json.loads(text, parse_float=Decimal, parse_constant=str)
        except json.JSONDecodeError as error:
            if error.msg != "Extra data":
                raise
            document = [
                json.loads(line, parse_float=Decimal, parse_constant=str)
                for line in text.splitlines()
                if line.strip()
            ]
    except UnicodeDecodeError as error:
        raise _bad(name, "encoding", "JSON 须为 UTF-8 编码。", "JSON must be UTF-8.") from error
    except json.JSONDecodeError as error:
        raise BadFiles([Trouble(file=name, line=error.lineno, column=error.colno, code="syntax",
                                zh=f"不是有效的 JSON：{error.msg}。", en=f"Not valid JSON: {error.msg}.")]) from error  # fmt: skip
    except (RecursionError, ValueError) as error:
        raise _bad(name, "syntax", "不是有效的 JSON。", "Not valid JSON.") from error
    if isinstance(document, dict):
        lists = [value for value in document.values() if isinstance(value, list)]
        document = lists[0] if len(lists) == 1 else [document]
    if not isinstance(document, list) or not all(isinstance(each, dict) for each in document):
        raise _bad(name, "syntax", "JSON 须为对象的列表。", "The JSON must be a list of objects.")
    heading = list(dict.fromkeys(str(key) for each in document for key in each))
    yield 0, list(heading)
    for line, fields in enumerate(document, 1):
        yield line, [_given(fields.get(key)) for key in heading]


def _given(value: Any) -> str:  # noqa: ANN401 - what a JSON parser gives
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return " ".join(_given(each) for each in value)
    return str(value)[:_LONGEST_CELL].strip()


def _xlsx(name: str, body: bytes) -> Iterator[tuple[int, list[str]]]:
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError, ZipError

    _refuse_bomb(name, body)
    try:
        sheet = CalamineWorkbook.from_filelike(io.BytesIO(body)).get_sheet_by_index(0)
        if sheet.height * sheet.width > MOST_ROWS * 20:
            raise _bad(name, "too_many_rows", "工作表过大。", "The sheet is too large.")
        rows = sheet.to_python(skip_empty_area=False)
    except (CalamineError, ZipError, PasswordError, OSError, ValueError, IndexError) as error:
        raise _bad(name, "file_unreadable", "XLSX 文件无法读取。", "The XLSX file cannot be read.") from error
    for line, cells in enumerate(rows, 1):
        yield line, [_cell(cell) for cell in cells]


def _refuse_bomb(name: str, body: bytes) -> None:
    """Unpack every part, counting and keeping nothing: sizes in the headers are the sender's word."""
    left = MOST_UNPACKED
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            for part in archive.infolist():
                at = part.header_offset
                names = int.from_bytes(body[at + 26 : at + 28], "little") + int.from_bytes(
                    body[at + 28 : at + 30], "little"
                )
                packed = body[at + 30 + names : at + 30 + names + part.compress_size]
                stream = zlib.decompressobj(-zlib.MAX_WBITS)
                while packed and part.compress_type == zipfile.ZIP_DEFLATED and left > 0:
                    left -= len(stream.decompress(packed, _CHUNK))
                    packed = stream.unconsumed_tail
                left -= len(packed)
                if left <= 0:
                    raise _bad(name, "file_too_large", "XLSX 解压后过大。", "The XLSX unpacks to too much.")
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, ValueError) as error:
        raise _bad(name, "file_unreadable", "XLSX 文件无法读取。", "The XLSX file cannot be read.") from error


def _cell(value: object) -> str:
    match value:
        case str():
            text = value.strip()[:_LONGEST_CELL]
        case bool():
            text = "true" if value else "false"
        case float():
            whole = value.is_integer() and abs(value) < 10**_EXACT_DIGITS
            text = str(int(value)) if whole else repr(value)
        case timedelta():
            text = str(Decimal(value // timedelta(microseconds=1)) / 1_000_000)
        case datetime():
            text = value.date().isoformat() if value.time() == time(0) else value.isoformat()
        case time():
            micro = ((value.hour * 60 + value.minute) * 60 + value.second) * 1_000_000 + value.microsecond
            text = str(Decimal(micro) / 1_000_000)
        case date():
            text = value.isoformat()
        case _:
            text = str(value)
    return text


def _bad(name: str, code: str, zh: str, en: str) -> BadFiles:
    return BadFiles([Trouble(file=name, code=code, zh=zh, en=en)])
