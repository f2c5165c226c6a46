"""Identity numbers. The two citizen numbers come from GB 11643, the credit code from GB 32100; nobody owns them."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.people.documents import (
    CREDIT_ALPHABET,
    DocumentFault,
    DocumentKind,
    IdNumber,
    id_check_digit,
    mask_number,
    read_credit_code,
    read_document,
    read_id_number,
)

TODAY = date(2021, 9, 23)


def with_check_digit(first_17: str) -> str:
    return first_17 + id_check_digit(first_17)


@pytest.mark.parametrize(
    ("number", "born", "sex"),
    [
        ("11010519491231002X", date(1949, 12, 31), "F"),
        ("440524188001010014", date(1880, 1, 1), "M"),
    ],
)
def test_numbers_of_the_standard_are_valid_and_tell_birth_and_sex(number, born, sex):
    found = read_id_number(number, today=TODAY)

    assert found == IdNumber(number, number[:6], born, sex)


def test_small_x_and_outer_spaces_are_forgiven():
    found = read_id_number(" 11010519491231002x\u3000", today=TODAY)

    assert isinstance(found, IdNumber)
    assert found.number == "11010519491231002X"


@pytest.mark.parametrize(
    ("number", "code", "position"),
    [
        ("", "id_length", None),
        ("1101051949123100", "id_length", None),
        ("11010519491231002XX", "id_length", None),
        ("110105491231002", "id_fifteen_digits", None),
        ("1101051949123100X2", "id_character", 17),
        ("１1010519491231002X", "id_character", 1),
        ("110105194912310٣2X", "id_character", 16),
        ("1101051949\u200b231002X", "id_character", 11),
        ("110105194912310020", "id_check_digit", 18),
        ("110105194912310021", "id_check_digit", 18),
        (with_check_digit("11010519490230002"), "id_date", 7),
        (with_check_digit("11010519000229002"), "id_date", 7),
        (with_check_digit("11010520211301002"), "id_date", 7),
        (with_check_digit("11010500000101002"), "id_date", 7),
        (with_check_digit("11010520210924002"), "id_date_in_future", 7),
        (with_check_digit("00010519491231002"), "id_never_assigned", 1),
        (with_check_digit("01010519491231002"), "id_never_assigned", 1),
    ],
)
def test_refused_number_says_why_and_where(number, code, position):
    assert read_id_number(number, today=TODAY) == DocumentFault(code, position)


def test_birth_on_the_day_asked_is_not_in_the_future():
    assert isinstance(read_id_number(with_check_digit("11010520210923002"), today=TODAY), IdNumber)


def test_leap_day_exists_in_leap_years_only():
    assert isinstance(read_id_number(with_check_digit("11010520000229002"), today=TODAY), IdNumber)


def test_retired_and_unknown_regions_stay_valid():
    for region in ("130185", "130182", "899999"):
        assert isinstance(read_id_number(with_check_digit(region + "19900101001"), today=TODAY), IdNumber)


def test_prefix_00_is_for_the_demo_only():
    number = with_check_digit("00010019900101001")

    in_demo = read_id_number(number, today=TODAY, demo=True)

    assert isinstance(in_demo, IdNumber) and in_demo.fictional
    assert read_id_number(number, today=TODAY) == DocumentFault("id_never_assigned", 1)


def test_demo_forgives_the_prefix_and_nothing_else():
    assert read_id_number("000100199001010010", today=TODAY, demo=True) == DocumentFault("id_check_digit", 18)
    assert read_id_number(with_check_digit("01010019900101001"), today=TODAY, demo=True) == DocumentFault(
        "id_never_assigned", 1
    )


@given(st.integers(0, 16), st.integers(1, 9))
def test_one_mistyped_digit_never_passes(place, step):
    number = "11010519491231002X"
    wrong = number[:place] + str((int(number[place]) + step) % 10) + number[place + 1 :]

    assert isinstance(read_id_number(wrong, today=TODAY), DocumentFault)


@given(st.integers(0, 15))
def test_two_neighbouring_digits_swapped_never_pass(place):
    number = "11010519491231002X"
    swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]

    found = read_id_number(swapped, today=TODAY)

    assert swapped == number or isinstance(found, DocumentFault)


@given(st.text(max_size=40))
def test_no_text_breaks_the_reader(text):
    for kind in DocumentKind:
        assert isinstance(read_document(kind, text, today=TODAY), str | DocumentFault)
    assert isinstance(read_credit_code(text), str | DocumentFault)
    assert isinstance(mask_number(text), str)


def test_credit_code_of_the_standard_is_valid():
    assert read_credit_code(" 91350100m000100y43 ") == "91350100M000100Y43"


@pytest.mark.parametrize(
    ("text", "code", "position"),
    [
        ("91350100M000100Y4", "credit_length", None),
        ("91350100M000100Y44", "credit_check_character", 18),
        ("9135O100M000100Y43", "credit_character", 5),
        ("9135A100M000100Y43", "credit_character", 5),
        ("91350100I000100Y43", "credit_character", 9),
    ],
)
def test_refused_credit_code_says_why_and_where(text, code, position):
    assert read_credit_code(text) == DocumentFault(code, position)


def test_credit_alphabet_leaves_out_what_looks_like_something_else():
    assert len(CREDIT_ALPHABET) == 31
    assert not set("IOSVZ") & set(CREDIT_ALPHABET)


@pytest.mark.parametrize(
    ("kind", "number"),
    [
        ("passport", "E12345678"),
        ("passport", "ea1234567"),
        ("hk_macao", "H12345678"),
        ("hk_macao", "M1234567801"),
        ("hk_macao", with_check_digit("81000019900101001")),
        ("taiwan", "12345678"),
        ("taiwan", with_check_digit("83000019900101001")),
        ("military", "军字第1234567号"),
        ("military", "12345678"),
        ("permanent_resident", "USA110012345678"),
        ("permanent_resident", with_check_digit("91184019900101001")),
    ],
)
def test_other_documents_pass_by_their_shape(kind, number):
    assert read_document(DocumentKind(kind), number, today=TODAY) == number.upper()


@pytest.mark.parametrize(
    ("kind", "number", "fault"),
    [
        ("id_card", "  ", DocumentFault("document_empty")),
        ("passport", "PASSPORT", DocumentFault("document_shape")),
        ("passport", "E1234-5678", DocumentFault("document_shape")),
        ("hk_macao", "K12345678", DocumentFault("document_shape")),
        ("hk_macao", with_check_digit("83000019900101001"), DocumentFault("document_shape", 1)),
        ("hk_macao", "810000199001010010", DocumentFault("id_check_digit", 18)),
        ("taiwan", "1234567", DocumentFault("document_shape")),
        ("military", "军字第X号", DocumentFault("document_shape")),
        ("permanent_resident", "US110012345678", DocumentFault("document_shape")),
    ],
)
def test_other_documents_of_no_known_shape_are_refused(kind, number, fault):
    assert read_document(DocumentKind(kind), number, today=TODAY) == fault


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("13010519491231004X", "130***********4X"),
        (" 13010519491231004x ", "130***********4X"),
        ("13812345678", "138***********78"),
        ("E12345678", "***********78"),
        ("12345", "***********"),
        ("", "***********"),
    ],
)
def test_one_mask_for_every_number(number, shown):
    assert mask_number(number) == shown
