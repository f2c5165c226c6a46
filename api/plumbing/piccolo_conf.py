"""Where Piccolo looks for its engine (environment variable PICCOLO_CONF names this module) and its migrations."""

import os

from piccolo.conf.apps import AppRegistry

from api.plumbing.engine import Engine

os.environ.setdefault("PICCOLO_CONF", __name__)

# For Piccolo's own look-up while migrations run; every `Db` has an engine of its own.
DB = Engine(config={}, extensions=())

APP_REGISTRY = AppRegistry(apps=["migrations.piccolo_app"])
