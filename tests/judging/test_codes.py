"""The table of codes: one place in the code, the same in the API guide, the same order in the database."""

import re
from pathlib import Path

from api.judging.codes import CODES
from scoring import Rejection

ROOT = Path(__file__).parents[2]
ORDER_IN_FUNCTION = re.compile(r"-- Codes, by precedence: ([a-z_, ]+)\.")


def test_guide_shows_the_table_of_the_code():
    guide = (ROOT / "docs/api/marks.md").read_text("utf-8")
    rows = re.findall(r"^\| `([a-z_]+)` \| ([a-z_]+) \| (.+)<br>(.+) \|$", guide, re.MULTILINE)

    assert rows == [(each.code, each.status, each.zh, each.en) for each in CODES]


def test_database_decides_in_the_order_of_the_table():
    match = ORDER_IN_FUNCTION.search((ROOT / "migrations/sql/judging/enter_marks.sql").read_text("utf-8"))
    assert match is not None
    order = match[1].split(", ")
    from_plan = [each.code for each in CODES if each.code not in order]

    place = order.index("p_refused")
    assert [*order[:place], *from_plan, *order[place + 1 :]] == [each.code for each in CODES]


def test_every_refusal_of_scoring_has_its_line():
    assert set(Rejection.__args__) <= {each.code for each in CODES}


def test_every_refusal_says_in_both_languages_that_nothing_was_saved():
    for each in CODES:
        if each.status != "accepted":
            assert "保存" in each.zh
            assert "saved" in each.en.lower()
