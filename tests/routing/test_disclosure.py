"""Which consent allows a disclosure: never one that is unsigned, over, taken back, or names something else."""

import uuid
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from routing.disclosure import CONSENTABLE, Grant, SharedFor, permitting

NOW = datetime(2026, 6, 3, 16, tzinfo=UTC)
moments = st.sampled_from([NOW + timedelta(seconds=s) for s in (-3600, -1, 0, 1, 3600)])
grants = st.builds(
    Grant,
    id=st.uuids(),
    facility_id=st.integers(1, 2),
    purposes=st.frozensets(st.sampled_from(SharedFor)),
    facts=st.frozensets(st.sampled_from(CONSENTABLE)),
    signed_at=st.none() | moments,
    expires_at=moments,
    revoked_at=st.none() | moments,
)


@given(st.lists(grants, max_size=6), st.integers(1, 2), st.sampled_from(SharedFor))
def test_what_allows_a_disclosure_is_live_and_names_recipient_and_purpose(
    given_consents: list[Grant], facility: int, purpose: SharedFor
) -> None:
    found = permitting(given_consents, facility, purpose, NOW)
    live = [
        g
        for g in given_consents
        if g.signed_at is not None
        and g.signed_at <= NOW < g.expires_at
        and g.revoked_at is None
        and (g.facility_id, purpose in g.purposes) == (facility, True)
    ]
    assert (found is None) == (not live)
    if found is not None:
        assert found in live
        assert all((g.signed_at or NOW) <= (found.signed_at or NOW) for g in live), "the newest decides, not the sum"


def test_a_consent_holds_until_its_last_moment() -> None:
    place, purposes = 1, frozenset({SharedFor.TREATMENT})
    grant = Grant(uuid.uuid4(), place, purposes, frozenset(), NOW, NOW + timedelta(days=1))
    assert permitting([grant], place, SharedFor.TREATMENT, NOW + timedelta(hours=23)) == grant
    assert permitting([grant], place, SharedFor.TREATMENT, NOW + timedelta(days=1)) is None
    assert permitting([grant], place, SharedFor.ARRIVAL, NOW) is None
