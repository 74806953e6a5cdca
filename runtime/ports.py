"""Which of our ports are free, said in a sentence when one is not."""

import socket
from collections.abc import Mapping
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
    """Raise BusyPortError for the first port that is taken."""
    for name, port in ports.items():
        if not is_free(port):
            raise BusyPortError(
                f"Port {port} is taken by another program: stop that one, or choose another port with "
                f"`{name}={_free_near(port)} make run`."
            )


def _free_near(port: int) -> int:
    return next((near for near in range(port + 10, min(port + 200, 65536)) if is_free(near)), port + 10)
