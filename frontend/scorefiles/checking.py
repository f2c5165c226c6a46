"""The faults of a scheme with the place in the file of the node or rule they are about."""

from collections.abc import Iterator
from typing import Any

from frontend.scorefiles.locating import Path
from frontend.scorefiles.planfiles import PlanSource
from frontend.scorefiles.problems import BadFiles, Trouble
from scoring.plans.checks import PlanFault
from scoring.schemes.checks import check_scheme


def checked(source: PlanSource) -> PlanSource:
    """The same, if it has no fault. Raises BadFiles with all of them."""
    troubles = faults_of(source)
    if troubles:
        raise BadFiles(troubles[:100], max(0, len(troubles) - 100))
    return source


def faults_of(source: PlanSource) -> list[Trouble]:
    """Everything wrong with the scheme, in reading order."""
    nodes = dict(_nodes(source.document))
    return [_trouble(source, fault, nodes) for fault in check_scheme(source.scheme)]


def _trouble(source: PlanSource, fault: PlanFault, nodes: dict[str, Path]) -> Trouble:
    return source.trouble(_place(source, fault.path, nodes), fault.code, fault.zh, fault.en, fault.path)


def _place(source: PlanSource, path: str, nodes: dict[str, Path]) -> Path:
    if path in nodes:
        return nodes[path]
    steps: list[str | int] = []
    value: Any = source.document
    for name in path.split(" > "):
        if isinstance(value, list):
            number = next(
                (
                    n
                    for n, each in enumerate(value)
                    if isinstance(each, dict) and name in {each.get("key"), each.get("code")}
                ),
                None,
            )
            if number is None:
                break
            steps.append(number)
            value = value[number]
            # The path of a fault says stage > node; the file has the plan in between.
            if isinstance(value, dict) and "plan" in value:
                steps.append("plan")
                value = value["plan"]
        elif isinstance(value, dict) and name in value:
            steps.append(name)
            value = value[name]
        else:
            break
    return tuple(steps)


def _nodes(document: dict[str, Any]) -> Iterator[tuple[str, Path]]:
    """Every node by the path that check_scheme gives it. A repeated key leaves the last one, which is the fault."""
    if "root" in document:
        yield from _below(document["root"], ("root",), "")
    for number, stage in enumerate(document.get("stages", ())):
        prefix = "" if len(document["stages"]) == 1 else f"stages > {stage.get('key')} > "
        yield from _below(stage["plan"]["root"], ("stages", number, "plan", "root"), prefix)


def _below(root: dict[str, Any], path: Path, prefix: str) -> Iterator[tuple[str, Path]]:
    waiting: list[tuple[dict[str, Any], Path, str]] = [(root, path, prefix + str(root.get("key")))]
    while waiting:
        node, at, name = waiting.pop()
        yield name, at
        children: list[tuple[Any, Path]] = []
        for field in ("part", "by", "node"):
            children.append((node.get(field), (*at, field)))
        for field in ("parts", "vetoes"):
            parts = node.get(field)
            for number, each in enumerate(parts if isinstance(parts, list | tuple) else ()):
                inner = each.get("node") if isinstance(each, dict) else None
                children.append(
                    (inner, (*at, field, number, "node"))
                    if isinstance(inner, dict)
                    else (each, (*at, field, number))
                )
        waiting += [
            (child, place, f"{name} > {child.get('key')}")
            for child, place in children
            if isinstance(child, dict)
        ]
