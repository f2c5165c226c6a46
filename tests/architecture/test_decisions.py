"""A decision is found by its number: one number, one page, one line in the list."""

import re
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "decisions"


def test_every_decision_has_a_number_of_its_own_and_a_line_in_the_list():
    pages = sorted(path.name for path in FOLDER.glob("0*.md"))
    numbers = [int(name[:4]) for name in pages]

    listed = re.findall(
        r"^\| (\d+) \| \[[^]]+\]\(([^)]+)\) \|$", (FOLDER / "README.md").read_text("utf-8"), re.M
    )

    assert len(set(numbers)) == len(numbers)
    assert [(int(number), name) for number, name in listed] == list(zip(numbers, pages, strict=True))


def test_a_page_says_the_number_of_its_file():
    for path in FOLDER.glob("0*.md"):
        title = path.read_text("utf-8").splitlines()[0]

        assert re.match(rf"# 0*{int(path.name[:4])}\b", title), path.name
