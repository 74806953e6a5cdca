"""Nobody but Twilio gets into a webhook: the signature is checked before anything else, and a missing one refuses."""

from flask import Flask, Response, request

from telephony.signature import HEADER, is_genuine

PREFIXES = ("/voice/", "/sms/", "/status/")  # every path that Twilio calls, also those that nobody wrote yet


def register(app: Flask, *, auth_token: str, public_base_url: str) -> None:
    """Refuse every unsigned request to a webhook path with 403 and no words about why."""

    @app.before_request
    def check() -> Response | None:
        if not request.path.startswith(PREFIXES):
            return None
        path = request.full_path if request.query_string else request.path
        fields = request.form.to_dict(flat=False)
        genuine = is_genuine(auth_token, public_base_url, path, fields, request.headers.get(HEADER))
        return None if genuine else Response("Forbidden", 403, mimetype="text/plain")
