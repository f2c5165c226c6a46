"""What msgspec says of a value in the wrong shape, told in both languages with what is allowed there."""

import re
from typing import Any, Final

import msgspec.inspect as look

from frontend.scorefiles.locating import Path
from frontend.scorefiles.problems import shown

_WHERE: Final = re.compile(r"^(?P<said>.*?)(?: - at (?P<key>`key` in )?`\$(?P<path>.*)`)?$", re.DOTALL)
_STEP: Final = re.compile(r"\.([^.\[]+)|\[(\d+|\.\.\.)\]")
_LISTS: Final = frozenset({"ties", "boards", "teams", "awards", "stages"})
_KINDS: Final = {
    "decimal": ("数", "a number"), "int": ("整数", "a whole number"), "str": ("文字", "text"), "bool": ("true 或 false", "true or false"),
    "array": ("列表", "a list"), "object": ("表", "a table"), "null": ("空", "nothing"),
}  # fmt: skip


def complaint(message: str, document: dict[str, Any], kind: type) -> tuple[Path, str, str, str, Path]:
    """Path named, code, zh, en, and the path of the value to blame. `kind` is the struct that was expected."""
    match = _WHERE.match(message)
    assert match is not None
    said, path = match["said"], _path(match["path"] or "")
    if found := re.fullmatch(r"Object contains unknown field `(.*)`", said):
        known = ", ".join(_fields(_type_at(document, path, kind), _value_at(document, path)))
        at = (*path, found[1])
        return (
            at,
            "unknown_field",
            f"没有“{shown(found[1])}”这一项；可用：{known}。",
            f"There is no field “{shown(found[1])}” here; there are: {known}.",
            at,
        )
    if found := re.fullmatch(r"Object missing required field `(.*)`", said):
        return (
            path,
            "field_missing",
            f"缺少“{found[1]}”。",
            f"The field “{found[1]}” is missing.",
            (*path, found[1]),
        )
    value = shown(_value_at(document, path))
    if said.startswith(("Invalid enum value", "Invalid value")):
        bad = shown(said.partition(" value ")[2])
        allowed = ", ".join(
            _allowed(_type_at(document, path, kind), path, document, kind, bool(match["key"]))
        )
        return (
            path,
            "not_allowed",
            f"{bad} 不可用；可用：{allowed}。",
            f"{bad} is not possible here; possible: {allowed}.",
            path,
        )
    if said == "Invalid decimal string":
        return path, "not_a_number", f"“{value}”不是数。", f"“{value}” is not a number.", path
    if found := re.fullmatch(r"Expected `(.*?)`, got `(.*)`", said):
        names = [_KINDS.get(each.strip(), (each, each)) for each in found[1].split("|")]
        zh, en = "或".join(name for name, _ in names), " or ".join(name for _, name in names)
        return (
            path,
            "wrong_kind",
            f"此处应为{zh}，而不是“{value}”。",
            f"{en} belongs here, not “{value}”.",
            path,
        )
    said = said.rstrip(".")
    return path, "value_invalid", f"内容无效：{said}。", f"Not valid: {said}.", path


def path_in(document: dict[str, Any], path: Path) -> str:
    """The path as a person says it: keys of the nodes from the root, then the field."""
    names: list[str] = []
    value: Any = document
    for step in path:
        inner: Any = None
        if isinstance(value, dict):
            inner = value.get(str(step))
        elif isinstance(value, list) and isinstance(step, int) and step < len(value):
            inner = value[step]
        name = "code" if isinstance(step, int) and names[-1:] == ["awards"] else "key"
        key = inner.get(name) if isinstance(inner, dict) else None
        if isinstance(key, str):
            names = [name for name in names if not name.startswith("·")]
            names.append(shown(key))
        else:
            names.append(str(step) if step in _LISTS else f"·{step}")
        value = inner
    return " > ".join(name.removeprefix("·") for name in names)


def _path(text: str) -> Path:
    steps: list[str | int] = []
    for field, number in _STEP.findall(text):
        if field:
            steps.append(field)
        elif number == "...":
            break
        else:
            steps.append(int(number))
    return tuple(steps)


def _value_at(document: Any, path: Path) -> Any:  # noqa: ANN401 - what a TOML or JSON parser gives
    for step in path:
        try:
            document = document[step]
        except (KeyError, IndexError, TypeError):
            return None
    return document


def _type_at(document: Any, path: Path, kind: type) -> look.Type | None:  # noqa: ANN401
    """The declared type at a path, following the tag of each node on the way."""
    here: look.Type | None = look.type_info(kind)
    value = document
    for step in path:
        here = _struct(here, value)
        if isinstance(here, look.StructType):
            here = next((field.type for field in here.fields if field.encode_name == step), None)
        elif isinstance(here, look.VarTupleType):
            here = here.item_type
        elif isinstance(here, look.DictType):
            here = here.value_type
        else:
            return None
        value = _value_at(value, (step,))
    return here


def _struct(here: look.Type | None, value: Any) -> look.Type | None:  # noqa: ANN401
    """One alternative of a union: the one the value's tag names, else the only one that is not null."""
    if not isinstance(here, look.UnionType):
        return here
    tag = value.get("node") if isinstance(value, dict) else None
    others = [each for each in here.types if not isinstance(each, look.NoneType)]
    tagged = [each for each in others if isinstance(each, look.StructType) and each.tag == tag]
    return tagged[0] if tagged else others[0] if len(others) == 1 else here


def _fields(here: look.Type | None, value: Any) -> list[str]:  # noqa: ANN401
    struct = _struct(here, value)
    return [field.encode_name for field in struct.fields] if isinstance(struct, look.StructType) else []


def _allowed(here: look.Type | None, path: Path, document: Any, kind: type, of_key: bool) -> list[str]:  # noqa: ANN401
    if of_key and isinstance(here, look.DictType):
        here = here.key_type
    if isinstance(here, look.UnionType):
        here = next((each for each in here.types if isinstance(each, look.LiteralType)), here)
    if isinstance(here, look.LiteralType):
        return [str(value) for value in here.values]
    if path and path[-1] == "node":
        union = _type_at(document, path[:-1], kind)
        types = union.types if isinstance(union, look.UnionType) else ()
        return sorted(str(each.tag) for each in types if isinstance(each, look.StructType))
    return []
