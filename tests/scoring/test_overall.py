"""One order over several stages: finalists first, then who went out, the later the better."""

from scoring import EntryFacts
from scoring.schemes.overall import stand_overall
from scoring.schemes.stage_results import StageResults, stand_stage
from tests.scoring.builders import D, total_of, total_plan


def stage(key: str, *facts: EntryFacts) -> StageResults:
    return stand_stage(key, total_plan(), facts)


HEATS = stage("heats", total_of("a", "9"), total_of("b", "8"), total_of("c", "7"), total_of("d", "6"), total_of("e", "5"), total_of("f", "5"), EntryFacts(entry="g"))  # fmt: skip
SEMIS = stage("semis", total_of("a", "1"), total_of("b", "3"), total_of("c", "2"), total_of("d", "1"))


def test_finalists_come_first_and_the_rest_by_the_stage_they_reached() -> None:
    final = stage("final", total_of("c", "9"), total_of("b", "1"))

    rows = stand_overall([HEATS, SEMIS, final])

    assert [(row.entry, row.rank, row.stage, row.stage_rank, row.shared) for row in rows] == [
        ("c", 1, "final", 1, False),
        ("b", 2, "final", 2, False),
        ("a", 3, "semis", 3, True),
        ("d", 3, "semis", 3, True),
        ("e", 5, "heats", 5, True),
        ("f", 5, "heats", 5, True),
        ("g", None, "heats", None, False),
    ]


def test_finalist_without_a_result_stands_behind_the_others_by_the_stage_before() -> None:
    final = stage(
        "final", total_of("a", "9", state="absent"), total_of("b", "0", state="absent"), total_of("d", "1")
    )

    rows = stand_overall([HEATS, SEMIS, final])

    assert [(row.entry, row.rank) for row in rows][:4] == [("d", 1), ("b", 2), ("a", 3), ("c", 4)]


def test_disqualified_finalist_has_no_overall_rank() -> None:
    final = stage("final", total_of("a", "9", state="disqualified"), total_of("b", "1"))

    rows = stand_overall([HEATS, SEMIS, final])

    assert [(row.entry, row.rank) for row in rows if row.entry in {"a", "b", "c"}] == [
        ("b", 1),
        ("c", 2),
        ("a", None),
    ]


def test_award_ranks_leave_out_entries_hors_concours() -> None:
    heats = stage("heats", total_of("a", "9"), total_of("h", "8", hors_concours=True), total_of("c", "7"))
    final = stage("final", total_of("h", "8", hors_concours=True), total_of("a", "1"))

    rows = stand_overall([heats, final])

    assert [(row.entry, row.rank, row.award_rank) for row in rows] == [
        ("h", 1, None),
        ("a", 2, 1),
        ("c", 3, 2),
    ]


def test_one_stage_is_its_own_order() -> None:
    assert [(row.entry, row.rank) for row in stand_overall([SEMIS])] == [
        (row.entry, row.rank) for row in SEMIS.standings.rows
    ]


def test_no_stages_make_no_rows() -> None:
    assert stand_overall([]) == ()


def test_row_shows_what_the_entry_did_in_the_stage_it_reached() -> None:
    final = stage("final", total_of("h", "7.5", hors_concours=True), total_of("a", "9", state="absent"))

    rows = {row.entry: row for row in stand_overall([HEATS, final])}

    assert (rows["h"].total, rows["h"].state, rows["h"].hors_concours) == (D("7.5"), "present", True)
    assert (rows["a"].total, rows["a"].state, rows["a"].hors_concours) == (None, "absent", False)


def test_entry_disqualified_by_its_result_has_no_overall_rank() -> None:
    thrown_out = EntryFacts(entry="a", states={"total": "disqualified"})

    rows = stand_overall([HEATS, stage("final", thrown_out, total_of("b", "1"))])

    assert {row.entry: row.rank for row in rows if row.entry in {"a", "b"}} == {"a": None, "b": 1}
