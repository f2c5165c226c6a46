"""The machine: Python, packages, clock and zone, disk, data folder, port, browser."""

import importlib.metadata
import os
import re
import shutil
import sys
import zoneinfo
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path

from api.servers import servers_in_use
from api.servers.folder import is_free
from frontend.cli.answering import health_of
from frontend.cli.checks.finding import Finding
from frontend.cli.installation import own_servers

# Well, or without its database, of which another line tells.
_HEALTH = (HTTPStatus.OK, HTTPStatus.SERVICE_UNAVAILABLE)
_ROOM = 1_000_000_000
# A clock before this release is wrong: deadlines, one-time codes and sessions would be too.
_RELEASED = datetime(2026, 1, 1, tzinfo=UTC)


def python_version() -> Finding:
    version = sys.version.split()[0]
    mend = "" if sys.version_info >= (3, 11) else "Install Python 3.11 or newer and delete .venv."
    return Finding("Python", version, mend)


def packages() -> Finding:
    """Every run dependency is there in the least version that the package asks for."""
    try:
        wanted = importlib.metadata.requires("shibaiqian") or []
    except importlib.metadata.PackageNotFoundError:
        return Finding(
            "Packages", "shibaiqian itself is not installed", "Run ./run demo, or pip install -e ."
        )
    lacking = [
        name
        for name, least in map(_requirement, (line for line in wanted if "extra ==" not in line))
        if _older(name, least)
    ]
    if lacking:
        return Finding(
            "Packages",
            f"missing or too old: {', '.join(lacking)}",
            "pip install --require-hashes -r requirements.lock",
        )
    return Finding("Packages", "complete")


def time_zone() -> Finding:
    now = datetime.now(UTC)
    if now < _RELEASED:
        return Finding("Clock", f"shows {now:%Y-%m-%d}", "Set it, for example with timedatectl set-ntp true.")
    try:
        zone = zoneinfo.ZoneInfo("Asia/Shanghai")
    except zoneinfo.ZoneInfoNotFoundError:
        return Finding("Clock", "time zone Asia/Shanghai is unknown", "apt-get install tzdata")
    return Finding("Clock", f"{now.astimezone(zone):%Y-%m-%d %H:%M} in Asia/Shanghai")


def disk_space(data: Path) -> Finding:
    free = shutil.disk_usage(_existing(data)).free
    mend = "" if free >= _ROOM else f"Free at least {_ROOM / 1e9:.0f} GB, or name another folder with --data."
    return Finding("Disk", f"{free / 1e9:.1f} GB free", mend)


def data_folder(data: Path) -> Finding:
    place = _existing(data)
    if not place.is_dir() or not os.access(place, os.W_OK | os.X_OK):
        return Finding(
            "Data folder",
            f"{data.absolute()} cannot be written",
            "Change its owner, or name another with --data.",
        )
    return Finding("Data folder", f"{data.absolute()} can be {'written' if data.exists() else 'made'}")


def port_free(port: int, data: Path) -> Finding:
    if is_free(port):
        return Finding("Port", f"{port} is free")
    # With servers of the user's own nothing of the data folder runs: whoever answers as we do there is this installation.
    runs = all(own_servers()) or (data.exists() and servers_in_use(data))
    if runs and health_of(f"http://127.0.0.1:{port}") in _HEALTH:
        return Finding("Port", f"{port} is used by this installation")
    return Finding("Port", f"{port} is in use by another program", "Choose another with --port.")


def chromium() -> Finding:
    names = ("chromium", "chromium-browser", "google-chrome")
    found = os.environ.get("SHIBAIQIAN_CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
    if found:
        return Finding("Chromium (tests only)", found)
    return Finding(
        "Chromium (tests only)", "not found", "apt-get install chromium fonts-noto-cjk", optional=True
    )


def _existing(path: Path) -> Path:
    """The path, or the nearest folder above it that is there."""
    path = path.absolute()
    return next(part for part in (path, *path.parents) if part.exists())


def _requirement(line: str) -> tuple[str, str]:
    found = re.match(r"([\w.-]+)(?:\[[^]]*\])?[^;]*?>=\s*([\d.]+)", line)
    return (found[1], found[2]) if found else (re.split(r"[^\w.-]", line, maxsplit=1)[0], "0")


def _older(name: str, least: str) -> bool:
    try:
        installed = importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return True
    return _numbers(installed) < _numbers(least)


def _numbers(version: str) -> list[int]:
    return [int(part) for part in re.findall(r"\d+", version)[:3]]
