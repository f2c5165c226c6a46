"""Opaque prefixed ids: `ent_` + 26 characters of Crockford's base 32 around the UUID that the database made."""

import re
from uuid import UUID

from api.plumbing.problems import Problem

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
# 26 of them hold 130 bits, so the first stands for the upper three of a UUID's 128.
FORM = re.compile(f"[0-7][{ALPHABET}]{{25}}")
# Digits of the same values as Python names them for a base of 32.
TO_PYTHON = str.maketrans(ALPHABET, "0123456789abcdefghijklmnopqrstuv")

PREFIXES = {
    "account": "acc",
    "grant": "gra",
    "token": "tok",
    "device": "dev",
    "organisation": "org",
    "delegation": "dlg",
    "person": "per",
    "season": "sea",
    "preset": "pre",
    "event": "evt",
    "contest": "con",
    "item": "itm",
    "plan": "pln",
    "stage": "stg",
    "entry": "ent",
    "judge": "jdg",
    "panel": "pan",
    "session": "ses",
    "draw": "drw",
    "redraw": "rdw",
    "layer": "lay",
    "attempt": "att",
    "sheet": "sht",
    "incident": "inc",
    "broadcast": "bct",
    "slot": "slt",
    "proposal": "prp",
    "job": "job",
    "screen": "scr",
    "ceremony": "cer",
    "correction": "cor",
    "recheck": "rck",
}


def encode_id(kind: str, value: UUID) -> str:
    """The id of a `kind` of thing as the outside sees it."""
    number = value.int
    characters = [ALPHABET[(number >> shift) & 31] for shift in range(125, -1, -5)]
    return f"{PREFIXES[kind]}_{''.join(characters)}"


def parse_id(kind: str, text: str) -> UUID:
    """The UUID inside an id. A wrong prefix or form is answered like an absent thing: Problem not_found."""
    prefix, _, body = text.partition("_")
    if prefix != PREFIXES[kind] or not FORM.fullmatch(body):
        raise Problem("not_found")
    return UUID(int=int(body.translate(TO_PYTHON), 32))
