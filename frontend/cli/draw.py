"""`shibaiqian draw`: replay a draw from its record, without a database."""

from pathlib import Path
from typing import Final, get_args

import click
import msgspec

from scoring.draws import DrawRecord, Fault, differences, faults

MOST_BYTES: Final = 50_000_000
MOST_TOLD: Final = 20
WORDS: Final[dict[Fault, tuple[str, str]]] = {
    "algorithm": ("算法未知，无法重算", "the algorithm is unknown here, so that nothing can be replayed"),
    "list": ("名单无效：有空缺、重复、换行，或号码不够", "the list is unusable: empty, repeated, broken over lines, or too few numbers"),
    "list_hash": ("名单与抽签前登记的不一致", "the list is not the one that was committed to"),
    "seed": ("种子缺失或无效，无法核对结果", "the seed is missing or invalid, so that the result cannot be checked"),
    "commitment": ("种子与抽签前公布的不一致", "the seed is not the one that was committed to"),
    "result": ("结果与重算不一致", "the result is another one than the seed gives"),
    "result_hash": ("校验码与重算不一致", "the hash of the result is another one"),
}  # fmt: skip
assert set(WORDS) == set(get_args(Fault))


@click.group("draw")
def command() -> None:
    """Replay draws from their records. Needs no database; how a draw is made is in docs/guides/encryption-officer.md."""


@command.command("verify")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--lang",
    type=click.Choice(["zh", "en"]),
    default="zh",
    show_default=True,
    help="Language of the answer.",
)
def verify(file: Path, lang: str) -> None:
    """Say OK, or what differs. Ends with 1 if anything does, and with 2 for a file that is no record."""
    zh = lang == "zh"
    record = _read(file, zh=zh)
    found = faults(record)
    for fault in found:
        click.echo(f"✕ {WORDS[fault][0 if zh else 1]}", err=True)
    for output, recorded, replayed in differences(record)[:MOST_TOLD]:
        as_recorded, as_replayed = recorded or "—", replayed or "—"
        click.echo(
            f"  {output}：记录为{as_recorded}，重算为{as_replayed}"
            if zh
            else f"  {output}: {as_recorded} recorded, {as_replayed} replayed",
            err=True,
        )
    if found:
        raise SystemExit(1)
    click.echo(_sound(record, zh=zh))


def _sound(record: DrawRecord, *, zh: bool) -> str:
    """What was compared, and what could not be: a record that holds less proves less."""
    count = len(record.inputs)
    if record.seed is None:
        head = (
            f"OK 名单{count}行未改动；种子尚未公开，结果待解密后再核对。"
            if zh
            else f"OK so far: the list of {count} is unchanged. The seed is still sealed; check the result once it is opened."
        )
    elif record.result is None:
        head = (
            "名单和种子可用，但记录中没有抽签结果。"
            if zh
            else "List and seed are usable, but the record holds no result."
        )
    else:
        head = f"OK {count}行均可由种子重算得出。" if zh else f"OK: all {count} lines follow from the seed."
    compared = [("名单的哈希", "hash of the list", True)]
    if record.seed is not None:
        compared += [
            (
                "种子与抽签前登记的哈希",
                "seed against the hash committed to before the draw",
                record.commitment is not None,
            ),
            ("结果与重算", "result against the replay", record.result is not None),
            ("签字名单上的结果哈希", "hash of the result on the signed list", record.result_hash is not None),
        ]
    lines = [head]
    for done, word in (
        (True, "已核对：" if zh else "Compared: "),
        (False, "未核对（记录中没有）：" if zh else "Not compared, because the record holds none: "),
    ):
        named = [text_zh if zh else text_en for text_zh, text_en, there in compared if there is done]
        if named:
            lines.append("  " + word + ("、" if zh else "; ").join(named))
    if record.seed is not None and record.commitment is None:
        lines.append(
            "  因此无法证明种子在抽签前已确定。"
            if zh
            else "  So nothing here shows that the seed was settled before the draw."
        )
    return "\n".join(lines)


def _read(file: Path, *, zh: bool) -> DrawRecord:
    try:
        if file.stat().st_size > MOST_BYTES:
            raise ValueError("too large")
        return msgspec.json.decode(file.read_bytes(), type=DrawRecord)
    except (ValueError, msgspec.DecodeError, RecursionError) as error:
        said = "不是抽签记录" if zh else "is no record of a draw"
        click.echo(f"{file} {said}: {error}", err=True)
        raise SystemExit(2) from error
