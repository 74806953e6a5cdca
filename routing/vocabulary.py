"""The words of the house: every enumeration that crosses a room wall."""

from collections.abc import Iterable
from enum import StrEnum


class Channel(StrEnum):
    """How a contact reached us."""

    VOICE = "voice"
    TEXT = "text"


class Language(StrEnum):
    """Languages in which the line speaks by itself."""

    ENGLISH = "en"
    SPANISH = "es"


class Urgency(StrEnum):
    """What a red flag asks for (public contract of `triage --json`).

    Most urgent first, and this is the one place that says so: 911 then 988 holds everything that 911 now does.
    """

    CALL_911_THEN_988 = "911_now_then_988"
    CALL_911 = "911_now"
    WARM_TRANSFER_988 = "988_warm_transfer"
    SAME_DAY_MEDICAL = "urgent_same_day_medical"
    NONE = "none"


# 911 or 988 before anything else: first in every queue, no question and no list in the way, never voicemail
DANGER = frozenset({Urgency.CALL_911_THEN_988, Urgency.CALL_911, Urgency.WARM_TRANSFER_988})
CALLS_911 = frozenset({Urgency.CALL_911_THEN_988, Urgency.CALL_911})  # one level for whoever is told of danger
_BY_URGENCY = {urgency: rank for rank, urgency in enumerate(Urgency)}


def more_urgent(one: Urgency, other: Urgency) -> bool:
    """Whether `one` goes before `other`."""
    return _BY_URGENCY[one] < _BY_URGENCY[other]


def most_urgent(urgencies: Iterable[Urgency]) -> Urgency:
    """The one that goes before all others; `NONE` of no urgencies."""
    return min(urgencies, key=_BY_URGENCY.__getitem__, default=Urgency.NONE)


class Addressed(StrEnum):
    """What was done about a red flag, as the counselor who clears it says."""

    EMERGENCY_SERVICES = "emergency_services"  # 911 was dialled by them or somebody near, or dispatch by us
    CRISIS_LINE = "crisis_line"  # with 988
    POISON_CONTROL = "poison_control"
    MEDICAL_CARE = "medical_care"  # in medical hands
    SAFE_NOW = "safe_now"  # talked it through: no danger now
    MISUNDERSTOOD = "misunderstood"  # the words meant something else


class RescueStep(StrEnum):
    """One thing done to send help, for the timed log."""

    DISPATCH_CALLED = "dispatch_called"
    CALL_BACK = "call_back"  # our own machinery calls: a counselor first, then their phone
    CALLED_THEM = "called_them"
    REACHED = "reached"
    NO_ANSWER = "no_answer"
    SOMEBODY_WITH_THEM = "somebody_with_them"
    NALOXONE = "naloxone"
    CRISIS_LINE = "crisis_line"
    SUPERVISOR = "supervisor"
    HELP_ARRIVED = "help_arrived"


class Need(StrEnum):
    """What is looked for in a match (MATCHING.md, Input)."""

    DETOX = "detox"
    MOUD = "moud"
    TREATMENT = "treatment"


class LevelOfCare(StrEnum):
    """A hint on where a person is best looked after, never a diagnosis (DOMAIN facts: withdrawal tiers)."""

    EMERGENCY = "emergency"  # 911 or 988 first
    SAME_DAY_MEDICAL = "same_day_medical"
    MEDICALLY_MANAGED_24H = "medically_managed_24h"
    PRESCRIBER_FIRST = "prescriber_first"  # a medicine taken as directed: do not stop, ask who prescribes it
    MEDICATION_FIRST = "medication_first"  # medication for opioid use disorder before detox
    DUAL_DIAGNOSIS = "dual_diagnosis"
    OUTPATIENT = "outpatient"


