"""Files are read as text, bounded before they are unpacked."""

import io
import struct
import zipfile

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
        archive.writestr("xl/media/bomb.bin", bytes(2_000_000))
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
