"""The house of the running application: what every route and command passes to the services."""

from typing import cast

from flask import current_app

from services.house import House


def house() -> House:
    """What app.py composed; KeyError outside of a composed application is a bug."""
    return cast(House, current_app.extensions["house"])
