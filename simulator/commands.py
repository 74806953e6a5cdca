"""What one can do to the simulated world, by name and plain values; page, control API and driver share it."""

from collections.abc import Callable
from dataclasses import asdict, fields
from typing import Any

from simulator import inbound_texts, numbers, phones, views
from simulator.calls import Call
from simulator.exchange import Exchange
from simulator.faults import Fault
from simulator.phones import Behaviour

Args = dict[str, Any]
Command = Callable[[Exchange, Args], Any]
COMMANDS: dict[str, Command] = {}

_FASTEST = 1000.0
_KEYS = frozenset("0123456789*#")


class Refused(ValueError):
    """A command that cannot be done; the sentence says why."""


def perform(exchange: Exchange, name: str, args: Args) -> Any:
    """Do it under the lock. Raises Refused."""
    command = COMMANDS.get(name)
    if command is None:
        raise Refused(f"There is no command {name!r}. Known are {', '.join(sorted(COMMANDS))}.")
    with exchange.engine.lock:
        try:
            result = command(exchange, args)
        except KeyError as missing:
            raise Refused(f"The command {name!r} needs {missing}.") from missing
        except (ValueError, TypeError) as error:
            raise Refused(str(error)) from error
        exchange.engine.touch()
        return result


def command(function: Command) -> Command:
    """Register a command under its function's name, with dashes."""
    COMMANDS[function.__name__.replace("_", "-")] = function
    return function


def _number(args: Args, key: str = "number") -> str:
    number = str(args[key]).strip()
    if not numbers.dialable(number):
        raise Refused(f"{number!r} is not a telephone number like +16175550123.")
    return number


def _call(exchange: Exchange, args: Args) -> Call:
    call = exchange.calls.get(str(args["sid"]))
    if call is None:
        raise Refused("There is no such call.")
    return call


@command
def add_phone(exchange: Exchange, args: Args) -> Any:
    """Make a phone, or label one."""
    phone = exchange.phone(_number(args))
    phone.label = str(args.get("label") or phone.label)
    return views.phone(phone)


@command
def behave(exchange: Exchange, args: Args) -> Any:
    """Set what a phone does by itself."""
    phone = exchange.phone(_number(args))
    known = {field.name for field in fields(Behaviour)}
    phone.behaviour = Behaviour(**{key: value for key, value in args.items() if key in known})
    phone.texts_fail = int(args.get("texts_fail", phone.texts_fail))
    return views.phone(phone)


@command
def dial(exchange: Exchange, args: Args) -> Any:
    """A phone calls the helpline."""
    line = args.get("line") or next(iter(exchange.lines.values())).number
    return views.call(exchange.dial(_number(args), str(line), bool(args.get("hide_number"))))


@command
def answer(exchange: Exchange, args: Args) -> Any:
    """Take a ringing call."""
    call = _call(exchange, args)
    if call.status == "ringing" and call.direction != "inbound":
        call.answer()
    return views.call(call)


@command
def decline(exchange: Exchange, args: Args) -> Any:
    """Reject a ringing call."""
    call = _call(exchange, args)
    if call.direction != "inbound":
        phones.decline(call)
    return views.call(call)


@command
def press(exchange: Exchange, args: Args) -> Any:
    """Press keys."""
    call, keys = _call(exchange, args), str(args["keys"])
    if not keys or set(keys) - _KEYS:
        raise Refused("Keys are 0 to 9, * and #.")
    if not call.over:
        call.press(keys)
    return views.call(call)


@command
def say(exchange: Exchange, args: Args) -> Any:
    """Say words."""
    call = _call(exchange, args)
    if not call.over and str(args["words"]).strip():
        call.say(str(args["words"]).strip())
    return views.call(call)


@command
def hang_up(exchange: Exchange, args: Args) -> Any:
    """Hang up: before the answer an own call is canceled."""
    call = _call(exchange, args)
    if call.direction != "inbound" and call.answered is None:
        phones.decline(call)
    else:
        call.finish("completed" if call.answered else "canceled")
    return views.call(call)


@command
def text(exchange: Exchange, args: Args) -> Any:
    """A phone texts the helpline."""
    line = args.get("line") or next(iter(exchange.lines.values())).number
    media = [str(url) for url in args.get("media", [])]
    return {"sid": inbound_texts.receive(exchange, _number(args), str(line), str(args["body"]), media).sid}


@command
def add_fault(exchange: Exchange, args: Args) -> Any:
    """Arm a fault."""
    known = {field.name for field in fields(Fault)} - {"number", "struck"}
    return asdict(exchange.faults.add(Fault(**{key: value for key, value in args.items() if key in known})))


@command
def remove_fault(exchange: Exchange, args: Args) -> Any:
    """Disarm a fault by its number, or all."""
    if args.get("all"):
        exchange.faults.clear()
    else:
        exchange.faults.remove(int(args["number"]))
    return {}


@command
def set_speed(exchange: Exchange, args: Args) -> Any:
    """Let time run faster."""
    speed = float(args["speed"])
    if not 0 < speed <= _FASTEST:
        raise Refused(f"The speed is more than 0 and at most {_FASTEST:.0f}.")
    exchange.engine.set_speed(speed)
    return {"speed": speed}


@command
def set_timing(exchange: Exchange, args: Args) -> Any:
    """Change how long things take, by the names of `Timing`."""
    return _set(exchange.settings.timing, {key: float(value) for key, value in args.items()})


@command
def set_switches(exchange: Exchange, args: Args) -> Any:
    """Change undocumented choices, by the names of `Switches`."""
    return _set(exchange.settings.switches, args)


def _set(target: Any, values: Args) -> Args:
    known = {field.name for field in fields(target)}
    for key, value in values.items():
        if key not in known:
            raise Refused(f"There is no setting {key!r}. Known are {', '.join(sorted(known))}.")
        setattr(target, key, value)
    return asdict(target)


@command
def reset(exchange: Exchange, _args: Args) -> Any:
    """Forget everything."""
    exchange.reset()
    return {}


@command
def view_call(exchange: Exchange, args: Args) -> Any:
    """One call."""
    return views.call(_call(exchange, args))


@command
def view_phone(exchange: Exchange, args: Args) -> Any:
    """One phone."""
    return views.phone(exchange.phone(_number(args)))


@command
def view_world(exchange: Exchange, _args: Args) -> Any:
    """Everything that the page shows."""
    return views.world(exchange)


@command
def view_log(exchange: Exchange, args: Args) -> Any:
    """Entries of the log after the one numbered `after`, of the given kinds (all by default)."""
    kinds, after = args.get("kinds"), int(args.get("after", 0))
    return [asdict(e) for e in exchange.journal.entries if e.number > after and (not kinds or e.kind in kinds)]
