"""As whom the servers run. PostgreSQL refuses root, so root hands them to an account that may do nothing else."""

import hashlib
import os
import pwd
import shutil
import stat
from pathlib import Path

import msgspec

# Where root keeps what the unprivileged account must reach when the installation itself lies in a closed home such as /root.
OPEN_GROUND = Path("/var/lib/shibaiqian")


class Account(msgspec.Struct, frozen=True):
    """A user of the operating system."""

    uid: int
    gid: int


def server_account(data_folder: Path) -> Account | None:
    """The account for the servers, or None where the caller is not root and they simply run as the caller.

    For root it is the owner of the data folder, so that `sudo` on a user's installation leaves it to that user; a folder
    of root's own goes to nobody.
    """
    if os.geteuid() != 0:
        return None
    owner = data_folder.stat()
    if owner.st_uid != 0:
        return Account(owner.st_uid, owner.st_gid)
    nobody = pwd.getpwnam("nobody")
    return Account(nobody.pw_uid, nobody.pw_gid)


def can_enter(account: Account, path: Path) -> bool:
    """Whether the account may walk down to `path` and into it; parts that do not exist yet do not count."""
    path = path.resolve()
    return all(_may_search(account, part) for part in [path, *path.parents] if part.is_dir())


def give(account: Account | None, folder: Path) -> Path:
    """Make `folder` closed to all but the account, and return it."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if account and folder.stat().st_uid != account.uid:
        os.chown(folder, account.uid, account.gid)
    folder.chmod(0o700)
    return folder


def open_home(data_folder: Path, name: str, account: Account, *, for_tests: bool) -> Path:
    """A server's folder on open ground, beside a link that says whose it is.

    What tests leave is removed once their data folder is gone. What an installation leaves stays: a data folder that is not
    there may be a disk that is not mounted.
    """
    ground = OPEN_GROUND / ("tests" if for_tests else "data")
    ground.mkdir(mode=0o755, parents=True, exist_ok=True)
    if for_tests:
        for old in ground.iterdir():
            if (old / "data-folder").is_symlink() and not (old / "data-folder").exists():
                shutil.rmtree(old, ignore_errors=True)
    place = ground / hashlib.sha256(str(data_folder).encode()).hexdigest()[:16]
    place.mkdir(mode=0o755, exist_ok=True)
    if not (place / "data-folder").is_symlink():
        (place / "data-folder").symlink_to(data_folder)
    return give(account, place / name)


def within_reach(account: Account | None, parts: tuple[Path, ...], name: str) -> tuple[Path, ...]:
    """The sibling folders `parts` where the account can run them: in place, or a copy on open ground under `name`."""
    if account is None or all(can_enter(account, part) for part in parts):
        return parts
    home = OPEN_GROUND / name
    if not home.exists():
        OPEN_GROUND.mkdir(mode=0o755, parents=True, exist_ok=True)
        half = OPEN_GROUND / f"{name}.{os.getpid()}"
        for part in parts:
            shutil.copytree(part, half / part.name, symlinks=True)
        # Renamed when whole, so that a copy cut short is never taken for a copy.
        half.rename(home)
    return tuple(home / part.name for part in parts)


def _may_search(account: Account, folder: Path) -> bool:
    state = folder.stat()
    if state.st_uid == account.uid:
        return bool(state.st_mode & stat.S_IXUSR)
    if state.st_gid == account.gid:
        return bool(state.st_mode & stat.S_IXGRP)
    return bool(state.st_mode & stat.S_IXOTH)
