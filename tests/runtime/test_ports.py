"""Ports: chosen, checked, and a sentence for one that is taken."""

import socket

import pytest

from runtime.ports import BusyPortError, chosen_ports, is_free, require_free


def test_the_ports_have_defaults_and_can_be_chosen() -> None:
    assert chosen_ports({}) == {"PORT": 8000, "EVENTS_PORT": 8001, "SIMULATOR_PORT": 8070}
    assert chosen_ports({"PORT": "9000"})["PORT"] == 9000


@pytest.mark.parametrize("env", [{"PORT": "web"}, {"PORT": "0"}, {"PORT": "70000"}, {"PORT": "8001"}])
def test_a_wrong_or_double_port_gets_a_sentence(env: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="PORT"):
        chosen_ports(env)


def test_a_taken_port_gets_a_sentence_with_a_command_that_works() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(BusyPortError, match=rf"Port {port} is taken.*`PORT=\d+ make run`") as refusal:
            require_free({"PORT": port})
        assert is_free(int(str(refusal.value).split("PORT=")[1].split(" ")[0]))
    require_free({"PORT": port})


def test_all_taken_ports_are_named_at_once_with_one_command_that_keeps_what_was_chosen() -> None:
    with socket.create_server(("127.0.0.1", 0)) as one, socket.create_server(("127.0.0.1", 0)) as two:
        ports = {"PORT": one.getsockname()[1], "EVENTS_PORT": two.getsockname()[1], "SIMULATOR_PORT": 8099}
        with pytest.raises(BusyPortError) as refusal:
            require_free(ports)
    words = str(refusal.value)
    assert words.startswith(f"Ports {ports['PORT']} and {ports['EVENTS_PORT']} are taken")
    command = dict(pair.split("=") for pair in words.split("`")[1].split() if "=" in pair)
    assert command["SIMULATOR_PORT"] == "8099"
    assert len({*command.values()}) == 3
    assert not {*command.values()} & {str(ports["PORT"]), str(ports["EVENTS_PORT"])}
