"""Start, revive and stop the PostgreSQL and the Valkey that come with Shibaiqian.

This room decides where the servers of an installation live, as whom they run, and what happens to servers that a killed
program left behind. It does not decide what is in them: tables and rights come from `migrations/`, jobs from `plumbing`.

Words: a *data folder* holds everything of one installation; an *engine* is one embedded server of it; an engine that runs
although nobody supervises it any more is a *leftover*.
"""

from api.servers.engine import Engine, EngineError
from api.servers.folder import DataFolder, FolderBusyError, FolderUnusableError
from api.servers.running import Servers, running_servers, servers_in_use

__all__ = [
    "DataFolder",
    "Engine",
    "EngineError",
    "FolderBusyError",
    "FolderUnusableError",
    "Servers",
    "running_servers",
    "servers_in_use",
]
