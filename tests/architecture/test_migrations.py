"""Migrations run in the order of their times, each once: two with the same time, and only the first would run."""

import re
from pathlib import Path

MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations" / "piccolo_migrations"


def test_every_migration_has_a_time_of_its_own():
    times = [
        re.search(r'^ID = "([^"]+)"', path.read_text("utf-8"), re.M)[1]
        for path in MIGRATIONS.glob("shibaiqian_*.py")
    ]

    assert len(times) > 10
    assert sorted(set(times)) == sorted(times)
