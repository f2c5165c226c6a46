"""Progress on standard error: a moving line where somebody watches, one line per step where it goes to a file."""

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar


class Progress:
    """Steps of a start, one after the other; a long step may count its parts."""

    def __init__(self) -> None:
        self._console = Console(stderr=True, highlight=False)
        columns = (
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(24),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
        )
        self._bar = Bar(
            *columns, console=self._console, transient=True, disable=not self._console.is_terminal
        )
        self._task = self._bar.add_task("", total=None)
        self._step = ""

    def step(self, text: str) -> None:
        self.done()
        self._step = text
        self.say(f"{text} …")
        self._bar.reset(self._task, description=text, total=None, visible=True)
        self._bar.start()

    def part(self, text: str, done: int, total: int) -> None:
        """`done` of `total` parts of what `text` names are finished."""
        self._bar.update(self._task, description=f"{self._step}: {text}", completed=done, total=total)

    def done(self) -> None:
        self._bar.stop()

    def say(self, text: str) -> None:
        self._console.print(text, markup=False)
