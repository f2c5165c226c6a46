"""From an uploaded file to rows of text: CSV, XLSX or NDJSON, bounded before it is unpacked.

| danger | what is done |
| --- | --- |
| an XLSX that unpacks to gigabytes | its bytes are unpacked and counted here first, whatever its headers claim |
| one cell at XFD1048576, which calamine answers with a dense table, or the end of the process | every part is measured first, and only measured parts are handed on |
| a document number stored as a number has lost its last digits | such a cell is marked, never guessed |
| a file of another kind under the name of a table | refused with file_unreadable |
"""

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from typing import Final
from xml.parsers import expat

import msgspec

from api.plumbing.problems import Problem

CSV: Final = "text/csv"
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
NDJSON: Final = "application/x-ndjson"

MOST_BYTES: Final = 20 * 1024 * 1024
MOST_ROWS: Final = 10_000
MOST_COLUMNS: Final = 60
MOST_UNPACKED: Final = 96 * 1024 * 1024
MOST_PARTS: Final = 500
# Data rows, the heading, and room for empty lines between them.
LAST_LINE: Final = 2 * MOST_ROWS
CELL_TEXT: Final = 2_000

# A float holds 15 decimal digits for certain: a longer number has been changed by the spreadsheet already.
EXACT_BELOW: Final = 10**15

_ADDRESS: Final = re.compile(r"([A-Za-z]{1,9})([0-9]{1,10})", re.ASCII)
# What a table is made of; pictures and the rest of a workbook are not handed on.
_KEPT: Final = (".xml", ".rels")

CellValue = int | float | str | bool | time | date | datetime | timedelta


class Row(msgspec.Struct, frozen=True):
    """One line of data. `line` is where the user finds it; `inexact` are the cells whose digits the spreadsheet has lost."""

    line: int
    cells: tuple[str, ...]
    inexact: frozenset[int] = frozenset()


class Sheet(msgspec.Struct, frozen=True):
    """A heading and the rows under it that are not empty; every row has as many cells as the heading."""

    heading: tuple[str, ...]
    rows: tuple[Row, ...]


def read_sheet(media_type: str, body: bytes) -> Sheet:
    """The table in the file. Raises unsupported_media_type, file_unreadable, file_unpacks_too_large, file_too_many_rows, file_empty."""
    readers = {CSV: _csv_lines, XLSX: _xlsx_lines, NDJSON: _ndjson_lines}
    reader = readers.get(media_type.partition(";")[0].strip().lower())
    if reader is None:
        raise Problem("unsupported_media_type")
    lines = reader(body)
    heading = next(lines, None)
    if heading is None or not any(heading.cells):
        raise Problem("file_empty")
    if len(heading.cells) > MOST_COLUMNS:
        raise Problem("file_unreadable")
    return Sheet(heading.cells, tuple(_data(lines, len(heading.cells))))


def _data(lines: Iterator[Row], width: int) -> Iterator[Row]:
    count = 0
    for row in lines:
        if not any(row.cells):
            continue
        count += 1
        if count > MOST_ROWS:
            raise Problem("file_too_many_rows")
        cells = (*row.cells[:width], *("",) * (width - len(row.cells)))
        yield Row(row.line, cells, row.inexact)
    if count == 0:
        raise Problem("file_empty")


def _csv_lines(body: bytes) -> Iterator[Row]:
    """UTF-8 as our own files are, or GB 18030 as Chinese spreadsheets write it."""
    if b"\x00" in body:
        raise Problem("file_unreadable")
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            text = body.decode("gb18030")
        except UnicodeDecodeError:
            raise Problem("file_unreadable") from None
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        for number, cells in enumerate(reader, start=1):
            if number > LAST_LINE + 1:
                raise Problem("file_too_many_rows")
            # Spreadsheets keep digits of long numbers in CSV only as ="…": our own template says so, others do it too.
            yield Row(
                number,
                tuple(
                    _plain(cell.removeprefix('="').removesuffix('"'))
                    if cell.startswith('="')
                    else _plain(cell)
                    for cell in cells[: MOST_COLUMNS + 1]
                ),
            )
    except csv.Error as error:
        raise Problem("file_unreadable") from error


def _ndjson_lines(body: bytes) -> Iterator[Row]:
    """One object a line; the heading is every key in the order met."""
    decoder = msgspec.json.Decoder(dict[str, str | int | bool | None])
    objects: list[tuple[int, dict[str, str | int | bool | None]]] = []
    for number, line in enumerate(body.split(b"\n"), start=1):
        if not line.strip():
            continue
        if len(objects) >= MOST_ROWS:
            raise Problem("file_too_many_rows")
        try:
            objects.append((number, decoder.decode(line)))
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            raise Problem("file_unreadable") from error
    heading = tuple(dict.fromkeys(key for _, fields in objects for key in fields))
    yield Row(0, heading)
    for number, fields in objects:
        yield Row(number, tuple(_given(fields.get(key)) for key in heading))


