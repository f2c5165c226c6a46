"""The examples of docs/plan-format.md, read out of the page."""

import re
from pathlib import Path
from typing import NamedTuple

PAGE = Path(__file__).parents[2] / "docs" / "plan-format.md"
_BLOCK = re.compile(
    r"^```(?:toml|csv) (plan|root|marks|entries|params|expect)\n(.*?)^```$", re.MULTILINE | re.DOTALL
)


class Example(NamedTuple):
    """One example: its files by kind, and the line of the page it begins in."""

    line: int
    files: dict[str, str]


def examples() -> list[Example]:
    """A plan (or root) begins an example, `expect` ends it."""
    text = PAGE.read_text("utf-8")
    found: list[Example] = []
    for match in _BLOCK.finditer(text):
        kind, body = match[1], match[2]
        if kind in {"plan", "root"}:
            found.append(Example(text.count("\n", 0, match.start()) + 1, {}))
            body = (
                body
                if kind == "plan"
                else f'code = "x"\nversion = 1\ntitle = "例"\n{better(body)}[root]\n{body}'
            )
            kind = "plan"
        assert kind not in found[-1].files, f"line {found[-1].line} has two blocks {kind}"
        found[-1].files[kind] = body
    return found


def better(root: str) -> str:
    """A total that is a time or a sum of places is better when it is lower, as the plan around the root would say."""
    first = root.partition("[[")[0].partition("parts = [")[0].partition("part = ")[0]
    lower = 'better = "lower"' in first and 'node = "rank_points"' not in first
    return 'better = "lower"\n' if lower else ""
