"""Brings a database to the newest migration; two processes that want to at once take turns."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import NullPool, create_engine, text

ROOT = Path(__file__).resolve().parent.parent
_TURN = 4_150_622_913  # any number of our own: PostgreSQL's advisory lock for migrations


def upgrade(database_url: str) -> bool:
    """Run the migrations that the database lacks; whether there were any."""
    config = Config(str(ROOT / "alembic.ini"))
    config.set_main_option("script_location", str(ROOT / "migrations"))
    newest = ScriptDirectory.from_config(config).get_heads()
    engine = create_engine(database_url, poolclass=NullPool)
    try:
        with engine.connect() as connection:
            connection.execute(text("SELECT pg_advisory_lock(:turn)"), {"turn": _TURN})
            if set(MigrationContext.configure(connection).get_current_heads()) == set(newest):
                return False
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
            connection.commit()
            return True
    finally:
        engine.dispose()  # ends the connection, and with it the turn
