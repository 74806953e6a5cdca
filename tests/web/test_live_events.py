"""How the events process writes to open pages: each in its own framing, bursts together, never waiting for one."""

import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest

from web.events import Fan, Page, lines

LONG = [str(number) for number in range(2_000)]


@contextmanager
def browser(protocol: str = "HTTP/1.1") -> Iterator[tuple[Page, socket.socket]]:
    """A page of the events process, and the socket that its browser reads."""
    ours, theirs = socket.socketpair()
    with closing(ours), closing(theirs):
        ours.setblocking(False)
        theirs.setblocking(False)
        yield Page({"gunicorn.socket": ours, "SERVER_PROTOCOL": protocol}), theirs


def test_every_page_is_told_in_the_way_it_asked_and_first_that_it_may_have_missed_something() -> None:
    fan = Fan("redis://unused")
    with browser() as (page, reads), browser("HTTP/1.0") as (old_page, old_reads):
        fan.join(page)
        fan.join(old_page)
        assert reads.recv(999) == b"17\r\nevent: contact\ndata: \n\n\r\n"
        assert old_reads.recv(999) == b"event: contact\ndata: \n\n"
        fan.tell(["1", "2"])
        burst = b"event: contact\ndata: 1\n\nevent: contact\ndata: 2\n\n"
        assert reads.recv(999) == b"30\r\n" + burst + b"\r\n"
        assert old_reads.recv(999) == burst
        fan.leave(old_page)
        fan.tell(["3"])
        assert b"data: 3\n" in reads.recv(999)
        with pytest.raises(BlockingIOError):
            old_reads.recv(999)


def test_a_page_that_does_not_keep_up_is_let_go_and_the_others_are_told() -> None:
    fan = Fan("redis://unused")
    with browser() as (slow, _), browser() as (page, reads):
        stream = lines(fan, slow)
        assert next(stream) == b": hello\n\n"
        fan.join(slow)
        fan.join(page)
        while not slow.lost:
            fan.tell(LONG)
            reads.recv(10**6)
        with pytest.raises(BrokenPipeError):  # so gunicorn closes it without another word
            next(stream)
        fan.tell(["4"])
        assert b"data: 4\n" in reads.recv(999)


def test_a_page_whose_browser_is_gone_is_let_go() -> None:
    fan = Fan("redis://unused")
    with browser() as (page, reads):
        fan.join(page)
        reads.close()
        fan.tell(["5"])
        assert page.over.is_set()
