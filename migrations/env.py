"""Runs the migrations against DATABASE_URL, or against a connection handed in by the tests."""

import os

from alembic import context
from sqlalchemy import Connection, Enum, String, create_engine

import models.tables  # noqa: F401  (every table registers itself)
from models.base import Base
from models.crypto import EncryptedJSON, EncryptedText


def _url() -> str:
    url = os.environ.get("DATABASE_URL", "")
    if not url:
        raise SystemExit("DATABASE_URL is not set: start with `make run`, or set it before migrating.")
    return url.replace("postgresql://", "postgresql+psycopg://", 1)


def _render(kind: str, item: object, _context: object) -> str | bool:
    """Write columns into a migration as the database sees them, so that old migrations outlive our classes."""
    if kind == "type" and isinstance(item, EncryptedText | EncryptedJSON):
        return "sa.LargeBinary()"
    if kind == "type" and isinstance(item, Enum):
        return f"sa.String(length={item.length})"
    return False


def _same_type(_context: object, _inspected: object, _metadata: object, theirs: object, ours: object) -> bool | None:
    """Vocabulary columns are strings in the database; any other type is compared by Alembic."""
    return False if isinstance(ours, Enum) and isinstance(theirs, String) else None


def _migrate(connection: Connection) -> None:
    context.configure(
        connection=connection, target_metadata=Base.metadata, compare_type=_same_type, render_item=_render
    )
    with context.begin_transaction():
        context.run_migrations()


handed_in = context.config.attributes.get("connection")
if handed_in is not None:
    _migrate(handed_in)
else:
    with create_engine(_url()).connect() as connection:
        _migrate(connection)
