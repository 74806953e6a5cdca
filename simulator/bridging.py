"""Two calls joined into one conversation."""

from simulator.calls import Call


def bridge(one: Call, other: Call) -> None:
    """Let two calls hear each other."""
    one.partner, other.partner = other, one
    for call, partner in ((one, other), (other, one)):
        call.hear(f"connected with {partner.number}", "state")
        call.look()


def part(call: Call) -> None:
    """Take a call out of its conversation, if it is in one; the other side is told to look."""
    other = call.partner
    if other is None:
        return
    call.partner = other.partner = None
    call.look()
    other.look()
