"""Twilio's answer to `telephony.ports`: the official SDK with a base URL, a time-out and three kinds of failure."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import requests
from twilio.base.exceptions import TwilioException, TwilioRestException, TwilioServiceException
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response
from twilio.rest import Client
from urllib3.exceptions import NewConnectionError

from telephony.ports import CallGone, ProviderRefused, ProviderUnsure, ReceivedCall, ReceivedText, Seat, SentText

API = "https://api.twilio.com"
TIMEOUT_S = 10.0
CALL_EVENTS = ["initiated", "ringing", "answered", "completed"]
ENDED = ("completed", "busy", "no-answer", "failed", "canceled")
LIST_LIMIT = 100  # messages between two numbers, newest first; a reconciler looks back minutes, not days
NOT_IN_PROGRESS, NOT_FOUND = 21220, 20404  # twilio.com/docs/api/errors
TOO_MANY_REQUESTS = 429  # "never processed, always safe to retry" (Twilio error 20429)
NO_ANSWER_AT_ALL = 0  # our own code: the request never left this machine


class BaseUrlHttpClient(TwilioHttpClient):  # type: ignore[misc]  # the SDK is not annotated
    """The SDK's HTTP client, with every Twilio host replaced by `base` when one is given."""

    def __init__(self, base: str, timeout: float) -> None:
        super().__init__(timeout=timeout)
        self.base = base.rstrip("/")

    def address(self, url: str) -> str:
        """Where a request to `url` really goes."""
        parts = urlsplit(url)
        if not self.base or not (parts.hostname or "").endswith(".twilio.com"):
            return url
        return self.base + parts.path + (f"?{parts.query}" if parts.query else "")

    def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> Response:
        """One request, to the base URL."""
        return super().request(method, self.address(url), *args, **kwargs)


def _never_left(error: requests.RequestException) -> bool:
    """Whether no connection was made, so that nothing can have happened at the provider."""
    cause = error.args[0] if error.args else None
    return isinstance(error, requests.ConnectTimeout) or isinstance(getattr(cause, "reason", None), NewConnectionError)


def _failure(status: int, code: int) -> Exception:
    if code in (NOT_IN_PROGRESS, NOT_FOUND):
        return CallGone()
    if status == TOO_MANY_REQUESTS:
        return ProviderRefused(code, retry=True, too_many=True)
    if status >= 500:
        return ProviderUnsure()
    return ProviderRefused(code, retry=False)


@contextmanager
def failures_in_our_words() -> Iterator[None]:
    """Turn the SDK's and the network's exceptions into those of `telephony.ports`, without their texts."""
    try:
        yield
    except (TwilioRestException, TwilioServiceException) as error:
        raise _failure(error.status, error.code or error.status) from None
    except TwilioException as error:  # a list page that could not be read carries the response as its second argument
        response = error.args[1] if len(error.args) > 1 else None
        status = getattr(response, "status_code", 500)
        raise _failure(status, status) from None
    except requests.RequestException as error:
        if _never_left(error):
            raise ProviderRefused(NO_ANSWER_AT_ALL, retry=True) from None
        raise ProviderUnsure from None
    except ValueError:  # a success whose body is not JSON: it may well have happened
        raise ProviderUnsure from None


