"""Opaque prefixed ids: `ent_` + 26 characters of Crockford's base 32 around the UUID that the database made."""

from uuid import UUID

from api.plumbing.problems import Problem

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 26
VALUES = {character: value for value, character in enumerate(ALPHABET)}

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
    if prefix != PREFIXES[kind] or len(body) != LENGTH:
        raise Problem("not_found")
    number = 0
    for character in body:
        value = VALUES.get(character)
        if value is None:
            raise Problem("not_found")
        number = (number << 5) | value
    if number >> 128:
        raise Problem("not_found")
    return UUID(int=number)
