"""The tree as it is evaluated: below attempts every node stands once for each attempt, and a ref points to what it repeats."""

from collections.abc import Iterable, Iterator
from graphlib import TopologicalSorter
from typing import Final, NamedTuple

from scoring.plans.nodes import MAX_DEPTH, Attempts, Judged, Measured, Node, Ref, children

MAX_ATTEMPTS: Final = 99


class Place(NamedTuple):
    """A node in one of its attempts. `key` is the node's own outside attempts, else `key#2`.

    `parts` are the keys it is made from (of a ref what it repeats), `above` the key right above, `panel` the key of the place
    whose panel marks it, "" without any: a leaf that is marked and has no panel at or above it is its own.
    """

    key: str
    node: Node
    attempt: int
    parts: tuple[str, ...]
    above: str
    panel: str


def attempt_key(key: str, attempt: int) -> str:
    """The key of a node in this attempt, counted from 1; 0 outside attempts."""
    return f"{key}#{attempt}" if attempt else key


def expand(root: Node) -> Iterator[Place]:
    """Every place in reading order. Iterative, and bounded in depth and attempts: faulty plans are expanded too."""
    homes = attempt_homes(root)
    waiting: list[tuple[Node, int, int, str, str]] = [(root, 0, 0, "", "")]
    while waiting:
        node, attempt, depth, above, panel = waiting.pop()
        key = attempt_key(node.key, attempt)
        if not panel and (node.panel is not None or isinstance(node, Judged | Measured)):
            panel = key
        below = list(_below(node, attempt)) if depth <= MAX_DEPTH else []
        if isinstance(node, Ref):
            inside = attempt if homes.get(node.of) == homes.get(node.key) else 0
            parts: tuple[str, ...] = (attempt_key(node.of, inside),)
        else:
            parts = tuple(attempt_key(child.key, number) for child, number in below)
        yield Place(key, node, attempt, parts, above, panel)
        waiting.extend((child, number, depth + 1, key, panel) for child, number in reversed(below))


def _below(node: Node, attempt: int) -> Iterator[tuple[Node, int]]:
    if isinstance(node, Attempts) and not attempt:
        # A hostile count must not exhaust memory before the plan is checked.
        for number in range(1, min(node.count, MAX_ATTEMPTS) + 1):
            yield node.part, number
    else:
        for child in children(node):
            yield child, attempt


def attempt_homes(root: Node) -> dict[str, str]:
    """Nodes below attempts, with the key of the attempts."""
    homes: dict[str, str] = {}
    waiting: list[tuple[Node, str, int]] = [(root, "", 0)]
    while waiting:
        node, home, depth = waiting.pop()
        if home:
            homes[node.key] = home
        if isinstance(node, Attempts) and not home:
            home = node.key
        if depth <= MAX_DEPTH:
            waiting.extend((child, home, depth + 1) for child in children(node))
    return homes


def parts_first(places: Iterable[Place]) -> list[Place]:
    """The places with every part before its whole. Raises graphlib.CycleError where refs lead in a circle."""
    by_key = {place.key: place for place in places}
    if not any(isinstance(place.node, Ref) for place in by_key.values()):
        return list(reversed(by_key.values()))
    sorter = TopologicalSorter({place.key: place.parts for place in reversed(by_key.values())})
    return [by_key[key] for key in sorter.static_order() if key in by_key]
