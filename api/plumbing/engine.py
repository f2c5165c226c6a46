"""Piccolo's engine as the product uses it. Apart from piccolo_conf, whose look-up of migrations brings Piccolo's whole tool box: 10 MB
that no process needs to answer a request."""

from piccolo.engine.postgres import PostgresEngine


class Engine(PostgresEngine):
    """Piccolo's engine without its look at the server on creation: `Db.connect` knows the address and checks the version."""

    async def check_version(self) -> None:
        """See the class."""
