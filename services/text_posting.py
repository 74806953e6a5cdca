"""Claimed texts go to the provider: side by side, save that one person gets theirs one after the other."""

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

from services.text_claims import Parcel
from telephony.ports import Telephony

Answers = Mapping[uuid.UUID, str | Exception]  # the provider's id, or what it raised; without what was not tried


def post(telephony: Telephony, parcels: Sequence[Parcel]) -> Answers:
    """Hand all of them over. After one that does not get through, the same person's later ones are not tried."""
    if len(parcels) == 1:
        return _in_turn(telephony, parcels)
    lanes: dict[str, list[Parcel]] = defaultdict(list)
    for parcel in parcels:
        lanes[parcel.to].append(parcel)
    with ThreadPoolExecutor(max_workers=max(len(lanes), 1)) as pool:
        answers = [pool.submit(_in_turn, telephony, lane) for lane in lanes.values()]
    return {message_id: answer for lane in answers for message_id, answer in lane.result().items()}


def _in_turn(telephony: Telephony, lane: Sequence[Parcel]) -> Answers:
    answers: dict[uuid.UUID, str | Exception] = {}
    for one in lane:
        try:
            sid = telephony.send_text(to=one.to, sender=one.sender, body=one.body, status_url=one.status_url)
        except Exception as error:
            answers[one.message_id] = error
            break
        answers[one.message_id] = sid
    return answers