class ContactStatus(StrEnum):
    """Where a contact stands; `routing.lifecycle` says which may follow which."""

    WAITING = "waiting"  # queued, counselors are being rung
    CLAIMED = "claimed"  # one counselor pressed 1; the bridge is being built
    CONNECTED = "connected"  # caller and counselor hear each other
    WITH_CRISIS_LINE = "with_crisis_line"  # bridged to 988, with us on the line
    HANDED_OVER = "handed_over"  # the caller speaks with a facility or 988; our counselor has left the two together
    CONVERSING = "conversing"  # a text conversation with the service
    ENDED = "ended"  # over, disposition still open
    CLOSED = "closed"  # over, disposition written
    ABANDONED = "abandoned"  # the caller left before anybody answered


class Disposition(StrEnum):
    """How a contact ended, as the counselor (or the system) wrote it."""

    REFERRED = "referred"
    PLACES_TEXTED = "places_texted"  # a list of places by text, and nobody referred them to one
    INFORMATION = "information"
    CALLBACK_REQUESTED = "callback_requested"
    VOICEMAIL = "voicemail"
    CRISIS_HANDED_OVER = "crisis_handed_over"
    CALLER_LEFT = "caller_left"
    NOT_FOR_US = "not_for_us"


class LegKind(StrEnum):
    """Whose phone a leg belongs to."""

    CALLER = "caller"
    COUNSELOR = "counselor"
    ON_CALL = "on_call"
    BACKUP = "backup"
    COLLEAGUE = "colleague"  # another counselor, asked in or asked to take over
    FACILITY = "facility"  # an intake line
    CRISIS_LINE = "crisis_line"  # 988, with us on the line
    INTERPRETER = "interpreter"  # an interpreter line, beside whatever else is done in the call
    SUPERVISOR = "supervisor"  # listens, whispers, or joins
    CALL_OUT = "call_out"  # a counselor's own phone, for a call out as the helpline


# Phones that are added to a conversation that goes on; their end is never the end of the conversation
BESIDE = frozenset({LegKind.INTERPRETER, LegKind.SUPERVISOR})  # nobody is handed over to these
GUESTS = frozenset({LegKind.COLLEAGUE, LegKind.FACILITY, LegKind.CRISIS_LINE, *BESIDE})
LINES = frozenset({LegKind.FACILITY, LegKind.CRISIS_LINE, LegKind.INTERPRETER})  # with a phone tree: no press 1 there


class Part(StrEnum):
    """Which part an added phone plays in the conversation."""

    CONSULT = "consult"  # spoken with in private while the caller is on hold
    THREE_WAY = "three_way"  # all hear each other
    COLD = "cold"  # takes the call over as soon as it is here
    LISTEN = "listen"
    WHISPER = "whisper"  # heard by the counselor only
    BARGE = "barge"


class LegStatus(StrEnum):
    """Life of one telephone leg; the order only moves forward."""

    PLANNED = "planned"  # row exists, no REST call yet
    PLACING = "placing"  # claimed by a worker, REST call under way
    RINGING = "ringing"
    ANSWERED = "answered"  # picked up, 1 not yet pressed
    ACCEPTED = "accepted"  # pressed 1 and won the claim
    JOINED = "joined"  # is in the conference
    ENDED = "ended"


class Presence(StrEnum):
    """What a counselor said about being there."""

    AVAILABLE = "available"
    BUSY = "busy"
    WRAP_UP = "wrap_up"
    AWAY = "away"


class ChangeKind(StrEnum):
    """What changes a schedule of shifts."""

    TIME_OFF = "time_off"
    OFFER = "offer"  # a shift that somebody would give to another


class ChangeStatus(StrEnum):
    """Where a change of a schedule stands."""

    OFFERED = "offered"  # still worked by whoever offers it
    IN_FORCE = "in_force"  # time off stands, or the shift was taken
    WITHDRAWN = "withdrawn"
    DECLINED = "declined"


class Role(StrEnum):
    """What a person signed in may do."""

    COUNSELOR = "counselor"
    SUPERVISOR = "supervisor"
    ADMIN = "admin"
    AUDITOR = "auditor"


