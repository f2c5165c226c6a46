"""Where Piccolo looks for its engine (environment variable PICCOLO_CONF names this module) and its migrations."""

import os

from piccolo.conf.apps import AppRegistry
from piccolo.engine.postgres import PostgresEngine

os.environ.setdefault("PICCOLO_CONF", __name__)


class Engine(PostgresEngine):
    """Piccolo's engine without its look at the server on creation: `Db.connect` knows the address and checks the version."""

    async def check_version(self) -> None:
        """See the class."""


# For Piccolo's own look-up while migrations run; every `Db` has an engine of its own.
DB = Engine(config={}, extensions=())

APP_REGISTRY = AppRegistry(apps=["migrations.piccolo_app"])
