"""Interface texts, Chinese first. A key exists in both files or in neither; a missing key is a fault, not a blank."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Literal

Locale = Literal["zh", "en"]
Plural = Mapping[str, str]

_PLURAL_KEYS = {"one", "other"}


class UnknownTextError(KeyError):
    """A template asked for a text that the locale file does not hold."""


class Texts:
    """The texts of one language. `t("home.teams", n=3)` fills `{n}`; English chooses singular or plural by `n`."""

    def __init__(self, texts: Mapping[str, str | Plural]) -> None:
        self._texts = texts

    def __call__(self, key: str, **values: object) -> str:
        text = self._texts.get(key)
        if text is None:
            raise UnknownTextError(key)
        if not isinstance(text, str):
            text = text["one" if str(values.get("n")) == "1" else "other"]
        return text.format_map(values) if values else text

    def keys(self) -> frozenset[str]:
        return frozenset(self._texts)

    def written(self) -> Mapping[str, str | Plural]:
        """Every text as it stands in the file, for the checks on the files themselves."""
        return self._texts


def _flatten(table: Mapping[str, object], prefix: str = "") -> dict[str, str | Plural]:
    flat: dict[str, str | Plural] = {}
    for name, value in table.items():
        key = f"{prefix}{name}"
        if isinstance(value, str) or (isinstance(value, dict) and set(value) == _PLURAL_KEYS):
            flat[key] = value
        elif isinstance(value, dict):
            flat |= _flatten(value, f"{key}.")
        else:
            raise TypeError(f"{key} is neither a text nor a table")
    return flat


@cache
def texts(locale: Locale) -> Texts:
    """The texts of a locale, read once per process."""
    path = Path(__file__).with_name(f"{locale}.toml")
    return Texts(_flatten(tomllib.loads(path.read_text(encoding="utf-8"))))
