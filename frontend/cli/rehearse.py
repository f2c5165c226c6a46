"""`shibaiqian rehearse`: a venue on this machine, with a bad line and processes that are killed, and a report at the end."""

import tempfile
from contextlib import ExitStack
from pathlib import Path

import click

from frontend.cli.installation import plain_errors
from frontend.cli.progress import Progress
from frontend.cli.supervisor import StopSignals
from frontend.rehearsal.checks import examine, told
from frontend.rehearsal.killing import conduct
from frontend.rehearsal.report import Report, as_html, as_text, report_of
from frontend.rehearsal.venue import Size, counted, opened


@click.command("rehearse")
@click.option(
    "--stations", default=40, show_default=True, type=click.IntRange(1, 400), help="Stations of the venue."
)
@click.option(
    "--judges", default=5, show_default=True, type=click.IntRange(1, 9), help="Robot judges at each station."
)
@click.option(
    "--round-of",
    default=1,
    show_default=True,
    type=click.IntRange(1, 100),
    help="Stations that one panel of judges goes round.",
)
@click.option(
    "--minutes",
    default=3.0,
    show_default=True,
    type=click.FloatRange(0.05, 600),
    help="How long marks come in, at least.",
)
@click.option(
    "--kills",
    default=5,
    show_default=True,
    type=click.IntRange(0, 100),
    help="kill -9 of each of API, worker, PostgreSQL and Valkey.",
)
@click.option(
    "--pace",
    default=1.0,
    show_default=True,
    type=click.FloatRange(0, 60),
    help="Mean rest of a judge between two sendings, s.",
)
@click.option(
    "--seed",
    default=1,
    show_default=True,
    help="Order of the kills, what happens on the line, what is marked.",
)
@click.option(
    "--browser-robots",
    default=0,
    show_default=True,
    type=click.IntRange(0, 20),
    help="So many of the judges press in a real browser.",
)
@click.option(
    "--report",
    "report_file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the report here, as HTML.",
)
@click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    help="Keep servers' data and all logs here (default: thrown away).",
)
def command(
    stations: int, judges: int, round_of: int, minutes: float, kills: int, pace: float, seed: int, browser_robots: int,
    report_file: Path | None, data: Path | None,
) -> None:  # fmt: skip
    """Rehearse a venue: a bad line, processes that are killed, and no mark lost.

    Robot judges mark every criterion of every station meanwhile; at the end what they were told is compared with what is kept.

    Runs PostgreSQL, Valkey, API and worker of its own, never those of an installation. Ends with code 1 when a check fails.
    """
    size = Size(
        stations=stations, judges=judges, round_of=round_of, minutes=minutes, kills=kills, seed=seed, browser_robots=browser_robots, pace=pace,
    )  # fmt: skip
    progress = Progress()
    with plain_errors(), ExitStack() as stack:
        signals = stack.enter_context(StopSignals())
        stack.enter_context(signals.quiet_on_the_way_out())
        folder = data or Path(
            stack.enter_context(tempfile.TemporaryDirectory(prefix="shibaiqian-rehearsal-"))
        )
        try:
            report = rehearse(size, folder, progress)
        except KeyboardInterrupt:
            raise click.ClickException("Interrupted: nothing was checked.") from None
    if report_file:
        report_file.write_bytes(as_html(report))
        progress.say(f"The report is in {report_file}.")
    click.echo(as_text(report))
    if not report.passed:
        raise SystemExit(1)


def rehearse(size: Size, folder: Path, progress: Progress) -> Report:
    """One rehearsal in an empty folder, from start to report."""
    if folder.exists() and any(folder.iterdir()):
        raise click.ClickException(
            f"{folder} is not empty. A rehearsal kills its servers: give it a folder of its own."
        )
    # Servers may run under an account of their own, which has to get through.
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o711)
    with opened(size, folder, progress.say) as rehearsal:
        course = conduct(rehearsal)
        progress.say("Checking …")
        checks = examine(rehearsal, course)
        return report_of(rehearsal, course, told(rehearsal), counted(rehearsal), checks)
