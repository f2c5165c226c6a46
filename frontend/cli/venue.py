"""`shibaiqian venue`: a session on a laptop in the workshop, and its facts back."""

import importlib

import click

_PARTS = {
    "pull": "Fetch a session from the centre, or into a file.",
    "serve": "Judge the sessions that were fetched, over the workshop's own network.",
    "push": "Bring the facts back to the centre, or into a file.",
    "cert": "Make the certificate that tablets need, with a page to install it.",
}


class _Parts(click.Group):
    """The parts, each loaded when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_PARTS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _PARTS:
            return None
        command: click.Command = importlib.import_module(f"frontend.cli.venue_{cmd_name}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(_PARTS.items()))


@click.group("venue", cls=_Parts)
def command() -> None:
    """Judge a session on a laptop, without internet, and bring it back.

    The data folder (--data DIR) of a venue server is its own; never use the one of the centre.
    """
