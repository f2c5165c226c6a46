"""Processes: begin one that dies with us, end one for certain, find the leftovers of one that was killed."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO

import psutil

from api.servers.account import Account

Ending = tuple[signal.Signals, float]

_PR_SET_PDEATHSIG = 1
# Loaded before any fork: between fork and exec a child must not load libraries.
_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


def begin(
    argv: Sequence[str],
    *,
    cwd: Path,
    env: Mapping[str, str],
    log: IO[bytes],
    account: Account | None = None,
    stdin: bytes | None = None,
    death_signal: signal.Signals = signal.SIGTERM,
) -> psutil.Popen:
    """Begin a process in a session of its own, so that Ctrl-C in the terminal reaches the supervisor only.

    On Linux the process gets `death_signal` when the thread that began it ends, so call this from a thread that lives as
    long as the process should. That is a courtesy: nothing may rely on it, a start always looks for leftovers.
    """
    process = psutil.Popen(
        list(argv),
        cwd=cwd,
        env=dict(env),
        stdin=subprocess.DEVNULL if stdin is None else subprocess.PIPE,
        stdout=log,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        user=account.uid if account else None,
        group=account.gid if account else None,
        extra_groups=[] if account else None,
        preexec_fn=_die_with_parent(death_signal),
    )
    if stdin is not None:
        # A process that died at once closes the pipe; its log says why, so the caller's wait reports it.
        with contextlib.suppress(BrokenPipeError), process.stdin:
            process.stdin.write(stdin)
    return process


def end(process: psutil.Process, steps: Sequence[Ending]) -> None:
    """Send the signals one after the other, each with its patience in seconds, until the process is gone."""
    for number, patience in steps:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.send_signal(number)
        if _ends_within(process, patience):
            return


def lives(process: psutil.Process) -> bool:
    """Whether the process still runs. A zombie does not: collecting its exit code is its parent's affair, not ours."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def living_in(folder: Path, name: str) -> Iterator[psutil.Process]:
    """Processes called `name` whose working folder is `folder`: a number in a file may belong to a stranger by now."""
    home = str(folder.resolve())
    for process in psutil.process_iter(["name"]):
        if not (process.info["name"] or "").startswith(name):
            continue
        with contextlib.suppress(psutil.NoSuchProcess, psutil.AccessDenied):
            if lives(process) and process.cwd() == home:
                yield process


def _ends_within(process: psutil.Process, patience: float) -> bool:
    if isinstance(process, psutil.Popen):
        try:
            process.wait(patience)
        except psutil.TimeoutExpired:
            return False
        return True
    deadline = time.monotonic() + patience
    while lives(process):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


def _die_with_parent(number: signal.Signals) -> Callable[[], None] | None:
    if _LIBC is None:
        return None
    libc, parent = _LIBC, os.getpid()

    def ask_kernel() -> None:
        libc.prctl(_PR_SET_PDEATHSIG, number.value, 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)

    return ask_kernel
