"""Who enters paper sheets is called by one word: in rights, on pages, in refusals and in the demo (DOMAIN 1: 登分)."""

from pathlib import Path

import pytest

from api.access.rights import ROLE_NAMES
from api.simulation.accounts import ROLES
from frontend.locales import texts

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("role", ROLE_NAMES)
def test_pages_call_a_role_as_the_rights_do(role: str) -> None:
    assert texts("zh")(f"role.{role}") == ROLE_NAMES[role]


def test_a_data_clerk_has_one_name() -> None:
    demo = [role.name for role in ROLES if role.roles == ("data_clerk",)]
    told = [path for room in ("api", "frontend", "docs") for path in (ROOT / room).rglob("*.[tm][od]*")]

    assert all(name.startswith(ROLE_NAMES["data_clerk"]) for name in demo)
    assert [path.name for path in told if "录入员" in path.read_text(encoding="utf-8")] == []
