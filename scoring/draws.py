"""A draw, as a pure function: whoever has the seed and the list replays it, by this program or by hand.

Algorithm `sha256-order:1`:

1. The seed is 32 bytes. Its commitment, SHA-256 of these bytes, is recorded before the draw and the seed itself after it.
2. Where those present called a lot (any words), the seed in use is SHA-256 of the seed followed by the lot in UTF-8: whoever knew
   the seed could not know the lot.
3. Each input's key is SHA-256 of the seed in use followed by the input in UTF-8. Inputs in the order of their keys take the outputs
   in the order of their list; outputs left over stay empty.

A record is this as a document: what was committed to, what came out, and the hashes that stand on the signed list.
"""

import hashlib
import hmac
from collections.abc import Iterable, Sequence
from typing import Final, Literal

import msgspec

ALGORITHM: Final = "sha256-order:1"
FORMAT: Final = "shibaiqian-draw:1"
SEED_BYTES: Final = 32
MOST: Final = 100_000


class DrawRecord(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A draw as it is given away. `result` holds pairs (output, input) in the order of outputs; seed and result come when it is opened.

    `about` says in words whose draw it is and decides nothing.
    """

    format: Literal["shibaiqian-draw:1"] = FORMAT
    algorithm: str = ALGORITHM
    about: str = ""
    commitment: str | None
    list_hash: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    lot: str = ""
    seed: str | None = None
    result: tuple[tuple[str, str], ...] | None = None
    result_hash: str | None = None


Fault = Literal["algorithm", "list", "list_hash", "seed", "commitment", "result", "result_hash"]


def commitment(seed: bytes) -> bytes:
    """What is recorded before the draw: it binds whoever holds the seed and tells nobody what it is."""
    return hashlib.sha256(seed).digest()


def list_hash(inputs: Iterable[str], outputs: Sequence[str]) -> bytes:
    """SHA-256 over the inputs in order of their text, an empty line, and the outputs in their order, a line each."""
    return hashlib.sha256("\n".join([*sorted(inputs), "", *outputs]).encode()).digest()


def drawn(seed: bytes, inputs: Iterable[str], outputs: Sequence[str], lot: str = "") -> list[tuple[str, str]]:
    """Pairs (output, input) in the order of outputs. The order of `inputs` changes nothing. Raises ValueError where inputs are left over."""
    used = hashlib.sha256(seed + lot.encode()).digest() if lot else seed
    ordered = sorted(set(inputs), key=lambda each: hashlib.sha256(used + each.encode()).digest())
    if len(ordered) > len(outputs):
        raise ValueError(f"{len(ordered)} entries, {len(outputs)} places")
    return list(zip(outputs, ordered, strict=False))


def result_hash(
    seed: bytes, result: Iterable[tuple[str, str]], lot: str = "", algorithm: str = ALGORITHM
) -> bytes:
    """SHA-256 over algorithm, seed, the lot if there was one, and a line `output input` for each pair: what is printed and signed."""
    lines = [algorithm, seed.hex(), *([lot] if lot else []), *(f"{output} {each}" for output, each in result)]
    return hashlib.sha256("\n".join(lines).encode()).digest()


def faults(record: DrawRecord) -> list[Fault]:
    """What is wrong with a record, in the order in which one would look. Nothing: the draw is what it says it is, as far as it is open."""
    if record.algorithm != ALGORITHM:
        return ["algorithm"]
    if _unusable(record):
        return ["list"]
    found: list[Fault] = []
    if not _same(record.list_hash, list_hash(record.inputs, record.outputs)):
        found.append("list_hash")
    if record.seed is None:
        # A result without its seed cannot be replayed, so it is not taken on trust.
        return found if record.result is None else [*found, "seed"]
    seed = _bytes(record.seed)
    if seed is None or len(seed) != SEED_BYTES:
        return [*found, "seed"]
    if record.commitment is not None and not _same(record.commitment, commitment(seed)):
        found.append("commitment")
    result = drawn(seed, record.inputs, record.outputs, record.lot)
    if record.result is not None and list(record.result) != result:
        found.append("result")
    if record.result_hash is not None and not _same(
        record.result_hash, result_hash(seed, result, record.lot)
    ):
        found.append("result_hash")
    return found


def differences(record: DrawRecord) -> list[tuple[str, str | None, str | None]]:
    """Outputs whose input is another one than the seed gives: (output, as recorded, as replayed)."""
    seed = _bytes(record.seed or "")
    if seed is None or record.result is None or _unusable(record):
        return []
    replayed = dict(drawn(seed, record.inputs, record.outputs, record.lot))
    recorded = dict(record.result)
    named = list(dict.fromkeys([*record.outputs, *recorded]))
    return [
        (each, recorded.get(each), replayed.get(each))
        for each in named
        if recorded.get(each) != replayed.get(each)
    ]


def _unusable(record: DrawRecord) -> bool:
    # A line break in a name would let two lists have one hash.
    texts = (*record.inputs, *record.outputs, record.lot)
    return (
        not 0 < len(record.inputs) <= len(record.outputs) <= MOST
        or len(set(record.inputs)) < len(record.inputs)
        or len(set(record.outputs)) < len(record.outputs)
        or any("\n" in text for text in texts)
        or any(not text for text in texts[:-1])
    )


def _bytes(text: str) -> bytes | None:
    try:
        return bytes.fromhex(text)
    except ValueError:
        return None


def _same(text: str, digest: bytes) -> bool:
    return hmac.compare_digest(_bytes(text) or b"", digest)
