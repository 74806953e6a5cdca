"""Calls: create, fetch, list, update, delete; and the account itself."""

from collections.abc import Mapping
from typing import Any

from simulator import numbers, twiml
from simulator.calls import Call, Callbacks, Fallback
from simulator.exchange import Exchange
from simulator.placing import EXTRA_SECONDS, Detection, Order, place
from simulator.rest.edge import Form, RestError, Route, missing, refused
from simulator.rest.shapes import API_VERSION, between, newest_first, page, uri, when
from simulator.running import Goto, Target, life
from simulator.script import Redirected
from simulator.twiml import Broken

_TIMEOUT = 60.0
_LONGEST_TIMEOUT = 600.0
_LONGEST_TWIML = 4000
_NOT_IN_PROGRESS = 21220


def shape(exchange: Exchange, call: Call) -> dict[str, Any]:
    """A call as Twilio shows it."""
    path = f"Calls/{call.sid}"
    return {
        "sid": call.sid,
        "account_sid": exchange.settings.account_sid,
        "parent_call_sid": call.parent.sid if call.parent else None,
        "from": call.from_,
        "from_formatted": call.from_,
        "to": call.to,
        "to_formatted": call.to,
        "status": "queued" if call.status == "initiated" else call.status,
        "direction": call.direction,
        "start_time": when(call.answered or (call.rang if call.over else None)),
        "end_time": when(call.ended),
        "duration": str(call.duration) if call.over else None,
        "answered_by": call.answered_by,
        "queue_time": "0",
        "date_created": when(call.created),
        "date_updated": when(call.ended or call.answered or call.created),
        "phone_number_sid": None,
        "price": None,
        "price_unit": "USD",
        "forwarded_from": None,
        "group_sid": None,
        "caller_name": None,
        "trunk_sid": "",
        "api_version": API_VERSION,
        "uri": uri(exchange, f"{path}.json"),
        "subresource_uris": {"recordings": uri(exchange, f"{path}/Recordings.json")},
    }


def find(exchange: Exchange, sid: str) -> Call:
    """The call. Raises 20404."""
    call = exchange.calls.get(sid)
    if call is None:
        raise missing(f"/Calls/{sid}.json")
    return call


def create(exchange: Exchange, form: Form, _path: Mapping[str, str]) -> dict[str, Any]:
    """Place a call; it waits for its turn in calls a second."""
    target = _target(form)
    if target is None:
        raise refused(21205, "Url parameter is required.")
    call = place(exchange, order(exchange, form, lambda call: call.run(life(call, target))), exchange.slot())
    call.fallback = Fallback(form.get("FallbackUrl", ""), form.get("FallbackMethod", "POST"))
    return shape(exchange, call)


def order(exchange: Exchange, form: Form, begin: Any) -> Order:
    """A REST order, checked. Raises RestError."""
    to, from_ = form.get("To", ""), form.get("From", "")
    if not to:
        raise refused(21201, "No 'To' number is specified")
    if not numbers.reachable(to):
        raise refused(21211, f"The phone number you are attempting to call, {to}, is not valid.")
    if exchange.line(from_) is None:
        raise refused(21210, f"The source phone number provided, {from_}, is not yet verified for your account.")
    events = frozenset(event for item in form.getlist("StatusCallbackEvent") for event in item.split())
    method = form.get("StatusCallbackMethod", "POST")
    waits = form.get("AsyncAmd", "").lower() != "true"
    detected = form.get("AsyncAmdStatusCallback") or form.get("AmdStatusCallback") or ""
    timeout = min(form.get("Timeout", _TIMEOUT, type=float), _LONGEST_TIMEOUT)
    return Order(
        direction="outbound-api",
        from_=from_,
        to=to,
        begin=begin,
        timeout=timeout + EXTRA_SECONDS,
        callbacks=Callbacks(form.get("StatusCallback", ""), method, events or frozenset({"completed"})),
        detection=Detection("" if form.get("SendDigits") else form.get("MachineDetection", ""), waits, detected),
        digits=form.get("SendDigits", ""),
    )