class TextStatus(StrEnum):
    """Life of a message; the order only moves forward (`unknown` is reconciled)."""

    RECEIVED = "received"
    QUEUED = "queued"
    SENDING = "sending"
    UNKNOWN = "unknown"
    SENT = "sent"
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"
    FAILED = "failed"
    SUPPRESSED = "suppressed"  # consent or safe contact forbade it


class FollowUpKind(StrEnum):
    """Why we come back to a person."""

    CALLBACK = "callback"
    VOICEMAIL = "voicemail"
    CHECK_IN = "check_in"
    DID_THEY_TAKE_YOU = "did_they_take_you"
    WEEK = "week"
    MONTH = "month"
    WITHDRAWAL_CHECK = "withdrawal_check"
    NALOXONE = "naloxone"
    NO_SHOW = "no_show"
    WAITING_LIST = "waiting_list"
    RECONNECT = "reconnect"
    PLACE_ACCEPTED = "place_accepted"  # the caller is told that a place takes them
    NEXT_PLACE = "next_place"  # the caller is told that a place cannot, and which one is next
    REFERRAL = "referral"  # a counselor sees to a referral


class Whose(StrEnum):
    """Of whom the work of a list is, for the one who reads it."""

    MINE = "mine"
    NOBODYS = "nobodys"
    ALL = "all"


class FollowUpStatus(StrEnum):
    """Life of a follow-up row."""

    PENDING = "pending"
    STARTED = "started"
    DONE = "done"
    STOPPED = "stopped"
    FAILED = "failed"


class ReferralStatus(StrEnum):
    """Life of a referral; `routing.referrals` says who may move it where."""

    OFFERED = "offered"  # the next place after a decline or a line that is no use, before anybody has said yes to it
    CHOSEN = "chosen"  # a counselor or the caller wants it; the place does not know yet
    SENT = "sent"  # the place was asked
    ACKNOWLEDGED = "acknowledged"  # somebody there has it
    ACCEPTED = "accepted"
    DECLINED = "declined"
    ARRIVED = "arrived"
    NOT_ARRIVED = "not_arrived"
    WITHDRAWN = "withdrawn"  # taken back, or overtaken by another place


class SaidBy(StrEnum):
    """Who moved a referral, and how they said it."""

    FACILITY_KEY = "facility_key"
    FACILITY_TEXT = "facility_text"
    FACILITY_LINK = "facility_link"
    COUNSELOR = "counselor"
    CALLER = "caller"
    SERVICE = "service"


class DeclineReason(StrEnum):
    """Why a place does not take a person, in the order of the keys that say so."""

    FULL = "full"
    WAITING_LIST = "waiting_list"  # not now, but they have a list
    OTHER_CARE = "other_care"  # not the care that this place gives
    PAYER = "payer"
    OTHER = "other"


class ReferralWork(StrEnum):
    """What a counselor has to see to about a referral."""

    DECLINED = "declined"
    NO_ANSWER = "no_answer"
    ASK_THE_PLACE = "ask_the_place"  # the caller wants it, and nobody is asking there
    TELL_THE_CALLER = "tell_the_caller"  # the news could not be texted
    NOT_ARRIVED = "not_arrived"
    DID_NOT_WORK_OUT = "did_not_work_out"  # NO, and no place was written down
    STILL_WAITING = "still_waiting"
    TWO_ACCEPTED = "two_accepted"  # one of them is chosen with the person
    TELL_THE_PLACE = "tell_the_place"  # that had said yes: they go elsewhere


class BedLevel(StrEnum):
    """Levels of care for which facilities count open beds."""

    DETOX = "detox"
    RESIDENTIAL = "residential"


class ReportKind(StrEnum):
    """What one key during or after a contact says about a facility."""

    WRONG_NUMBER = "wrong_number"
    FULL = "full"
    PAYER = "payer"
    CLOSED = "closed"
    DECLINED = "declined"
