"""Which status may follow which; final ones stay final."""

from routing.vocabulary import ContactStatus, LegStatus, TextStatus

_CONTACT: dict[ContactStatus, frozenset[ContactStatus]] = {
    ContactStatus.WAITING: frozenset(
        {
            ContactStatus.CLAIMED,
            ContactStatus.ENDED,
            ContactStatus.ABANDONED,
            ContactStatus.CONNECTED,
            ContactStatus.WITH_CRISIS_LINE,
        }
    ),
    ContactStatus.CLAIMED: frozenset(
        {ContactStatus.CONNECTED, ContactStatus.WAITING, ContactStatus.ENDED, ContactStatus.ABANDONED}
    ),
    ContactStatus.CONNECTED: frozenset({ContactStatus.WAITING, ContactStatus.ENDED, ContactStatus.CLOSED}),
    ContactStatus.WITH_CRISIS_LINE: frozenset({ContactStatus.WAITING, ContactStatus.ENDED}),
    ContactStatus.CONVERSING: frozenset({ContactStatus.ENDED, ContactStatus.CLOSED, ContactStatus.WAITING}),
    # a callback or a reconnect opens the same contact again
    ContactStatus.ENDED: frozenset({ContactStatus.CLOSED, ContactStatus.WAITING}),
    ContactStatus.ABANDONED: frozenset({ContactStatus.CLOSED, ContactStatus.WAITING}),
    ContactStatus.CLOSED: frozenset({ContactStatus.WAITING}),
}
_LEG = list(LegStatus)
_TEXT_RANK = {
    TextStatus.QUEUED: 0,
    TextStatus.SENDING: 1,
    TextStatus.UNKNOWN: 2,
    TextStatus.SENT: 3,
    TextStatus.DELIVERED: 4,
    TextStatus.UNDELIVERED: 4,
    TextStatus.FAILED: 4,
}


def contact_may_become(current: ContactStatus, new: ContactStatus) -> bool:
    """Whether a contact in `current` may move to `new`."""
    return new in _CONTACT[current]


def leg_may_become(current: LegStatus, new: LegStatus) -> bool:
    """Legs only move forward: a late `ringing` cannot bring back a leg that has ended."""
    return _LEG.index(new) > _LEG.index(current)


def text_may_become(current: TextStatus, new: TextStatus) -> bool:
    """Delivery only moves forward; a late `sent` cannot undo `delivered`."""
    return current in _TEXT_RANK and new in _TEXT_RANK and _TEXT_RANK[new] > _TEXT_RANK[current]
