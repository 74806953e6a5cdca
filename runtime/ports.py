"""Which of our ports are free, said in a sentence when one is not."""

import socket
from collections.abc import Mapping, Set
from contextlib import closing

PORTS = {"PORT": 8000, "EVENTS_PORT": 8001, "SIMULATOR_PORT": 8070}


class BusyPortError(Exception):
    """A port is taken; the text is a sentence that says what to do."""


def chosen_ports(env: Mapping[str, str]) -> dict[str, int]:
    """Each port variable's number. Raises ValueError with a sentence for one that is no port or that two share."""
    ports: dict[str, int] = {}
    for name, default in PORTS.items():
        given = env.get(name) or str(default)
        if not given.isdigit() or not 0 < int(given) < 65536:
            raise ValueError(f"{name} must be a number from 1 to 65535.")
        if int(given) in ports.values():
            raise ValueError(f"{name} is {given}, which another part uses already: choose another number.")
        ports[name] = int(given)
    return ports


def is_free(port: int) -> bool:
    """Whether we could listen on this port of the loopback address."""
    with closing(socket.socket(socket.AF_INET, socket.SOCK_STREAM)) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def require_free(ports: Mapping[str, int]) -> None:
    """Raise BusyPortError when a port is taken: its text names every one of them, and the command that works."""
    taken = [name for name, port in ports.items() if not is_free(port)]
    if not taken:
        return
    chosen = dict(ports)
    for name in taken:
        chosen[name] = _free_near(ports[name], set(chosen.values()))
    wish = " ".join(f"{name}={port}" for name, port in chosen.items() if port != PORTS[name])
    busy = " and ".join(str(ports[name]) for name in taken)
    which = f"Port {busy} is" if len(taken) == 1 else f"Ports {busy} are"
    raise BusyPortError(
        f"{which} taken by another program: stop that one, or choose other ports with `{wish} make run`."
    )


def _free_near(port: int, others: Set[int]) -> int:
    """A port near a busy one that is free and that no other part of ours wants."""
    near = range(port + 10, min(port + 200, 65536))
    return next((one for one in near if one not in others and is_free(one)), port + 10)
