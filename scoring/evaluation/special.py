"""What the facts of one entry say besides marks: states of nodes, choices, parameters. Inside scoring."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Final, NamedTuple

from scoring.decimals import ZERO, is_usable
from scoring.evaluation.compiled import CompiledPlan, Given
from scoring.evaluation.facts import EntryFacts
from scoring.plans.nodes import Constant, VoidState

_NUMBER: Final = re.compile(r"[+-]?[0-9]{1,12}(\.[0-9]{1,12})?", re.ASCII)


class Special(NamedTuple):
    """`void`: nodes with a state. `skipped`: they, all that stands below them, and parts that were not chosen."""

    void: Mapping[str, VoidState]
    skipped: frozenset[str]


NOTHING: Final = Special({}, frozenset())


def special_of(compiled: CompiledPlan, facts: EntryFacts) -> Special:
    """States and choices. Raises ValueError for those that name nothing in the plan."""
    if not facts.states and not compiled.choices:
        return NOTHING
    void: dict[str, VoidState] = {}
    skipped: set[str] = set()
    for bare, state in facts.states.items():
        key = compiled.aliases.get(bare, bare)
        if key not in compiled.finish:
            raise ValueError(f"Entry {facts.entry} has a state on {bare}, which is no node of this plan.")
        void[key] = state
        skipped.update(compiled.below[key])
    silent = _not_chosen(compiled, facts)
    return Special({key: void[key] for key in void if key not in silent}, frozenset(skipped | silent))


def _not_chosen(compiled: CompiledPlan, facts: EntryFacts) -> set[str]:
    silent: set[str] = set()
    if not compiled.choices:
        return silent
    touched = {mark.criterion for mark in facts.marks if mark.state != "cleared"}
    touched |= {*facts.imported, *facts.states}
    touched = {compiled.aliases.get(key, key) for key in touched}
    for place, count in compiled.choices:
        named = facts.chosen.get(place.key, facts.chosen.get(place.node.key))
        if named is None:
            picked = [part for part in place.parts if not touched.isdisjoint(compiled.below[part])]
            if len(picked) < count:
                continue
            picked = picked[:count]
        else:
            picked = [part for part in place.parts if part in named or compiled.nodes[part].key in named]
            if len(picked) != len(set(named)) or len(picked) > count:
                raise ValueError(f"Entry {facts.entry} cannot choose {', '.join(named)} in {place.key}.")
        for part in place.parts:
            if part not in picked:
                silent.update(compiled.below[part])
    return silent


def given(facts: EntryFacts, leaf: Given) -> Decimal | None:
    """The number of a leaf that nobody marks; None while it is not known. Raises ValueError if it is none or out of range."""
    node = leaf.node
    if isinstance(node, Constant):
        return node.value
    for key in (leaf.key, leaf.base, ""):
        named = facts.params.get(key)
        if named is not None and node.name in named:
            value = named[node.name]
            break
    else:
        text = facts.columns.get(node.name, "").strip()
        if not _NUMBER.fullmatch(text):
            return node.default
        value = Decimal(text)
    low, high = node.minimum, node.maximum
    if not is_usable(value) or (low is not None and value < low) or (high is not None and value > high):
        raise ValueError(
            f"The parameter {node.name} of {leaf.key} cannot be {value} for entry {facts.entry}."
        )
    return value


def adjustments(compiled: CompiledPlan, facts: EntryFacts) -> dict[str, Decimal]:
    """Bonus − penalty by node. Raises ValueError for a number that cannot be used."""
    found: dict[str, Decimal] = {}
    # Bare keys first: what an attempt has of its own goes before what all attempts have.
    for key, named in sorted(facts.params.items(), key=lambda each: "#" in each[0]):
        penalty, bonus = named.get("penalty", ZERO), named.get("bonus", ZERO)
        if not (is_usable(penalty) and is_usable(bonus)):
            raise ValueError(f"Entry {facts.entry} has a penalty or bonus on {key} that is no usable number.")
        if "penalty" in named or "bonus" in named:
            found |= dict.fromkeys(compiled.copies.get(key, (key,)), bonus - penalty)
    return found