class TwilioTelephony:
    """Voice and text through Twilio's REST API. Safe to share between threads; make one after each fork."""

    def __init__(self, account_sid: str, auth_token: str, base_url: str = "", timeout: float = TIMEOUT_S) -> None:
        self._http = BaseUrlHttpClient(base_url, timeout)
        self._client = Client(account_sid, auth_token, http_client=self._http)
        self._auth = (account_sid, auth_token)

    def place_call(
        self, *, to: str, sender: str, url: str, status_url: str, ring_seconds: int, digits: str = ""
    ) -> str:
        """Ring a number; the provider's call id."""
        with failures_in_our_words():
            call = self._client.calls.create(
                to=to,
                from_=sender,
                url=url,
                method="POST",
                status_callback=status_url,
                status_callback_method="POST",
                status_callback_event=CALL_EVENTS,
                timeout=ring_seconds,
                **({"send_digits": digits} if digits else {}),
            )
        return str(call.sid)

    def redirect_call(self, sid: str, url: str) -> None:
        """Make a live call fetch `url` now."""
        with failures_in_our_words():
            self._client.calls(sid).update(url=url, method="POST")

    def end_call(self, sid: str, *, unless_answered: bool = False) -> None:
        """Hang up, or stop ringing; a call already over is fine. Twilio cancels only what nobody has picked up."""
        with suppress(CallGone), failures_in_our_words():
            self._client.calls(sid).update(status="canceled" if unless_answered else "completed")

    def call_status(self, sid: str) -> str:
        """Twilio's word for where a call stands."""
        with failures_in_our_words():
            return str(self._client.calls(sid).fetch().status)

    def room(self, name: str) -> str | None:
        """Twilio's id of the conference of this name that goes on: of many with one name, one is live at a time."""
        with failures_in_our_words():
            found = self._client.conferences.list(friendly_name=name, status="in-progress", limit=1)
        return str(found[0].sid) if found else None

    def seat(self, room: str, call: str, seat: Seat) -> None:
        """Change how a call sits in a conference."""
        options: dict[str, Any] = {}
        if seat.hold_url is not None:
            options["hold"] = bool(seat.hold_url)
        if seat.hold_url:
            options |= {"hold_url": seat.hold_url, "hold_method": "POST"}
        if seat.muted is not None:
            options["muted"] = seat.muted
        if seat.ends is not None:
            options["end_conference_on_exit"] = seat.ends
        if seat.coaches is not None:
            options["coaching"] = bool(seat.coaches)
        if seat.coaches:
            options["call_sid_to_coach"] = seat.coaches
        with failures_in_our_words():
            self._client.conferences(room).participants(call).update(**options)

    def speak(self, room: str, call: str, url: str) -> None:
        """An announcement to one participant."""
        with failures_in_our_words():
            self._client.conferences(room).participants(call).update(announce_url=url, announce_method="POST")

    def is_talking(self, sid: str) -> bool:
        """Whether Twilio lists a live child call of this one."""
        with failures_in_our_words():
            return bool(self._client.calls.list(parent_call_sid=sid, status="in-progress", limit=1))

    def send_text(self, *, to: str, sender: str, body: str, status_url: str) -> str:
        """Send a message; the provider's message id."""
        with failures_in_our_words():
            message = self._client.messages.create(to=to, from_=sender, body=body, status_callback=status_url)
        return str(message.sid)

    def sent_texts(self, *, to: str, sender: str, since: datetime) -> Sequence[SentText]:
        """What Twilio lists from `sender` to `to` since then. A message not yet sent has only its date of creation."""
        with failures_in_our_words():
            listed = self._client.messages.list(to=to, from_=sender, limit=LIST_LIMIT, page_size=LIST_LIMIT)
        texts = [SentText(str(m.sid), str(m.status), str(m.body), _time_of(m)) for m in listed]
        return [text for text in texts if text.sent_at is None or text.sent_at >= since]

    def received_texts(self, *, recipient: str, since: datetime) -> Sequence[ReceivedText]:
        """What came in to one of our numbers since then."""
        with failures_in_our_words():
            listed = self._client.messages.list(to=recipient, date_sent_after=since, page_size=LIST_LIMIT)
        return [
            ReceivedText(str(m.sid), str(m.from_), str(m.to), str(m.body), _time_of(m), int(m.num_media or 0))
            for m in listed
            if m.direction == "inbound"
        ]

    def received_calls(self, *, recipient: str, since: datetime) -> Sequence[ReceivedCall]:
        """What came in to one of our numbers since then."""
        with failures_in_our_words():
            listed = self._client.calls.list(to=recipient, start_time_after=since, page_size=LIST_LIMIT)
        found = [(call, call.start_time or call.date_created) for call in listed if call.direction == "inbound"]
        return [
            # the SDK has the caller's number of a call under a private name only (of a message it is `from_`)
            ReceivedCall(str(call.sid), str(call._from), str(call.to), _aware(began), call.status in ENDED)
            for call, began in found
            if began is not None
        ]

    def talked_seconds(self, sid: str) -> int:
        """The longest of the calls that were bridged to this one."""
        with failures_in_our_words():
            children = self._client.calls.list(parent_call_sid=sid, status="completed", limit=LIST_LIMIT)
        return max((int(child.duration or 0) for child in children), default=0)

    def recording(self, sid: str) -> bytes:
        """The audio of a recording (WAV)."""
        url = f"{API}/2010-04-01/Accounts/{self._auth[0]}/Recordings/{sid}.wav"
        with failures_in_our_words():
            answer = requests.get(self._http.address(url), auth=self._auth, timeout=self._http.timeout)
        if answer.status_code != requests.codes.ok:
            raise _failure(answer.status_code, answer.status_code)
        return answer.content

    def delete_recording(self, sid: str) -> None:
        """Remove a recording at Twilio; one already gone is fine."""
        with suppress(CallGone), failures_in_our_words():
            self._client.recordings(sid).delete()

    def delete_text(self, sid: str) -> None:
        """Remove Twilio's copy of a message; already gone is fine."""
        with suppress(CallGone), failures_in_our_words():
            self._client.messages(sid).delete()

    def delete_call(self, sid: str) -> None:
        """Remove Twilio's record of a call that is over; already gone is fine."""
        with suppress(CallGone), failures_in_our_words():
            self._client.calls(sid).delete()

    def delete_transcription(self, sid: str) -> None:
        """Remove the words of a recording at Twilio; already gone is fine."""
        with suppress(CallGone), failures_in_our_words():
            self._client.transcriptions(sid).delete()


def _time_of(message: Any) -> datetime | None:
    when: datetime | None = message.date_sent or message.date_created
    return when if when is None else _aware(when)


def _aware(when: datetime) -> datetime:
    return when.replace(tzinfo=UTC) if when.tzinfo is None else when
