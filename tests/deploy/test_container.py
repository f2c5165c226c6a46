"""The image: what it is made of, what it may do, and that nothing of the program stays outside."""

import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.deploy.tools import DEPLOY, ROOT, run

ROOMS = ("api", "frontend", "migrations", "scoring")


@pytest.fixture(scope="module")
def steps() -> list[tuple[str, str]]:
    """Instruction and argument, line by line, with continued lines joined."""
    text = re.sub(r"\\\n", " ", (DEPLOY / "Containerfile").read_text())
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return [(word, rest.strip()) for word, rest in (line.split(maxsplit=1) for line in lines)]


def last_stage(steps: list[tuple[str, str]]) -> list[tuple[str, str]]:
    start = max(index for index, (word, _) in enumerate(steps) if word == "FROM")
    return steps[start:]


def test_every_instruction_is_one_that_containers_know(steps):
    known = {
        "ARG",
        "FROM",
        "ENV",
        "RUN",
        "WORKDIR",
        "COPY",
        "USER",
        "EXPOSE",
        "HEALTHCHECK",
        "ENTRYPOINT",
        "CMD",
    }

    assert {word for word, _ in steps} <= known
    assert steps[0][0] in ("ARG", "FROM")


def test_program_runs_without_rights_of_root(steps):
    users = [rest for word, rest in last_stage(steps) if word == "USER"]

    assert users
    assert users[-1].split(":")[0] not in ("root", "0")


def test_nothing_is_installed_unchecked(steps):
    installs = [rest for word, rest in steps if word == "RUN" and "install" in rest]

    assert [
        ("--require-hashes" in rest, "--no-deps --no-build-isolation ." in rest) for rest in installs
    ] == [
        (True, False),
        (False, True),
    ]
    assert any(word == "COPY" and "requirements.lock" in rest for word, rest in steps)


def test_build_tools_and_index_stay_in_the_first_stage(steps):
    assert len([word for word, _ in steps if word == "FROM"]) == 2
    assert not any(word == "ARG" or "pip" in rest for word, rest in last_stage(steps))


def test_image_says_whether_it_is_well(steps):
    assert any(word == "HEALTHCHECK" and "/health" in rest for word, rest in last_stage(steps))


@pytest.mark.parametrize("file", sorted(path for path in DEPLOY.rglob("*") if path.is_file()), ids=str)
def test_no_registry_host_and_no_index_is_named(file: Path):
    """An image is named without a host, so that whoever builds decides where it comes from."""
    if "secrets" in file.parts or file.name == ".env":
        pytest.skip("of this machine, not of the repository")
    images = re.findall(r"(?:image:|_IMAGE=|^FROM)\s*(\S+)", file.read_text(), re.MULTILINE)

    assert [image for image in images if "." in image.split("/")[0] and "/" in image] == []
    assert not re.search(
        r"docker\.io|ghcr\.io|quay\.io|pypi|index-url|mirror\.\w", file.read_text(), re.IGNORECASE
    )


def test_image_gets_every_file_of_the_program(tmp_path):
    """What is not in the wheel is not in the image: a template without package data would only be missed there."""
    source = tmp_path / "source"
    files = _files_of_the_program()
    for name in (*files, "pyproject.toml", "README.md", "LICENSE"):
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        (source / name).write_bytes((ROOT / name).read_bytes())

    built = run(sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", source,
                "--wheel-dir", tmp_path)  # fmt: skip

    assert built.returncode == 0, built.stderr
    inside = set(zipfile.ZipFile(next(tmp_path.glob("*.whl"))).namelist())
    assert [name for name in files if name not in inside and not name.endswith(".md")] == []


def test_context_holds_what_the_image_copies(steps):
    allowed = {
        line[1:]
        for line in (DEPLOY / "Containerfile.dockerignore").read_text().splitlines()
        if line[:1] == "!"
    }
    copied = {
        source
        for word, rest in steps
        if word == "COPY" and "--from" not in rest
        for source in [part for part in rest.split() if not part.startswith("--")][:-1]
    }

    assert copied == allowed
    assert all((ROOT / name).exists() for name in copied)


class TestEntry:
    """`X_FILE` names the file that holds X."""

    def enter(self, **environment: str) -> subprocess.CompletedProcess[str]:
        return run(DEPLOY / "container-entry.sh", "env", env={"PATH": os.environ["PATH"], **environment})

    def test_secret_comes_from_its_file(self, tmp_path):
        (tmp_path / "url").write_text("postgresql://x:a$b'c d@h/db\n")

        lines = self.enter(DATABASE_URL_FILE=str(tmp_path / "url")).stdout.splitlines()

        assert "DATABASE_URL=postgresql://x:a$b'c d@h/db" in lines
        assert not any(line.startswith("DATABASE_URL_FILE") for line in lines)

    def test_secret_that_cannot_be_read_ends_the_start(self, tmp_path):
        answer = self.enter(DATABASE_URL_FILE=str(tmp_path / "missing"))

        assert answer.returncode != 0
        assert "PATH=" not in answer.stdout

    def test_without_files_the_environment_stays_as_it_is(self):
        assert "REDIS_URL=redis://valkey" in self.enter(REDIS_URL="redis://valkey").stdout.splitlines()


def _files_of_the_program() -> list[str]:
    """What git knows, so that a file somebody left lying about is no fault; everything, where there is no git."""
    known = run("git", "ls-files", *ROOMS, cwd=ROOT)
    if known.returncode == 0 and known.stdout:
        return [name for name in known.stdout.splitlines() if (ROOT / name).is_file()]
    found = (path for room in ROOMS for path in (ROOT / room).rglob("*") if path.is_file())
    return [str(path.relative_to(ROOT)) for path in found if "__pycache__" not in path.parts]
