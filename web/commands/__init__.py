"""Commands of `flask --app app`: thin, over the services. Every module here with a `register(app)` takes part."""

from importlib import import_module
from pkgutil import iter_modules

from flask import Flask


def register(app: Flask) -> None:
    """Add every module's commands to the application."""
    for found in iter_modules(__path__):
        module = import_module(f"{__name__}.{found.name}")
        if hasattr(module, "register"):
            module.register(app)
