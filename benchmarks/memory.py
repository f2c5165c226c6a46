"""Memory of processes as the kernel shares it out: PSS counts a page that n processes share as 1/n of a page for each.

A server's memory summed by RSS would count PostgreSQL's shared buffers once for every connection.
"""

from collections.abc import Iterable
from pathlib import Path

import psutil


def pss_mb(process: psutil.Process) -> float:
    """Proportional set size in MB of 10^6 bytes; 0 for a process that is gone."""
    try:
        rollup = Path(f"/proc/{process.pid}/smaps_rollup").read_text()
    except (OSError, psutil.Error):
        return 0.0
    [line] = [line for line in rollup.splitlines() if line.startswith("Pss:")]
    return int(line.split()[1]) * 1024 / 1e6


def tree(root: psutil.Process) -> list[psutil.Process]:
    """A process and everything below it."""
    return [root, *root.children(recursive=True)]


def by_name(processes: Iterable[psutil.Process]) -> dict[str, tuple[int, float]]:
    """How many processes and how many MB, by what they are."""
    found: dict[str, tuple[int, float]] = {}
    for process in processes:
        name = role(process)
        count, used = found.get(name, (0, 0.0))
        found[name] = (count + 1, used + pss_mb(process))
    return found


def role(process: psutil.Process) -> str:
    """postgres, valkey-server, or the word of our command line."""
    try:
        words = process.cmdline()
        if "frontend.cli" in words:
            return words[words.index("frontend.cli") + 1]
        return process.name()
    except psutil.Error:
        return "gone"
