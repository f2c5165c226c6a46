"""Deadlines as notices write them: 26 February 24:00 is midnight at the end of that day."""

import os
import subprocess
import sys
from datetime import UTC, date, datetime

import pytest

from api.plumbing.calendar import parse_day, parse_deadline, parse_zone, show_deadline, today_in
from api.plumbing.problems import FieldError, Problem


@pytest.mark.parametrize(
    ("entered", "instant"),
    [
        ("2021-02-26T24:00", datetime(2021, 2, 26, 16, tzinfo=UTC)),
        ("2021-02-26T24:00:00", datetime(2021, 2, 26, 16, tzinfo=UTC)),
        ("2021-02-27T00:00", datetime(2021, 2, 26, 16, tzinfo=UTC)),
        ("2021-02-26 18:30", datetime(2021, 2, 26, 10, 30, tzinfo=UTC)),
        ("2021-02-28T24:00", datetime(2021, 2, 28, 16, tzinfo=UTC)),
        ("2020-02-29T24:00", datetime(2020, 2, 29, 16, tzinfo=UTC)),
        ("2021-12-31T24:00", datetime(2021, 12, 31, 16, tzinfo=UTC)),
        ("2021-02-26T24:00+08:00", datetime(2021, 2, 26, 16, tzinfo=UTC)),
        ("2021-02-26T24:00Z", datetime(2021, 2, 27, tzinfo=UTC)),
        ("2021-02-26T23:59:59.5-05:30", datetime(2021, 2, 27, 5, 29, 59, 500000, tzinfo=UTC)),
    ],
)
def test_deadline_is_an_instant_in_utc(entered, instant):
    assert parse_deadline(entered, "Asia/Shanghai") == instant


@pytest.mark.parametrize(
    "entered",
    [
        "2021-02-26T25:00",
        "2021-02-26T24:01",
        "2021-02-26T24:00:01",
        "2021-02-26T24:00:00.1",
        "2021-02-26T23:60",
        "2021-02-26T23:59:60",
        "2021-02-30T12:00",
        "2021-02-29T24:00",
        "2021-13-01T12:00",
        "2021-02-26",
        "2021-02-26T24",
        "2021-02-26T12:00+24:00",
        "2021-02-26T12:00+08",
        "2021-02-26T12:00 Asia/Shanghai",
        "２０２１-02-26T12:00",
        "0001-01-01T00:00",
        "9999-12-31T24:00",
        "明天",
    ],
)
def test_time_that_does_not_exist_is_refused(entered):
    with pytest.raises(Problem) as raised:
        parse_deadline(entered, "Asia/Shanghai", "/closes")

    assert [(error.pointer, error.code) for error in raised.value.errors] == [("/closes", "date_invalid")]


def test_hour_left_out_by_a_change_of_clocks_is_refused():
    with pytest.raises(Problem):
        parse_deadline("2021-03-28T02:30", "Europe/Berlin")

    assert parse_deadline("2021-03-28T03:30", "Europe/Berlin") == datetime(2021, 3, 28, 1, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "entered", ["2021-02-30", "2021-2-3", "2021-02-29", "20210226", "2021-00-01", "0000-01-01"]
)
def test_day_that_does_not_exist_is_refused(entered):
    errors: list[FieldError] = []

    parse_day(entered, "/starts_on", errors)

    assert [(error.pointer, error.code) for error in errors] == [("/starts_on", "date_invalid")]
    assert entered in errors[0].detail


def test_29_february_exists_in_a_leap_year():
    assert parse_day("2020-02-29") == date(2020, 2, 29)


@pytest.mark.parametrize(
    ("entered", "zh", "en"),
    [
        ("2021-02-26T24:00", "2月26日24:00", "26 February 24:00"),
        ("2021-02-27T00:00", "2月26日24:00", "26 February 24:00"),
        ("2021-02-28T24:00", "2月28日24:00", "28 February 24:00"),
        ("2021-02-26T18:05", "2月26日18:05", "26 February 18:05"),
    ],
)
def test_deadline_is_shown_as_it_was_written(entered, zh, en):
    instant = parse_deadline(entered)

    assert (show_deadline(instant), show_deadline(instant, locale="en")) == (zh, en)


def test_zone_must_be_known():
    assert parse_zone("Asia/Urumqi") == "Asia/Urumqi"
    for unknown in ("Asia/Nowhere", "../../etc/passwd", ""):
        with pytest.raises(Problem):
            parse_zone(unknown, "/timezone")


def test_today_is_the_day_of_the_zone():
    late = datetime(2021, 2, 26, 16, 30, tzinfo=UTC)

    assert (today_in("Asia/Shanghai", late), today_in("UTC", late)) == (date(2021, 2, 27), date(2021, 2, 26))


def test_zones_are_known_on_a_machine_without_zoneinfo():
    program = "from api.plumbing.calendar import parse_zone, today_in; parse_zone('Asia/Shanghai'); today_in('Asia/Shanghai')"
    # An empty search path is what a slim container has.
    bare = {**os.environ, "PYTHONTZPATH": ""}

    done = subprocess.run(
        [sys.executable, "-c", program], env=bare, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr


def test_day_that_is_not_given_is_asked_for():
    errors = []

    parse_deadline("", "Asia/Shanghai", "/closes", errors)
    parse_day(" ", "/starts_on", errors)

    assert [(error.pointer, error.code) for error in errors] == [
        ("/closes", "date_missing"),
        ("/starts_on", "date_missing"),
    ]
