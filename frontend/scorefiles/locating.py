"""Line and column of every value in a TOML or JSON document, for errors that name the place.

The scanner follows brackets, strings and separators only; the parsers of the standard library decide what is valid. It is
iterative and refuses depth before those parsers, which are recursive, see the text.
"""

import re
from typing import Final, TypeAlias

Step: TypeAlias = str | int
Path: TypeAlias = tuple[Step, ...]
Place: TypeAlias = tuple[int, int]

# 32 levels of nodes take three steps each (parts, number, node); stages, panels and points add a few.
MOST_DEPTH: Final = 128

_SPACE: Final = re.compile(r"[ \t\r\n]*(?:#[^\n]*)?")
_BARE: Final = re.compile(r"[A-Za-z0-9_-]+")
_ATOM: Final = re.compile(r"[^,\]}\n#]+")
_STRINGS: Final = (
    re.compile(r'"""(?:[^"\\]|\\.|"(?!""))*"{3,5}', re.DOTALL),
    re.compile(r"'''(?:[^']|'(?!''))*'{3,5}", re.DOTALL),
    re.compile(r'"(?:[^"\\\n]|\\.)*"'),
    re.compile(r"'[^'\n]*'"),
)


class TooDeepError(Exception):
    """The document nests deeper than any plan; `offset` is where."""

    def __init__(self, offset: int) -> None:
        super().__init__("too deep")
        self.offset = offset


class Places:
    """Where each value begins. A path that has no place of its own has that of the nearest value around it."""

    def __init__(self, text: str, offsets: dict[Path, int]) -> None:
        self._text, self._offsets = text, offsets

    def of(self, path: Path) -> Place:
        """Line and column, both from 1."""
        while path and path not in self._offsets:
            path = path[:-1]
        return place(self._text, self._offsets.get(path, 0))


def place(text: str, offset: int) -> Place:
    """Line and column of an offset, both from 1."""
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)


def locate(text: str, *, toml: bool) -> Places:
    """Places of all values, as far as the text is well formed. Raises TooDeepError."""
    scanner = _Scanner(text)
    try:
        if toml:
            scanner.toml()
        else:
            scanner.value(())
    except _LostError:
        pass
    return Places(text, scanner.offsets)


class _LostError(Exception):
    """Not well formed here; the parser will say what is wrong."""


class _Scanner:
    def __init__(self, text: str) -> None:
        self.text, self.at = text, 0
        self.offsets: dict[Path, int] = {}

    def toml(self) -> None:
        table: Path = ()
        counts: dict[Path, int] = {}
        while self._peek():
            start = self.at
            if self.text[self.at] == "[":
                table = self._header(counts)
                # A header opens every table and array on its path that was not there yet.
                for length in range(1, len(table) + 1):
                    self._note(table[:length], start)
                continue
            path = table + self._dotted()
            for length in range(len(table) + 1, len(path) + 1):
                self._note(path[:length], start)
            self._expect("=")
            self.value(path)

    def _header(self, counts: dict[Path, int]) -> Path:
        many = self.text.startswith("[[", self.at)
        self.at += 2 if many else 1
        path = self._resolved(self._dotted(), counts, many)
        if many:
            number = counts.get(path, -1) + 1
            counts[path] = number
            path = (*path, number)
        self._expect("]]" if many else "]")
        return path

    def _resolved(self, keys: Path, counts: dict[Path, int], many: bool) -> Path:
        """The path with the numbers of arrays of tables put in: `stages.plan` goes on in the last of `stages`."""
        path: Path = ()
        for number, key in enumerate(keys, 1):
            path = (*path, key)
            if path in counts and (number < len(keys) or not many):
                path = (*path, counts[path])
        return path

    def _dotted(self) -> Path:
        keys = [self._key()]
        while self._peek() == ".":
            self.at += 1
            keys.append(self._key())
            if len(keys) > MOST_DEPTH:
                raise TooDeepError(self.at)
        return tuple(keys)

    def _key(self) -> str:
        if self._peek() in {'"', "'"}:
            return self._string()[1:-1]
        match = _BARE.match(self.text, self.at)
        if match is None:
            raise _LostError
        self.at = match.end()
        return match[0]

    def value(self, path: Path) -> None:
        """One value with everything in it; the containers that are open wait on a stack."""
        base = len(path)
        open_ones: list[tuple[str, Path, int]] = []
        while True:
            opened = self._begin(path, open_ones)
            if len(path) - base > MOST_DEPTH or len(path) > 2 * MOST_DEPTH:
                raise TooDeepError(self.at)
            following = self._inside(open_ones) if opened else self._after(open_ones)
            if following is None:
                return
            path = following

    def _begin(self, path: Path, open_ones: list[tuple[str, Path, int]]) -> bool:
        """Take in a scalar or the bracket of a container; whether a container was opened."""
        first = self._peek()
        self._note(path, self.at)
        if first in {"[", "{"}:
            open_ones.append((first, path, 0))
            self.at += 1
            return True
        if first in {'"', "'"}:
            self._string()
        else:
            match = _ATOM.match(self.text, self.at)
            if match is None:
                raise _LostError
            self.at = match.end()
        return False

    def _inside(self, open_ones: list[tuple[str, Path, int]]) -> Path | None:
        """The path of the first value in the container just opened, or what comes after it when it is empty."""
        kind, path, _ = open_ones[-1]
        if self._peek() == ("]" if kind == "[" else "}"):
            return self._after(open_ones)
        return (*path, 0) if kind == "[" else self._member(path)

    def _after(self, open_ones: list[tuple[str, Path, int]]) -> Path | None:
        """The path of the next value: a neighbour, or one further out. None at the end of the outermost."""
        while open_ones:
            kind, path, number = open_ones[-1]
            end = "]" if kind == "[" else "}"
            sign = self._peek()
            if sign == ",":
                self.at += 1
                if self._peek() != end:
                    open_ones[-1] = (kind, path, number + 1)
                    return (*path, number + 1) if kind == "[" else self._member(path)
            if self._peek() != end:
                raise _LostError
            self.at += 1
            open_ones.pop()
        return None

    def _member(self, path: Path) -> Path:
        start = self.at
        if self._peek():
            start = self.at
        inner = (*path, *self._dotted())
        for length in range(len(path) + 1, len(inner) + 1):
            self._note(inner[:length], start)
        if self._peek() not in {"=", ":"}:
            raise _LostError
        self.at += 1
        return inner

    def _string(self) -> str:
        for pattern in _STRINGS:
            match = pattern.match(self.text, self.at)
            if match:
                self.at = match.end()
                return match[0]
        raise _LostError

    def _note(self, path: Path, offset: int) -> None:
        self.offsets.setdefault(path, offset)

    def _expect(self, sign: str) -> None:
        if self._peek() != sign[0] or not self.text.startswith(sign, self.at):
            raise _LostError
        self.at += len(sign)

    def _peek(self) -> str:
        """The next sign that is neither space nor comment; empty at the end."""
        while True:
            match = _SPACE.match(self.text, self.at)
            if match is None or match.end() == self.at:
                return self.text[self.at : self.at + 1]
            self.at = match.end()
