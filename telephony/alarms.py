"""Alarms by e-mail (SMTP) and by webhook (signed JSON): ways that need no Twilio."""

import hashlib
import hmac
import json
import smtplib
import ssl
import time
from collections.abc import Sequence
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

import requests

from telephony.ports import NotDelivered, Notice

TIMEOUT_S = 10.0
SIGNATURE = "X-Harborline-Signature"  # t=<seconds since 1970>,v1=<hex HMAC-SHA256 of "<t>.<body>">


class Mail:
    """A mail server at `url`: smtp://user:password@host:587 (STARTTLS where offered), or smtps://."""

    def __init__(self, url: str, sender: str, recipients: Sequence[str]) -> None:
        self._parts, self._sender, self._recipients = urlsplit(url), sender, tuple(recipients)

    def send(self, notice: Notice) -> None:
        """One message to everybody. Raises NotDelivered."""
        message = EmailMessage()
        message["Subject"] = f"{notice.organisation}: {notice.kind.replace('_', ' ')}"
        message["From"], message["To"] = self._sender, ", ".join(self._recipients)
        message["Message-ID"] = f"<{notice.id}@{self._sender.rpartition('@')[2]}>"  # the same one twice is one
        message.set_content("\n\n".join([*notice.words, f"{notice.count} x  {notice.at.isoformat()}", notice.link]))
        try:
            with self._connection() as server:
                server.send_message(message)
        except (OSError, smtplib.SMTPException) as error:
            raise NotDelivered from error

    def _connection(self) -> smtplib.SMTP:
        host, port = self._parts.hostname or "", self._parts.port
        if self._parts.scheme == "smtps":
            context = ssl.create_default_context()
            server: smtplib.SMTP = smtplib.SMTP_SSL(host, port or 465, timeout=TIMEOUT_S, context=context)
        else:
            server = smtplib.SMTP(host, port or 587, timeout=TIMEOUT_S)
            server.ehlo()
            if server.has_extn("starttls"):
                server.starttls(context=ssl.create_default_context())
        if self._parts.username:
            server.login(unquote(self._parts.username), unquote(self._parts.password or ""))
        return server


class Post:
    """A webhook of the operator's, such as a pager's."""

    def __init__(self, url: str, secret: str) -> None:
        self._url, self._secret = url, secret

    def send(self, notice: Notice) -> None:
        """POST the alarm as JSON; any 2xx is a yes, and redirects are not followed. Raises NotDelivered."""
        body = json.dumps(
            {
                "id": notice.id,
                "kind": notice.kind,
                "organisation": notice.organisation,
                "words": notice.words[0],
                "count": notice.count,
                "link": notice.link,
                "at": notice.at.isoformat(),
            }
        ).encode()
        headers = {"Content-Type": "application/json", SIGNATURE: signature(self._secret, int(time.time()), body)}
        try:
            answer = requests.post(self._url, body, headers=headers, timeout=TIMEOUT_S, allow_redirects=False)
        except requests.RequestException as error:
            raise NotDelivered from error
        if not 200 <= answer.status_code < 300:
            raise NotDelivered


def signature(secret: str, at: int, body: bytes) -> str:
    """What proves that an alarm is ours, and when it was sent."""
    digest = hmac.digest(secret.encode(), b"%d.%s" % (at, body), hashlib.sha256).hex()
    return f"t={at},v1={digest}"


class Ways:
    """The ways that are set up; none in a development line."""

    def __init__(self, mail: Mail | None, post: Post | None) -> None:
        self._ways = {name: way for name, way in (("mail", mail), ("post", post)) if way is not None}

    @property
    def names(self) -> tuple[str, ...]:
        """`mail` and `post`, those that are set up."""
        return tuple(self._ways)

    def send(self, way: str, notice: Notice) -> None:
        """Send by one way. Raises NotDelivered."""
        self._ways[way].send(notice)
