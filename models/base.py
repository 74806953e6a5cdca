"""The declarative base: naming convention, column types shared by all tables."""

import uuid
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any

from sqlalchemy import DateTime, Enum, MetaData, Uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, mapped_column

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

Id = Annotated[uuid.UUID, mapped_column(Uuid, primary_key=True, default=uuid.uuid4)]


def words_of(enumeration: type[StrEnum]) -> Enum:
    """A vocabulary column, stored as its word and not as a database type, so that a new word needs no migration."""
    return Enum(enumeration, native_enum=False, length=32, values_callable=lambda e: [m.value for m in e])


class Base(DeclarativeBase):
    """All tables of Harborline. Times are aware and UTC; ids that leave the house are random."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {datetime: DateTime(timezone=True), dict[str, Any]: JSONB, list[str]: JSONB}  # noqa: RUF012
