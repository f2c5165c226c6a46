"""`shibaiqian plan`: check, explain and begin assessment plans, without a database."""

import sys
from importlib import resources
from pathlib import Path

import click

from frontend.scorefiles.problems import BadFiles

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_LANG = click.option(
    "--lang",
    type=click.Choice(["zh", "en", "both"]),
    default="both",
    show_default=True,
    help="Language of the answer.",
)


def _kinds() -> list[str]:
    folder = resources.files("frontend.scorefiles").joinpath("starters")
    return sorted(each.name.removesuffix(".toml") for each in folder.iterdir() if each.name.endswith(".toml"))


@click.group("plan")
def command() -> None:
    """Check, explain and begin assessment plans. Needs no database; the format is in docs/plan-format.md."""


@command.command("check")
@click.argument("file", type=_FILE)
@_LANG
def check(file: Path, lang: str) -> None:
    """Say what is wrong with a plan, with path, line and column. Ends with 1 if anything is."""
    from frontend.cli.score import say_troubles
    from frontend.scorefiles.checking import checked
    from frontend.scorefiles.planfiles import read_plan_file

    try:
        source = checked(read_plan_file(file))
    except BadFiles as error:
        say_troubles(error, lang)
        raise SystemExit(1) from error
    stages = len(source.scheme.stages)
    zh, en = f"{file}：方案可用，{stages} 个阶段。", f"{file}: the plan can be used; stages: {stages}."
    click.echo({"zh": zh, "en": en}.get(lang, f"{zh} {en}"))


@command.command("explain")
@click.argument("file", type=_FILE)
@_LANG
def explain(file: Path, lang: str) -> None:
    """Say in words how a total is made, who is ahead of whom, who goes up and what is awarded."""
    from frontend.cli.score import say_troubles
    from frontend.scorefiles.checking import checked
    from frontend.scorefiles.explaining import explain as words
    from frontend.scorefiles.planfiles import read_plan_file

    try:
        source = checked(read_plan_file(file))
    except BadFiles as error:
        say_troubles(error, lang)
        raise SystemExit(1) from error
    click.echo(words(source.scheme, lang), nl=False)


@command.command("new")
@click.option(
    "--kind",
    type=click.Choice(_kinds()),
    default="theory-practical",
    show_default=True,
    help="What the contest is like.",
)
@click.option("--preset", help="Add the award rules of this preset; `--preset list` names all.")
def new(kind: str, preset: str | None) -> None:
    """Write a commented plan to begin with to standard output."""
    from frontend.scorefiles.starting import award_presets, starting_plan

    if preset == "list":
        for code, words in award_presets().items():
            click.echo(f"{code}  {words}")
        return
    if preset is not None and preset not in award_presets():
        raise click.UsageError(f"No preset {preset}. There are: {', '.join(award_presets())}.")
    click.echo(starting_plan(kind, preset), nl=False)


@command.command("schema")
def schema() -> None:
    """Write the JSON Schema of plan files to standard output."""
    from frontend.scorefiles.schema import schema_bytes

    sys.stdout.buffer.write(schema_bytes())
    sys.stdout.buffer.flush()
