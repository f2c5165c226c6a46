"""Where Piccolo looks for its engine (environment variable PICCOLO_CONF names this module) and its migrations."""

import os

from piccolo.conf.apps import AppRegistry
from piccolo.engine.postgres import PostgresEngine

os.environ.setdefault("PICCOLO_CONF", __name__)

# The pool is opened by `Db.connect`, which also says where the database is.
DB = PostgresEngine(config={})

APP_REGISTRY = AppRegistry(apps=["migrations.piccolo_app"])
