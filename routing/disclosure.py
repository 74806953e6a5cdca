"""What may be told of a person, to whom and for what: 42 CFR Part 2 as plain rules, before anything is read."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final


class Fact(StrEnum):
    """One kind of thing that can be told of a person. A consent names some of them, and nothing else is told."""

    NAME = "name"  # as they signed
    PHONE = "phone"  # the number that they reached us from
    LANGUAGE = "language"
    NEED = "need"
    SUBSTANCES = "substances"
    MEDICATION = "medication"  # for opioid use, that they want to keep
    HEALTH = "health"  # liver, breathing, seizures
    MENTAL_HEALTH = "mental_health"
    PREGNANT = "pregnant"
    AGE = "age"
    GENDER = "gender"
    PAYER = "payer"
    PLACE = "place"  # ZIP code or town
    DANGER = "danger"  # what the emergency is: told in one, never under a consent


CONSENTABLE: Final = tuple(fact for fact in Fact if fact is not Fact.DANGER)


class SharedFor(StrEnum):
    """What a disclosure under a consent is for."""

    TREATMENT = "treatment"  # to arrange treatment there
    ARRIVAL = "arrival"  # to ask whether they arrived


class SignsAs(StrEnum):
    """Who signs for somebody else, as state law allows (42 CFR 2.14 and 2.15); a counselor has made sure of it."""

    PARENT = "parent"  # of a minor
    GUARDIAN = "guardian"
    REPRESENTATIVE = "representative"


class Told(StrEnum):
    """How something was told."""

    WHISPER = "whisper"  # our machine spoke to an intake line
    SPOKEN = "spoken"  # a counselor said it
    TEXT = "text"
    LINK = "link"  # somebody opened a page
    PRINT = "print"


class Basis(StrEnum):
    """What allows a disclosure."""

    CONSENT = "consent"  # 42 CFR 2.31
    EMERGENCY = "emergency"  # 42 CFR 2.51


LONGEST_CONSENT: Final = timedelta(days=180)  # 2.31(a)(7): no longer than the purpose needs; our own limit


@dataclass(frozen=True)
class Grant:
    """A signed consent as the rules see it."""

    id: uuid.UUID
    facility_id: int
    purposes: frozenset[SharedFor]
    facts: frozenset[Fact]
    signed_at: datetime | None
    expires_at: datetime
    revoked_at: datetime | None = None

    def live(self, now: datetime) -> bool:
        """Whether it is signed, not taken back and not over."""
        return self.signed_at is not None and self.signed_at <= now < self.expires_at and self.revoked_at is None


def permitting(grants: Iterable[Grant], facility_id: int, purpose: SharedFor, now: datetime) -> Grant | None:
    """The live consent that names this recipient and purpose; of several the newest, never the sum of them."""
    naming = [g for g in grants if g.live(now) and g.facility_id == facility_id and purpose in g.purposes]
    return max(naming, key=lambda grant: (grant.signed_at or now, grant.id), default=None)
