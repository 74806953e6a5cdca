"""The web application of the simulator: Twilio's REST API, the control API, the page."""

from flask import Flask

from simulator import control, page, rest, voice_sdk
from simulator.exchange import Exchange


def create_app(exchange: Exchange | None) -> Flask:
    """The application that shows this exchange; without one, whichever each request brings along."""
    app = Flask(__name__, static_url_path="/static")
    app.extensions["exchange"] = exchange
    app.register_blueprint(rest.blueprint())
    app.register_blueprint(control.blueprint())
    app.register_blueprint(voice_sdk.blueprint())
    app.register_blueprint(page.blueprint())
    return app
