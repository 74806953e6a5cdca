"""Whoever has a caller presses the buttons of the page, and a colleague who leads those of the board."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

from models.contacts import Contact, leg_by_sid, live_legs
from models.people import Counselor
from routing.vocabulary import GUESTS, Part
from services import in_call, intake_lines, supervising, transfers
from services.house import House
from services.in_call import By

PRESSED: Final = "press: "  # how the deed of a button begins
OWN = {
    "hold": in_call.hold,
    "resume": in_call.resume,
    "hang up": in_call.hang_up,
    "help": in_call.ask_help,
    "988": transfers.with_988,
    "join": transfers.join,
    "hand over": transfers.hand_over,
    "let go": transfers.let_guest_go,
    "next place": intake_lines.next_place,
    "interpreter": transfers.with_interpreter,
    "no interpreter": transfers.without_interpreter,
}
SUPERVISED = (Part.LISTEN, Part.WHISPER, Part.BARGE)
BOARD = {"leave": supervising.leave, "take": supervising.take_over}
BUTTONS: Final = (*OWN, "place", "keys", "mute", "unmute", "warm", "cold", *BOARD, *(part.value for part in SUPERVISED))


class Console:
    """The page and the board of a history. A button that is refused does nothing, as on the page."""

    def __init__(
        self, house: House, people: Sequence[Counselor], listings: Sequence[int], now: Callable[[], datetime]
    ) -> None:
        self._house, self._people, self._listings, self._now = house, people, listings, now

    def press(self, call: str, button: str) -> None:
        """A button of the contact of this call (the provider's id)."""
        with self._house.db.begin() as session:
            leg = leg_by_sid(session, call)
            contact = session.get(Contact, leg.contact_id) if leg else None
            if contact is None:
                return
            about, has_it = contact.id, contact.claimed_by
        other = next((person.id for person in self._people if person.id != has_it), None)
        lead = By(other, leads=True) if other else None
        # a conversation with a backup centre or on-call number is nobody's, and whoever leads may press
        by = By(has_it, leads=False) if has_it else lead
        house, now = self._house, self._now()
        if by is None:
            return
        if button in OWN:
            OWN[button](house, about, by, now)
        elif button == "place":
            intake_lines.to_facility(house, about, by, self._listings, now)
        elif button == "keys":
            intake_lines.press_keys(house, about, by, "12", now)
        elif button in ("mute", "unmute"):
            in_call.mute(house, about, by, button == "mute", now)
        elif lead is None:
            return
        elif button in ("warm", "cold"):
            transfers.to_colleague(house, about, by, lead.id, button == "warm", now)
        elif button in BOARD:
            BOARD[button](house, about, lead, now)
        else:
            supervising.supervise(house, about, lead, Part(button), now)

    def added(self, room: str) -> int:
        """How many phones more than two may be in this conference now: those asked in, and those on their way out."""
        with self._house.db.begin() as session:
            contact = session.query(Contact).filter(Contact.room == room).first()
            legs = live_legs(session, contact.id) if contact is not None else ()
            return sum(leg.kind in GUESTS or leg.end_reason == "handed_over" or "leaves" in leg.seat for leg in legs)
