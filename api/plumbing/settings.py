"""Settings of one process, read once from the environment."""

import os
import secrets
from pathlib import Path
from typing import Self

import msgspec


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Where the servers are and how this process behaves. `secret_key` signs CSRF tokens and wraps personal data; `jobs`: the process
    that answers HTTP carries out background jobs too."""

    database_url: str
    owner_url: str
    redis_url: str
    data_dir: Path
    secret_key: str
    base_url: str = "http://127.0.0.1:8000"
    demo: bool = False
    jobs: bool = False
    pool_size: int = 10

    @classmethod
    def from_environment(cls) -> Self:
        """Read the environment; what must be set and is not raises KeyError with its name."""
        database_url = os.environ["DATABASE_URL"]
        data_dir = Path(os.environ.get("SHIBAIQIAN_DATA", ".shibaiqian"))
        return cls(
            database_url=database_url,
            owner_url=os.environ.get("DATABASE_OWNER_URL", database_url),
            redis_url=os.environ["REDIS_URL"],
            data_dir=data_dir,
            secret_key=_secret_key(data_dir),
            base_url=os.environ.get("SHIBAIQIAN_BASE_URL", "http://127.0.0.1:8000"),
            demo=os.environ.get("SHIBAIQIAN_DEMO") == "1",
            jobs=os.environ.get("SHIBAIQIAN_JOBS") == "1",
            pool_size=int(os.environ.get("SHIBAIQIAN_POOL_SIZE", "10")),
        )

    @property
    def secure_cookies(self) -> bool:
        """Cookies are marked Secure wherever the product is reached over HTTPS."""
        return self.base_url.startswith("https://")


def _secret_key(data_dir: Path) -> str:
    """The installation's key: a file named by the environment, or one made on first start, readable by us only."""
    path = Path(os.environ.get("SHIBAIQIAN_SECRET_KEY_FILE", data_dir / "secret.key"))
    if path.exists():
        return path.read_text("ascii").strip()
    path.parent.mkdir(parents=True, exist_ok=True)
    key = secrets.token_hex(32)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        # Two processes started at once: the first one's key is the installation's key.
        return path.read_text("ascii").strip()
    with os.fdopen(descriptor, "w") as file:
        file.write(key)
    return key
