"""Which status may follow which: legs and texts only move forward, so that a late or doubled event changes nothing."""

from routing.vocabulary import LegStatus, TextStatus

_LEG = list(LegStatus)
_TEXT_RANK = {
    TextStatus.SENT: 1,
    TextStatus.UNDELIVERED: 2,
    TextStatus.FAILED: 2,
    TextStatus.DELIVERED: 3,
}


def leg_may_become(current: LegStatus, new: LegStatus) -> bool:
    """Legs only move forward: a late `ringing` cannot bring back a leg that has ended."""
    return _LEG.index(new) > _LEG.index(current)


def text_may_become(current: TextStatus, new: TextStatus) -> bool:
    """Delivery only moves forward: a late `sent` cannot undo `delivered`; before `sent` anything may come."""
    return _TEXT_RANK.get(new, 0) > _TEXT_RANK.get(current, 0)
