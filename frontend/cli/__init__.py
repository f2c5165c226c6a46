"""The command line `shibaiqian`: starts the product, fills it, keeps it well.

This room decides how things are started and what is said while they start; every rule is decided in `api`. A command's
module is imported when it is called, so that `--help` answers at once. What there is stands in `commands.toml`, which the file `run` reads too.
"""

import importlib
import tomllib
from pathlib import Path
from typing import NamedTuple

import click


class _Entry(NamedTuple):
    section: str
    summary: str


COMMANDS = {
    name: _Entry(section, summary)
    for section, entries in tomllib.loads(
        Path(__file__).with_name("commands.toml").read_text("utf-8")
    ).items()
    for name, summary in entries.items()
}
# Started by `demo` only; a person has no use for it.
_HIDDEN = {"demo-season"}

EXAMPLES = """
\b
Examples:
  shibaiqian demo                            everything, at http://127.0.0.1:8000
  shibaiqian demo --port 0 --json            a free port; address and links as JSON
  shibaiqian doctor                          one line for each thing that is wrong
  shibaiqian create-admin --name organiser   asks for the password
  shibaiqian simulate --scale 10000          a season of 10,000 workers
  shibaiqian rehearse --report report.html   200 judges at 40 stations, kills and all
  shibaiqian plan new > plan.toml            a commented plan to begin with
  shibaiqian score plan.toml --marks marks.csv --out html --output result.html

\b
Environment:
  DATABASE_URL         PostgreSQL 18 of your own (default: one that comes with Shibaiqian)
  DATABASE_OWNER_URL   the same database as its owner, for migrations (default: DATABASE_URL)
  REDIS_URL            Valkey or Redis of your own (default: one that comes with Shibaiqian)
  SHIBAIQIAN_DATA      data folder (default: .shibaiqian in the current folder)
"""


class _Commands(click.Group):
    """The commands by section, each loaded when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS and cmd_name not in _HIDDEN:
            return None
        module = importlib.import_module(f"frontend.cli.{cmd_name.replace('-', '_')}")
        command: click.Command = module.command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        for section in dict.fromkeys(entry.section for entry in COMMANDS.values()):
            with formatter.section(section):
                formatter.write_dl(
                    [(name, entry.summary) for name, entry in COMMANDS.items() if entry.section == section]
                )


@click.group(
    cls=_Commands,
    epilog=EXAMPLES,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
)
@click.version_option(package_name="shibaiqian")
def main() -> None:
    """Shibaiqian (十百千): worker skills contests of a province, its cities, counties and enterprises."""
