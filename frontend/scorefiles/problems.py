"""What is wrong with a file: where, what it is, and what would be right."""

from typing import Final

import msgspec

MOST_SHOWN: Final = 100
_LONGEST_VALUE: Final = 60


class Trouble(msgspec.Struct, frozen=True, kw_only=True):
    """One thing wrong. `line` and `column` count from 1; `name` is the column's heading, `path` the node or field in a plan."""

    file: str
    code: str
    zh: str
    en: str
    line: int | None = None
    column: int | None = None
    name: str = ""
    path: str = ""

    def place(self) -> str:
        """file:line:column, then the column's name or the path."""
        numbers = [str(number) for number in (self.line, self.column) if number is not None]
        where = ":".join([self.file, *numbers])
        return f"{where} [{self.name or self.path}]" if self.name or self.path else where

    def text(self, lang: str) -> str:
        """One line for a person; both languages where none is chosen."""
        said = {"zh": self.zh, "en": self.en}.get(lang, f"{self.zh} {self.en}")
        return f"{self.place()} {self.code}: {said}"


class BadFiles(Exception):
    """Files that cannot be used; nothing was computed. `more` counts what is wrong beyond the list."""

    def __init__(self, troubles: list[Trouble], more: int = 0) -> None:
        super().__init__("; ".join(each.text("en") for each in troubles[:3]))
        self.troubles = troubles
        self.more = more


class Troubles:
    """What was found so far: the first hundred in full, the rest as a number."""

    def __init__(self) -> None:
        self.found: list[Trouble] = []
        self.more = 0

    def add(self, trouble: Trouble) -> None:
        if len(self.found) < MOST_SHOWN:
            self.found.append(trouble)
        else:
            self.more += 1

    def stop_if_any(self) -> None:
        """Raises BadFiles."""
        if self.found:
            raise BadFiles(self.found, self.more)


def shown(value: object) -> str:
    """A value of a file as an error may repeat it: short, on one line."""
    text = " ".join(str(value).split())
    return text if len(text) <= _LONGEST_VALUE else text[:_LONGEST_VALUE] + "…"
