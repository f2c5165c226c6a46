"""`shibaiqian draw verify`: OK, or what differs."""

from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner, Result

from frontend.cli import main
from scoring.draws import DrawRecord
from tests.scoring.test_draws import SEED, record_of

RECORD = record_of(SEED, ["ent_A", "ent_B", "ent_C"], "七号")


def verify(tmp_path: Path, record: DrawRecord | bytes, *more: str) -> Result:
    file = tmp_path / "draw.json"
    file.write_bytes(record if isinstance(record, bytes) else msgspec.json.encode(record))
    return CliRunner().invoke(main, ["draw", "verify", str(file), *more])


def test_sound_record_is_ok(tmp_path):
    answer = verify(tmp_path, RECORD)

    assert (answer.exit_code, answer.stdout[:2]) == (0, "OK")
    assert "all 3 lines" in verify(tmp_path, RECORD, "--lang", "en").stdout


def test_what_was_compared_is_said(tmp_path):
    said = verify(tmp_path, RECORD).stdout

    assert "已核对：名单的哈希、种子与抽签前登记的哈希、结果与重算、签字名单上的结果哈希" in said
    assert "未核对" not in said


def test_record_without_commitment_is_not_said_to_agree_with_one(tmp_path):
    bare = msgspec.structs.replace(RECORD, commitment=None)

    zh, en = verify(tmp_path, bare), verify(tmp_path, bare, "--lang", "en")

    assert (zh.exit_code, en.exit_code) == (0, 0)
    assert "未核对（记录中没有）：种子与抽签前登记的哈希" in zh.stdout
    assert "无法证明种子在抽签前已确定" in zh.stdout
    assert "seed against the hash committed to" in en.stdout.partition("Not compared")[2]


def test_record_without_result_is_not_called_ok(tmp_path):
    bare = msgspec.structs.replace(RECORD, result=None, result_hash=None)

    said = verify(tmp_path, bare, "--lang", "en").stdout

    assert not said.startswith("OK")
    assert "result against the replay; hash of the result" in said.partition("Not compared")[2]


def test_sealed_record_is_ok_as_far_as_it_goes(tmp_path):
    sealed = msgspec.structs.replace(RECORD, seed=None, result=None)

    answer = verify(tmp_path, sealed, "--lang", "en")

    assert (answer.exit_code, "still sealed" in answer.stdout) == (0, True)


def test_what_differs_is_told_line_by_line(tmp_path):
    assert RECORD.result is not None
    (first, one), (second, two), third = RECORD.result
    swapped = msgspec.structs.replace(RECORD, result=((first, two), (second, one), third))

    answer = verify(tmp_path, swapped, "--lang", "en")

    assert answer.exit_code == 1
    assert answer.stderr.splitlines() == [
        "✕ the result is another one than the seed gives",
        f"  {first}: {two} recorded, {one} replayed",
        f"  {second}: {one} recorded, {two} replayed",
    ]


@pytest.mark.parametrize("text", [b"", b"{}", b"[1", b'{"format":"other"}', b"\xff", b"[" * 100_000])
def test_file_that_is_no_record_is_told_apart(tmp_path, text):
    answer = verify(tmp_path, text, "--lang", "en")

    assert (answer.exit_code, "is no record" in answer.stderr) == (2, True)