def _target(form: Form) -> Target | None:
    """What Url or Twiml says; Twiml is ignored when there is a Url."""
    if form.get("Url"):
        return Goto(form["Url"], form.get("Method", "POST").upper())
    text = form.get("Twiml", "")
    if not text:
        return None
    if len(text) > _LONGEST_TWIML:
        raise refused(21602, f"Twiml must be at most {_LONGEST_TWIML} characters.")
    try:
        return twiml.parse(text.encode(), "text/xml")
    except Broken as broken:
        raise refused(broken.code, str(broken)) from broken


def fetch(exchange: Exchange, _form: Form, path: Mapping[str, str]) -> dict[str, Any]:
    """One call."""
    return shape(exchange, find(exchange, path["sid"]))


def listing(exchange: Exchange, form: Form, _path: Mapping[str, str]) -> dict[str, Any]:
    """Calls by To, From, Status, ParentCallSid, StartTime, EndTime."""
    found = [call for call in newest_first(list(exchange.calls.values())) if _matches(exchange, form, call)]
    return page(exchange, form, "calls", "Calls.json", [shape(exchange, call) for call in found])


def _matches(exchange: Exchange, form: Form, call: Call) -> bool:
    shown = shape(exchange, call)
    wanted = {"To": "to", "From": "from", "Status": "status", "ParentCallSid": "parent_call_sid"}
    return (
        all(shown[key] == form[name] for name, key in wanted.items() if form.get(name))
        and between(form, "StartTime", call.answered or call.created)
        and between(form, "EndTime", call.ended)
    )


def update(exchange: Exchange, form: Form, path: Mapping[str, str]) -> dict[str, Any]:
    """Redirect a call in progress, or end it."""
    call = find(exchange, path["sid"])
    status = form.get("Status", "")
    target = _target(form)
    if call.over:
        raise refused(_NOT_IN_PROGRESS, "Call is not in-progress. Cannot redirect.")
    if status == "canceled" and call.status == "in-progress":
        raise refused(_NOT_IN_PROGRESS, "Call is in-progress. Cannot cancel.")
    if status in {"completed", "canceled"}:
        call.finish("completed" if call.answered else "canceled")
    elif target is not None:
        _redirect(call, form, target)
    return shape(exchange, call)


def _redirect(call: Call, form: Form, target: Target) -> None:
    if call.status != "in-progress":
        raise refused(_NOT_IN_PROGRESS, "Call is not in-progress. Cannot redirect.")
    if form.get("FallbackUrl"):
        call.fallback = Fallback(form["FallbackUrl"], form.get("FallbackMethod", "POST"))
    if form.get("StatusCallback"):
        call.callbacks = Callbacks(form["StatusCallback"], form.get("StatusCallbackMethod", "POST"))
    call.redirect(Redirected(target))


def delete(exchange: Exchange, _form: Form, path: Mapping[str, str]) -> None:
    """Forget a call that is over."""
    call = find(exchange, path["sid"])
    if not call.over:
        raise RestError(409, 20409, "A call in progress cannot be deleted.")
    del exchange.calls[call.sid]


def account(exchange: Exchange, _form: Form, _path: Mapping[str, str]) -> dict[str, Any]:
    """The account."""
    return {
        "sid": exchange.settings.account_sid,
        "friendly_name": "Simulated account",
        "status": "active",
        "type": "Full",
        "owner_account_sid": exchange.settings.account_sid,
        "auth_token": exchange.settings.auth_token,
        "date_created": when(exchange.engine.now),
        "date_updated": when(exchange.engine.now),
        "uri": f"/{API_VERSION}/Accounts/{exchange.settings.account_sid}.json",
        "subresource_uris": {},
    }


ROUTES: list[Route] = [
    ("POST", "/Calls.json", create),
    ("GET", "/Calls.json", listing),
    ("GET", "/Calls/<sid>.json", fetch),
    ("POST", "/Calls/<sid>.json", update),
    ("DELETE", "/Calls/<sid>.json", delete),
    ("GET", ".json", account),
]
