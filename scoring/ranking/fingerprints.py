"""Hashes of what standings were made from: equal facts, equal hash, however they were spelled or ordered."""

import hashlib
from collections.abc import Iterable
from decimal import Decimal
from functools import lru_cache

import msgspec

from scoring.decimals import plain
from scoring.evaluation.facts import EntryFacts


def field_hash(plan_hash: str, entries: Iterable[tuple[str, str]]) -> str:
    """Hash of the plan and of one hash per entry, in order of entry, so that one changed entry costs one entry."""
    return "sha256:" + hashlib.sha256(msgspec.json.encode((plan_hash, list(entries)))).hexdigest()


def facts_hash(facts: EntryFacts) -> str:
    """Hash of all that is known of an entry; a cleared mark is not known."""
    marks = sorted(
        [
            (mark.judge, mark.criterion, mark.state, "" if mark.value is None else _text(mark.value))
            for mark in facts.marks
            if mark.state != "cleared"
        ]
    )
    outside = [_numbers(each) for each in (facts.imported, facts.times)]
    said = (
        facts.entry,
        facts.state,
        facts.hors_concours,
        facts.decision,
        _people(facts.panels),
        outside,
        marks,
    )
    # Named only where there is something: an entry without them keeps the hash it has always had.
    more = {name: each for name, each in _more(facts) if each not in ([], None)}
    return hashlib.sha256(msgspec.json.encode((*said, more) if more else said)).hexdigest()


def _more(facts: EntryFacts) -> Iterable[tuple[str, object]]:
    yield "recused", _people(facts.recused)
    yield "states", sorted(facts.states.items())
    yield "params", sorted((key, _numbers(each)) for key, each in facts.params.items())
    yield "columns", sorted(facts.columns.items())
    yield "chosen", _people(facts.chosen)
    yield "lot", facts.lot


def _people(named: dict[str, tuple[str, ...]]) -> list[tuple[str, list[str]]]:
    return sorted([(key, sorted(set(names))) for key, names in named.items()])


def _numbers(named: dict[str, Decimal]) -> list[tuple[str, str]]:
    return sorted([(key, _text(value)) for key, value in named.items()])


@lru_cache(maxsize=4096)
def _text(value: Decimal) -> str:
    # Marks stand on a grid of few values: 9.0 and 9.00 are equal, hash alike and share one text.
    return str(plain(value))
