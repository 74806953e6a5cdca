"""How long a statement may take: short where a caller waits for the next word, longer everywhere else."""

from collections.abc import Collection

from flask import Blueprint, Flask, request

from web.house import house


def register(app: Flask, *, impatient: Collection[Blueprint], other_statement_ms: int) -> None:
    """The engine's own time-out holds for `impatient`; every other route may take `other_statement_ms` a statement."""
    names = {blueprint.name for blueprint in impatient}

    @app.before_request
    def allow_more() -> None:
        house().db.statement_ms.set(None if request.blueprint in names else other_statement_ms)