def _xlsx_lines(body: bytes) -> Iterator[Row]:
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError, ZipError

    checked = _checked(body)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(checked))
        sheet = book.get_sheet_by_index(0)
        rows: Iterable[list[CellValue]] = sheet.to_python(skip_empty_area=False)
    except (CalamineError, ZipError, PasswordError, OSError, ValueError, IndexError) as error:
        raise Problem("file_unreadable") from error
    for number, cells in enumerate(rows, start=1):
        inexact = frozenset(
            place for place, cell in enumerate(cells) if isinstance(cell, float) and abs(cell) >= EXACT_BELOW
        )
        yield Row(number, tuple(map(_text, cells)), inexact)


def _checked(body: bytes) -> bytes:
    """A workbook of the parts that were looked at and nothing else: calamine may find its parts in other ways than we do.

    Without `xl/workbook.xml` it would try other formats, whose tables nobody has measured.
    """
    left, file = MOST_UNPACKED, io.BytesIO()
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive, zipfile.ZipFile(file, "w") as checked:
            parts = archive.infolist()
            if len(parts) > MOST_PARTS:
                raise Problem("file_unpacks_too_large")
            kept = {part.filename: part for part in parts if part.filename.endswith(_KEPT)}
            for part in kept.values():
                unpacked = _unpack(body, part, left)
                left -= len(unpacked)
                _Extent().measure(unpacked)
                checked.writestr(part.filename, unpacked)
            if "content.xml" in kept or "xl/workbook.xml" not in map(str.lower, kept):
                raise zipfile.BadZipFile
    except (
        zipfile.BadZipFile,
        zlib.error,
        expat.ExpatError,
        NotImplementedError,
        ValueError,
        OSError,
    ) as error:
        raise Problem("file_unreadable") from error
    return file.getvalue()


def _unpack(body: bytes, part: zipfile.ZipInfo, most: int) -> bytes:
    """The bytes of one part by its compressed stream: the sizes in the headers are the sender's word."""
    header = body[part.header_offset : part.header_offset + 30]
    if len(header) < 30 or header[:4] != b"PK\x03\x04" or part.flag_bits & 1:
        raise zipfile.BadZipFile
    start = (
        part.header_offset
        + 30
        + int.from_bytes(header[26:28], "little")
        + int.from_bytes(header[28:30], "little")
    )
    packed = body[start : start + part.compress_size]
    if part.compress_type == zipfile.ZIP_STORED:
        unpacked = packed
    elif part.compress_type == zipfile.ZIP_DEFLATED:
        unpacked = zlib.decompressobj(-zlib.MAX_WBITS).decompress(packed, most + 1)
    else:
        raise zipfile.BadZipFile
    if len(unpacked) > most:
        raise Problem("file_unpacks_too_large")
    return unpacked


class _Extent:
    """How far the cells of a part reach, whether they say where they stand or follow the one before. Any part may be the sheet."""

    def __init__(self) -> None:
        self.row = self.column = 0

    def measure(self, part: bytes) -> None:
        """Raises file_too_many_rows, ExpatError for what is no XML or brings definitions of its own."""
        parser = expat.ParserCreate()
        parser.StartElementHandler = self._element
        parser.StartDoctypeDeclHandler = _refuse_doctype
        parser.Parse(part, True)

    def _element(self, name: str, attributes: dict[str, str]) -> None:
        match name.rpartition(":")[2]:
            case "row":
                self.row, self.column = self.row + 1, 0
                if attributes.get("r", "").isdecimal():
                    self.row = int(attributes["r"])
            case "c":
                self.column += 1
                if found := _ADDRESS.fullmatch(attributes.get("r", "")):
                    self.row, self.column = int(found[2]), _number(found[1])
            case _:
                return
        if self.row > LAST_LINE + 1 or self.column > 4 * MOST_COLUMNS:
            raise Problem("file_too_many_rows")


def _refuse_doctype(*_: object) -> None:
    raise ValueError("a workbook defines nothing")


def _number(letters: str) -> int:
    column = 0
    for letter in letters.upper():
        column = column * 26 + ord(letter) - 64
    return column


def _text(value: CellValue) -> str:
    """A cell as text. A whole number is written without its point: 13812345678.0 is a telephone number."""
    if isinstance(value, str):
        return _plain(value)
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < EXACT_BELOW else repr(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time(0) else value.isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value)


def _given(value: str | int | bool | None) -> str:
    return "" if value is None else _text(value)


def _plain(text: str) -> str:
    """Cell text without outer space and without the apostrophe that keeps our own files from being read as formulas."""
    # No text of the database can hold a NUL; any other control character is refused by every check there is.
    text = text[:CELL_TEXT].replace("\x00", "\x01").strip()
    return text[1:] if len(text) > 1 and text[0] == "'" and text[1] in "=+-@" else text
