"""`shibaiqian score`: recompute a contest from plain files, without a database."""

import sys
from pathlib import Path

import click

from frontend.scorefiles.problems import BadFiles

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("score")
@click.argument("plan", type=_FILE)
@click.option(
    "--marks",
    type=_FILE,
    multiple=True,
    required=True,
    help="Marks: CSV, XLSX or JSON, one row a mark. May be given more than once.",
)
@click.option(
    "--entries", type=_FILE, help="Entries: one row an entry, with any columns that the plan names."
)
@click.option(
    "--params", type=_FILE, help="Parameters: entry, node, name, value (difficulty, base value, factor …)."
)
@click.option(
    "--out",
    type=click.Choice(["json", "csv", "html"]),
    default="json",
    show_default=True,
    help="Form of the result.",
)
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write here instead of to standard output.",
)
@click.option(
    "--final",
    is_flag=True,
    help="Nothing more comes: what is missing did not start. Otherwise totals stay provisional.",
)
@click.option(
    "--lang",
    type=click.Choice(["zh", "en", "both"]),
    default="both",
    show_default=True,
    help="Language of messages and of the HTML page.",
)
def command(
    plan: Path,
    marks: tuple[Path, ...],
    entries: Path | None,
    params: Path | None,
    out: str,
    output: Path | None,
    final: bool,
    lang: str,
) -> None:
    """Recompute a contest from plain files: totals, every value in between, ranks, ties, slots, awards, each with its reason.

    Needs no database and no settings. A plan is TOML or JSON (docs/plan-format.md). Ends with 2, and computes nothing, if a file is
    wrong: each fault is one line with file, line and column.
    """
    try:
        body = scored(plan, marks, entries, params, out=out, final=final, lang=lang)
    except BadFiles as error:
        say_troubles(error, lang)
        raise SystemExit(2) from error
    if output is None:
        sys.stdout.buffer.write(body)
        sys.stdout.buffer.flush()
    else:
        output.write_bytes(body)


def scored(
    plan: Path,
    marks: tuple[Path, ...],
    entries: Path | None,
    params: Path | None,
    *,
    out: str,
    final: bool,
    lang: str,
) -> bytes:
    """The result in the form asked for. Raises BadFiles."""
    from frontend.scorefiles.checking import checked
    from frontend.scorefiles.output import as_csv, as_json
    from frontend.scorefiles.pages import as_html
    from frontend.scorefiles.planfiles import read_plan_file
    from frontend.scorefiles.reading import read_contest
    from frontend.scorefiles.report import report_of
    from scoring.schemes.running import run

    source = checked(read_plan_file(plan))
    contest = read_contest(source.scheme, marks, entries, params, final=final)
    outcome = run(source.scheme, contest.facts, contest.sheets.entrants())
    report = report_of(source.scheme, outcome, contest.sheets)
    if out == "html":
        return as_html(report, lang)
    return as_csv(report) if out == "csv" else as_json(report)


def say_troubles(error: BadFiles, lang: str) -> None:
    """One line each on standard error."""
    for each in error.troubles:
        click.echo(each.text(lang), err=True)
    if error.more:
        zh, en = f"还有 {error.more} 处错误未列出。", f"{error.more} more are not listed."
        click.echo({"zh": zh, "en": en}.get(lang, f"{zh} {en}"), err=True)
