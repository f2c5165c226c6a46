"""What standings were made from has one hash: every fact changes it, and no spelling does."""

from typing import Any

import msgspec
import pytest

from scoring import EntryFacts, Mark, rank
from scoring.ranking.fingerprints import facts_hash
from tests.scoring.builders import D, scored, total_plan, totals

PLAIN = EntryFacts(
    entry="E1",
    marks=(scored("E1", "J1", "A", "9"),),
    imported={"theory": D(80)},
    times={"time": D(60)},
    panels={"A": ("J1", "J2")},
)
CHANGES: list[dict[str, Any]] = [
    {"entry": "E2"},
    {"state": "absent"},
    {"hors_concours": True},
    {"decision": 1},
    {"panels": {"A": ("J1", "J3")}},
    {"imported": {"theory": D(81)}},
    {"times": {"time": D(61)}},
    {"marks": (scored("E1", "J1", "A", "8"),)},
    {"marks": (scored("E1", "J2", "A", "9"),)},
    {"marks": (Mark("E1", "J1", "A", "not_attempted"),)},
    {"recused": {"A": ("J1",)}},
    {"chosen": {"A": ("J1",)}},
    {"states": {"A": "disqualified"}},
    {"columns": {"A": "disqualified"}},
    {"params": {"A": {"penalty": D(1)}}},
    {"lot": 1},
]


def test_every_fact_of_an_entry_changes_its_hash() -> None:
    hashes = {facts_hash(msgspec.structs.replace(PLAIN, **change)) for change in ({}, *CHANGES)}

    assert len(hashes) == 1 + len(CHANGES)


@pytest.mark.parametrize(
    "change",
    [
        {"panels": {"A": ("J2", "J1")}},
        {"imported": {"theory": D("80.0")}},
        {"marks": (scored("E1", "J1", "A", "9.00"), Mark("E1", "J2", "A", "cleared"))},
        {"columns": {}, "lot": None},
    ],
)
def test_order_and_spelling_do_not(change: dict[str, Any]) -> None:
    assert facts_hash(msgspec.structs.replace(PLAIN, **change)) == facts_hash(PLAIN)


def test_hash_that_was_stored_is_found_again() -> None:
    everything = {name: value for change in CHANGES[10:] for name, value in change.items()}
    asked = (Mark("E1", "J1", "A", "not_attempted"),)

    assert facts_hash(PLAIN) == "0eb18d8778fa1e8c1cd4429889e184db3a2a0d7c68e238426a17a3e77c3fe603"
    assert (
        facts_hash(msgspec.structs.replace(PLAIN, marks=asked, **everything))
        == "debc2786b8d2095cf7c7e43591dad75eaaa156b19fcc71a2cd377eecdc25c2e8"
    )
    assert (
        rank(total_plan(), totals("9")).input_hash
        == "sha256:2b8fb279731b3af986fac5d14032b5c03956142584652f996f2ceb7c644f50e5"
    )
