"""Progress on standard error: one line per step, and a moving bar in a step with many parts where somebody watches."""

import sys
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from click._termui_impl import ProgressBar


class Progress:
    """Steps of a start, one after the other; a long step may count its parts."""

    def __init__(self) -> None:
        self._bar: ProgressBar[int] | None = None

    def step(self, text: str) -> None:
        """Say what begins now; what went before is done."""
        self.done()
        self.say(f"{text} …")

    def part(self, text: str, done: int, total: int) -> None:
        """`done` of `total` parts of what `text` names are finished."""
        if self._bar is None or self._bar.label != text:
            self.done()
            bar = click.progressbar(
                length=total,
                label=text,
                show_pos=True,
                width=24,
                file=sys.stderr,
                hidden=not sys.stderr.isatty(),
            )
            self._bar = bar.__enter__()
        self._bar.update(done - self._bar.pos)

    def done(self) -> None:
        """End the step's bar."""
        if self._bar is not None:
            self._bar.render_finish()
            self._bar = None

    def say(self, text: str) -> None:
        """A line of its own."""
        click.echo(text, err=True)
