"""What `make run` prints when the line is ready: addresses, who can sign in, three things to try."""

from collections.abc import Mapping
from pathlib import Path

# An admin, and a supervisor and a counselor of samples/roster.csv
DEMO_SIGN_INS = {
    "admin": "demo@harborline.example",
    "supervisor": "joan@harborline.example",
    "counselor": "ana@harborline.example",
}
DEMO_PASSWORD = "harborline-demo"  # noqa: S105 - of the invented roster, on loopback only


def welcome(ports: Mapping[str, int], data: Path, seconds: float, loaded: bool) -> str:
    """The text for a newcomer; `loaded`: the sample is, so that its people can sign in."""
    console, phones = f"http://127.0.0.1:{ports['PORT']}", f"http://127.0.0.1:{ports['SIMULATOR_PORT']}"
    people = "\n".join(f"              {email:<24} {role}" for role, email in DEMO_SIGN_INS.items())
    sign_in = f"sign in with the password {DEMO_PASSWORD} (unless you changed it) as\n{people}"
    not_loaded = "the sample people could not be loaded: what was said about it is above"
    return f"""
Harborline is ready ({seconds:.1f} s). Everything here is pretend: numbers, people, facilities.

  Phones    {phones}
  Console   {console}   {sign_in if loaded else not_loaded}

  1. On the phones' page, dial the helpline from a caller's phone; a counselor's phone rings: answer it and press 1.
  2. Text the helpline "my son needs detox from oxy, 02150"; read the places, then wait half a minute: the check-in
     that really comes after a day arrives, and answering 1 makes a counselor call.
  3. Sign in to the console as the counselor and watch both contacts arrive, with their timeline. The headset (key s)
     takes calls there.

The data is kept in {data}. Stop with Ctrl-C.
"""


def not_ready(ready_url: str, running: Mapping[str, int], seconds: float) -> str:
    """The text when /readyz has not answered 200 in time."""
    return (
        f"The line is not ready after {seconds:.0f} s: {ready_url} says what is missing. "
        f"Running: {', '.join(running)}. It goes on trying; Ctrl-C stops it."
    )
