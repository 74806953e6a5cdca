"""SIDs and tokens: random and unique across restarts, or repeatable under a seed."""

import random
import uuid


class Ids:
    """Makes Twilio-like identifiers."""

    def __init__(self, seed: int | None) -> None:
        self._dice: random.Random = random.SystemRandom() if seed is None else random.Random(seed)  # noqa: S311

    def sid(self, prefix: str) -> str:
        """A 34-character SID such as `CA` + 32 hexadecimal digits."""
        return f"{prefix}{self._dice.getrandbits(128):032x}"

    def token(self) -> str:
        """A UUID for `I-Twilio-Idempotency-Token`."""
        return str(uuid.UUID(int=self._dice.getrandbits(128), version=4))
