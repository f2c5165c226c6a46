"""Files are read as text, bounded before they are unpacked."""

import io
import struct
import zipfile
from datetime import date

import pytest
import xlsxwriter

from api.jobs import sheets
from api.jobs.schemas import RowError, RowResult
from api.jobs.sheets import CSV, NDJSON, XLSX, read_sheet
from api.jobs.workbooks import annotated_workbook, neutral
from api.plumbing.problems import Problem


def workbook(*rows):
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        page = book.add_worksheet()
        for place, row in enumerate(rows):
            page.write_row(place, 0, row)
    return file.getvalue()


def refused(media_type, body):
    with pytest.raises(Problem) as problem:
        read_sheet(media_type, body)
    return problem.value.code


def test_numbers_are_read_as_they_were_typed_or_marked_as_lost():
    sheet = read_sheet(
        XLSX, workbook(["a", "b", "c"], [13812345678, 1.5, 110105194912310021], ["007", True, -3])
    )

    assert [row.cells[:2] for row in sheet.rows] == [("13812345678", "1.5"), ("007", "是")]
    assert [row.inexact for row in sheet.rows] == [frozenset({2}), frozenset()]


def test_empty_lines_are_skipped_and_keep_their_number():
    sheet = read_sheet(CSV, b"a,b\n\n1,2\n,\n3\n")

    assert [(row.line, row.cells) for row in sheet.rows] == [(3, ("1", "2")), (5, ("3", ""))]


@pytest.mark.parametrize(
    ("media_type", "body", "code"),
    [
        ("application/pdf", b"%PDF", "unsupported_media_type"),
        ("", b"a\n1", "unsupported_media_type"),
        (CSV, b"", "file_empty"),
        (CSV, b"a,b\n", "file_empty"),
        (CSV, b"\xff\xfe\x00a", "file_unreadable"),
        (CSV, b'a\n"1', "file_unreadable"),
        (CSV, b"a\n" + b"1\n" * 10_001, "file_too_many_rows"),
        (CSV, b"a\n" + b"\n" * 20_001 + b"1", "file_too_many_rows"),
        (CSV, b",".join([b"a"] * 61) + b"\n1", "file_unreadable"),
        (XLSX, b"not a zip", "file_unreadable"),
        (XLSX, b"PK\x05\x06" + bytes(18), "file_unreadable"),
        (NDJSON, b"{", "file_unreadable"),
        (NDJSON, b'{"a":{"b":1}}', "file_unreadable"),
        (NDJSON, b'{"a":1.5}', "file_unreadable"),
        (NDJSON, b"[" * 100_000, "file_unreadable"),
    ],
)
def test_unreadable_file_is_refused(media_type, body, code):
    assert refused(media_type, body) == code


def test_last_row_that_is_allowed():
    assert len(read_sheet(CSV, b"a\n" + b"1\n" * 10_000).rows) == 10_000


def test_zip_bomb_is_refused_whatever_its_headers_claim(monkeypatch):
    monkeypatch.setattr(sheets, "MOST_UNPACKED", 1_000_000)
    body = bytearray(workbook(["a"], ["1"]))
    file = io.BytesIO(bytes(body))
    with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/bomb.xml", bytes(2_000_000))
    honest = file.getvalue()
    # The same bomb, whose directory says that it unpacks to one byte.
    lying = honest.replace(struct.pack("<I", 2_000_000), struct.pack("<I", 1))

    assert lying != honest
    assert [refused(XLSX, honest), refused(XLSX, lying)] == ["file_unpacks_too_large"] * 2


def test_one_cell_far_out_is_refused_before_a_table_is_made_for_it():
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        page = book.add_worksheet()
        page.write("A1", "a")
        page.write("XFD1048576", "far")

    assert refused(XLSX, file.getvalue()) == "file_too_many_rows"


def rebuilt(edit, body=None):
    """A workbook of two cells, each part of it passed through `edit`."""
    file = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(body or workbook(["a"], ["1"]))) as archive,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made,
    ):
        for name in archive.namelist():
            made.writestr(*edit(name, archive.read(name)))
    return file.getvalue()


def in_sheet(old, new):
    return lambda name, part: (name, part.replace(old, new) if "sheet1" in name else part)


