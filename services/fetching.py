"""The caller's way into the conference: fetched by a worker's redirect, or let in by the call itself, never both."""

from datetime import datetime

from models.contacts import Contact

# The caller enters a conference in one way only: redirected by a worker (FETCHED_AT), or let in by the call itself
# (LET_IN). A redirect of a call that is in already would end the conference (TWILIO.md 4.7).
FETCHED_AT, LET_IN = "fetched_at", "let_in_at"
FETCH_SECONDS = 12  # the provider's time-out and a little


def fetch(contact: Contact, now: datetime) -> bool:
    """Whether a worker may redirect the call now; False when the call has gone in by itself already."""
    if LET_IN in contact.flow:
        return False
    contact.flow = {**contact.flow, FETCHED_AT: int(now.timestamp())}
    return True


def fetch_refused(contact: Contact) -> None:
    """The provider did not redirect the call: it goes in by itself at the next turn of the wait loop."""
    contact.flow = {key: value for key, value in contact.flow.items() if key != FETCHED_AT}


def being_fetched(contact: Contact, now: datetime) -> bool:
    """Whether a worker's redirect is under way. Past its time it has failed, and the wait loop goes in by itself."""
    since: int = contact.flow.get(FETCHED_AT, 0)
    return now.timestamp() - since < FETCH_SECONDS
