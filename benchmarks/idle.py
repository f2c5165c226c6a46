"""Claim: the idle product with PostgreSQL and Valkey stays ≤ 200 MB: the sum of PSS of all its processes, 60 s after ready, small demo.

Nobody looks at a page meanwhile; the demo's robot judge marks on, as it does for whoever tries the product, and is counted. A floor is
printed beside it: what an empty PostgreSQL, an empty Valkey and three Python interpreters that import nothing of ours take.

    .venv/bin/python -m benchmarks.idle --seconds 60
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import click
import psutil

from api.servers import running_servers
from benchmarks.memory import by_name, pss_mb, tree

TARGET_MB = 200.0
SMALLEST = 50


@click.command(help=__doc__)
@click.option("--seconds", default=60.0, show_default=True, help="After ready.")
@click.option("--floor/--no-floor", default=True, show_default=True)
def main(seconds: float, floor: bool) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory(prefix="sbq-bench-") as name:
        folder = Path(name)
        folder.chmod(0o711)
        found = _demo(folder / "demo", min(seconds, 600.0))
        total = sum(used for _, used in found.values())
        for role, (count, used) in sorted(found.items(), key=lambda each: -each[1][1]):
            click.echo(f"{role:<16} {count:3d} processes {used:8.1f} MB")
        click.echo(f"{'sum':<16} {sum(count for count, _ in found.values()):3d} processes {total:8.1f} MB")
        click.echo(f"target ≤ {TARGET_MB:g} MB: {'met' if total <= TARGET_MB else 'MISSED'}")
        if floor:
            least = _floor(folder / "floor")
            click.echo(f"floor            {least:21.1f} MB   ratio {total / least:.2f}")


def _demo(data: Path, seconds: float) -> dict[str, tuple[int, float]]:
    """Memory by role of a demo that has been left alone for so long."""
    words = [sys.executable, "-m", "frontend.cli", "demo", "--port", "0", "--json", "--scale", str(SMALLEST)]
    process = subprocess.Popen(
        [*words, "--data", str(data)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    try:
        assert process.stdout is not None
        json.loads(process.stdout.readline())
        time.sleep(seconds)
        return by_name(tree(psutil.Process(process.pid)))
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(60)


def _floor(data: Path) -> float:
    """Servers with nothing in them, and interpreters that wait."""
    with running_servers(data):
        # One after the other would share what runs at the same time does not.
        waiting = [
            subprocess.Popen([sys.executable, "-c", "import asyncio, time; time.sleep(60)"]) for _ in range(3)
        ]
        try:
            time.sleep(2)
            own = {os.getpid()}
            return sum(
                pss_mb(each) for each in psutil.Process().children(recursive=True) if each.pid not in own
            )
        finally:
            for each in waiting:
                each.kill()
                each.wait()


if __name__ == "__main__":
    main()
