"""What a preset locks: compares what a contest wants with its preset and names the locked parts that differ.

Lists of things with a key or code are compared by it and not by place, so that a path reads `/items/fitter/plan/ties` and stays
the same when an item is added before it.
"""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Final

import msgspec

PATH: Final = r"^(/([A-Za-z0-9_.-]{1,60}|\*))+$"
ABSENT: Final = object()


def locked_changes(
    before: msgspec.Struct | int | None,
    after: msgspec.Struct | int | None,
    at: str,
    locked: tuple[str, ...],
    adjustable: tuple[str, ...],
) -> list[str]:
    """Paths that differ and are locked. `at` is where the compared part stands in the preset."""
    changed = _differences(_keyed(_plain(before)), _keyed(_plain(after)), at)
    return [path for path in changed if is_locked(path, locked, adjustable)]


def is_locked(path: str, locked: tuple[str, ...], adjustable: tuple[str, ...]) -> bool:
    """Whether the longest pattern that fits the path or a part above it is a locking one; at equal length it is adjustable."""
    return _longest(path, locked) > _longest(path, adjustable)


def _longest(path: str, patterns: tuple[str, ...]) -> int:
    return max((pattern.count("/") for pattern in patterns if _fits(path, pattern)), default=0)


def _fits(path: str, pattern: str) -> bool:
    steps = "/".join("[^/]+" if step == "*" else re.escape(step) for step in pattern.split("/"))
    return re.match(f"{steps}(/|$)", path) is not None


def _differences(before: object, after: object, at: str) -> Iterator[str]:
    if isinstance(before, dict) and isinstance(after, dict):
        for name in [*before, *(name for name in after if name not in before)]:
            yield from _differences(before.get(name, ABSENT), after.get(name, ABSENT), f"{at}/{name}")
    elif before != after:
        yield at


def _plain(value: msgspec.Struct | int | None) -> object:
    return msgspec.to_builtins(value, builtin_types=(Decimal,))


def _keyed(value: object) -> object:
    if isinstance(value, dict):
        return {name: _keyed(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        keys = [_key(each) for each in value]
        if value and None not in keys:
            return {key: _keyed(each) for key, each in zip(keys, value, strict=True)}
        return [_keyed(each) for each in value]
    return value


def _key(value: object) -> str | None:
    """The key of a node, of the node in a weighted part, or the code of a rule. A criterion of the ranking has none: order counts."""
    if not isinstance(value, dict):
        return None
    inner = value.get("node")
    if isinstance(inner, dict):
        return _key(inner)
    key = value.get("key") if "node" in value else value.get("code")
    return key if isinstance(key, str) else None