def moved_away(name, part):
    """The sheet under a name of its own, which the workbook's relations may give it."""
    return name.replace("xl/worksheets/", "xl/w/"), part.replace(b"worksheets/", b"w/").replace(
        b'r="A2"', b'r="XFD1048576"'
    )


def in_utf16(name, part):
    text = part.decode().replace("UTF-8", "UTF-16").replace('r="A2"', 'r="XFD1048576"')
    return name, text.encode("utf-16") if "sheet1" in name else part


FAR_WIDE = (
    b'<row r="2">'
    + b"<c><v>1</v></c>" * 300
    + b'</row><row r="9999"><c r="A9999"><v>1</v></c></row><row r="2">'
)


@pytest.mark.parametrize(
    "edit",
    [
        moved_away, in_utf16, in_sheet(b'r="A2"', b'r="&#88;FD1048576"'), in_sheet(b'r="A2"', b"r='xfd9'"),
        in_sheet(b'<row r="2"', b'<row r="1048576"'), in_sheet(b'<row r="2"', FAR_WIDE + b'<row r="3"'),
    ],
)  # fmt: skip
def test_cell_that_hides_how_far_out_it_stands_is_refused(edit):
    """One of these once ended the whole process: the reader asked for half a terabyte, and no Python sees that coming."""
    assert refused(XLSX, rebuilt(edit)) in ("file_too_many_rows", "file_unreadable")


def test_other_formats_and_definitions_under_the_name_of_a_workbook_are_refused():
    def with_entity(name, part):
        return name, part.replace(b"?>", b'?><!DOCTYPE a [<!ENTITY a "b">]>', 1) if "sheet1" in name else part

    def open_document(name, part):
        return name.replace("xl/workbook.xml", "content.xml"), part

    assert refused(XLSX, rebuilt(with_entity)) == "file_unreadable"
    assert refused(XLSX, rebuilt(open_document)) == "file_unreadable"


def test_files_of_chinese_spreadsheets_are_read():
    text = "参赛号,成绩\r\n𠮷田,85\r\n"

    for encoded in (text.encode("gb18030"), text.encode("utf-8-sig"), text.encode()):
        sheet = read_sheet(CSV, encoded)
        assert (sheet.heading, sheet.rows[0].cells) == (("参赛号", "成绩"), ("𠮷田", "85"))


def test_merged_cells_formulas_and_dates_are_read_as_what_they_show():
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        page = book.add_worksheet()
        page.write_row(0, 0, ("姓名", "日期", "值"))
        page.merge_range("A2:A3", "试甲")
        page.write_datetime(1, 1, date(1990, 5, 6), book.add_format({"num_format": "yyyy-mm-dd"}))
        page.write_formula(1, 2, "=40+45", None, 85)
        page.write_formula(2, 2, "=1/0", None, "#DIV/0!")
        page.write_number(2, 1, 33000)

    # Only the first of the merged cells holds the name; a date that is a bare number is not guessed at.
    assert [row.cells for row in read_sheet(XLSX, file.getvalue()).rows] == [
        ("试甲", "1990-05-06", "85"),
        ("", "33000", ""),
    ]


def test_answer_keeps_the_users_columns_and_runs_no_formula():
    sheet = read_sheet(CSV, b'name,note\n=1+1,"@x"\n+86,ok\n')
    error = RowError("name", "name", "name_character", "不对", "wrong")
    body = annotated_workbook(
        sheet, (RowResult(2, "rejected", (error,)), RowResult(3, "duplicate", (), "ent_1"))
    )

    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")
        assert b"'=1+1" in archive.read("xl/sharedStrings.xml")
    again = read_sheet(XLSX, body)
    assert again.heading == ("name", "note", "错误说明")
    # What was made harmless on the way out is read as it was on the way in.
    assert [row.cells for row in again.rows] == [("=1+1", "@x", "name：不对"), ("+86", "ok", "已有，未改动")]
    assert read_sheet(XLSX, annotated_workbook(again, ())).heading == again.heading


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_text_that_would_run_is_made_harmless(start):
    assert neutral(f"{start}cmd") == f"'{start}cmd"
    assert neutral(f"a{start}") == f"a{start}"
