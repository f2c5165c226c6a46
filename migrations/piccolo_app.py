"""Piccolo's name for the one set of migrations there is."""

from pathlib import Path

from piccolo.conf.apps import AppConfig

APP_CONFIG = AppConfig(
    app_name="shibaiqian",
    migrations_folder_path=str(Path(__file__).parent / "piccolo_migrations"),
)
