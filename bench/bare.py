"""The baseline of the webhook benchmark: a bare Flask route that returns fixed TwiML on the same server."""

from flask import Flask, Response


def create_app() -> Flask:
    """One route, no signature, no database."""
    app = Flask("bare")

    @app.post("/voice/inbound")
    def inbound() -> Response:
        return Response("<Response><Say>Hello</Say></Response>", mimetype="text/xml")

    return app
