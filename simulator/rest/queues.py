"""Queues and their members: create, fetch, list, update, delete; dequeue a member to other TwiML."""

from collections.abc import Mapping
from typing import Any

from simulator.exchange import Exchange
from simulator.queues import DEFAULT_SIZE, LONGEST_NAME, Member, Queue
from simulator.rest.edge import Form, Route, missing, refused
from simulator.rest.shapes import page, uri, when
from simulator.running import Goto
from simulator.script import Redirected

_FRONT = "Front"


def shape(exchange: Exchange, queue: Queue) -> dict[str, Any]:
    """A queue as Twilio shows it."""
    path = f"Queues/{queue.sid}"
    return {
        "sid": queue.sid,
        "account_sid": exchange.settings.account_sid,
        "friendly_name": queue.name,
        "current_size": len(queue.members),
        "max_size": queue.size,
        "average_wait_time": queue.average_wait,
        "date_created": when(queue.created),
        "date_updated": when(exchange.engine.now),
        "uri": uri(exchange, f"{path}.json"),
        "subresource_uris": {"members": uri(exchange, f"{path}/Members.json")},
    }


def _shape_member(exchange: Exchange, member: Member) -> dict[str, Any]:
    return {
        "call_sid": member.call.sid,
        "queue_sid": member.queue.sid,
        "account_sid": exchange.settings.account_sid,
        "position": member.position,
        "wait_time": member.waited,
        "date_enqueued": when(member.enqueued),
        "uri": uri(exchange, f"Queues/{member.queue.sid}/Members/{member.call.sid}.json"),
    }


def _find(exchange: Exchange, sid: str) -> Queue:
    queue = exchange.queues.get(sid)
    if queue is None:
        raise missing(f"/Queues/{sid}.json")
    return queue


def _find_member(exchange: Exchange, path: Mapping[str, str]) -> Member:
    waiting = [member for member in _find(exchange, path["sid"]).members if not member.taken]
    for member in waiting:
        if path["call"] in {member.call.sid, _FRONT}:
            return member
    raise missing(f"/Queues/{path['sid']}/Members/{path['call']}.json")


def create(exchange: Exchange, form: Form, _path: Mapping[str, str]) -> dict[str, Any]:
    """Make a queue."""
    name = form.get("FriendlyName", "")
    if not 0 < len(name) <= LONGEST_NAME:
        raise refused(22001, f"A queue name has 1 to {LONGEST_NAME} characters.")
    if exchange.queue_named(name, create=False) is not None:
        raise refused(22003, "A queue with this name exists already.")
    queue = Queue(exchange, name, form.get("MaxSize", DEFAULT_SIZE, type=int))
    exchange.queues[queue.sid] = queue
    return shape(exchange, queue)


def fetch(exchange: Exchange, _form: Form, path: Mapping[str, str]) -> dict[str, Any]:
    """One queue."""
    return shape(exchange, _find(exchange, path["sid"]))


def listing(exchange: Exchange, form: Form, _path: Mapping[str, str]) -> dict[str, Any]:
    """All queues."""
    return page(exchange, form, "queues", "Queues.json", [shape(exchange, queue) for queue in exchange.queues.values()])


def update(exchange: Exchange, form: Form, path: Mapping[str, str]) -> dict[str, Any]:
    """Rename or resize."""
    queue = _find(exchange, path["sid"])
    queue.name = form.get("FriendlyName", queue.name)
    queue.size = form.get("MaxSize", queue.size, type=int)
    return shape(exchange, queue)


def delete(exchange: Exchange, _form: Form, path: Mapping[str, str]) -> None:
    """Remove an empty queue."""
    queue = _find(exchange, path["sid"])
    if queue.members:
        raise refused(22002, "A queue with calls in it cannot be deleted.")
    del exchange.queues[queue.sid]


def members(exchange: Exchange, form: Form, path: Mapping[str, str]) -> dict[str, Any]:
    """Who waits, first in line first."""
    queue = _find(exchange, path["sid"])
    shown = [_shape_member(exchange, member) for member in queue.members]
    return page(exchange, form, "queue_members", f"Queues/{queue.sid}/Members.json", shown)


def fetch_member(exchange: Exchange, _form: Form, path: Mapping[str, str]) -> dict[str, Any]:
    """One member, by call SID or `Front`."""
    return _shape_member(exchange, _find_member(exchange, path))


def dequeue(exchange: Exchange, form: Form, path: Mapping[str, str]) -> dict[str, Any]:
    """Send a waiting call to other TwiML."""
    member = _find_member(exchange, path)
    if not form.get("Url"):
        raise refused(21205, "Url parameter is required.")
    shown = _shape_member(exchange, member)
    member.taken = True
    member.call.redirect(Redirected(Goto(form["Url"], form.get("Method", "POST").upper())))
    return shown


_MEMBER = "/Queues/<sid>/Members/<call>.json"
ROUTES: list[Route] = [
    ("POST", "/Queues.json", create),
    ("GET", "/Queues.json", listing),
    ("GET", "/Queues/<sid>.json", fetch),
    ("POST", "/Queues/<sid>.json", update),
    ("DELETE", "/Queues/<sid>.json", delete),
    ("GET", "/Queues/<sid>/Members.json", members),
    ("GET", _MEMBER, fetch_member),
    ("POST", _MEMBER, dequeue),
]
