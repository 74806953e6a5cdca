"""What the simulator is told: account, numbers, how long things take, and Twilio's undocumented choices."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

DEFAULT_PORT = 8070
DEMO_PHONE = ("+16175550142", "A caller")
DEMO_SPEECH = 60.0  # characters a second: a demo's text appears at once, its sound is shortened


@dataclass
class Switches:
    """Behaviour that Twilio does not document; a product should hold under every value."""

    dial_action_after_hangup: str = "if_bridged"  # never | if_bridged | always
    dial_action_after_redirect: bool = False
    declined_whisper_status: str = "completed"  # DialCallStatus when every callee declined in the whisper
    simultaneous_ring_won_by: str = "pickup"  # pickup | acceptance
    cancelled_leg_status: str = "canceled"  # of legs that lose a simultaneous ring: canceled | no-answer | completed
    absent_client: str = "no-answer"  # how a call to a browser that is not there ends; `rings`: it rings in vain
    finish_key_alone_requests_action: bool = True  # Gather, only `#` pressed
    wait_failure: str = "fallback"  # Enqueue waitUrl unreachable: fallback | silence


@dataclass
class Timing:
    """How long things take, in simulated seconds."""

    speech: float = 15.0  # characters spoken a second
    play: float = 5.0  # any audio file
    setup: float = 0.5  # from placing a call to its ringing
    speech_end: float = 0.5  # silence that ends a spoken answer
    detect_human: float = 2.0  # answering-machine detection
    detect_machine: float = 3.5
    message: float = 0.5  # from accepting a text to sent, and again to delivered
    recording: float = 1.0  # until a recording's file is there
    transcription: float = 8.0
    webhook: float = 0.05  # of virtual time, there and back
    calls_per_second: float = 1.0  # of calls placed through REST; 0: no limit


@dataclass
class Settings:
    """Everything the exchange needs to know; tests make their own."""

    account_sid: str = "AC" + "0" * 32
    auth_token: str = "simulated-token"  # noqa: S105 - protects nothing, the real one comes from the environment
    api_key_sid: str = "SK" + "0123456789abcdef" * 2
    api_key_secret: str = "development-api-key-secret-for-nobody"  # noqa: S105 - likewise
    numbers: tuple[str, ...] = ("+16175550100",)
    public_base_url: str = "http://127.0.0.1:8000"
    labels: dict[str, str] = field(default_factory=dict)
    seed: int | None = None  # None: fresh SIDs and dice at every start
    timing: Timing = field(default_factory=Timing)
    switches: Switches = field(default_factory=Switches)
    unverified_numbers: frozenset[str] = frozenset()  # toll-free or 10DLC numbers whose texts carriers drop


def read_labels(text: str) -> dict[str, str]:
    """`number=label` pairs, comma-separated or as a JSON list or object."""
    text = text.strip()
    if text.startswith("{"):
        return {str(number): str(label) for number, label in json.loads(text).items()}
    pairs = json.loads(text) if text.startswith("[") else text.split(",")
    split = (str(pair).partition("=") for pair in pairs)
    return {number.strip(): label.strip() for number, sign, label in split if sign}


def from_environment(env: Mapping[str, str]) -> Settings:
    """Settings of the demo process. Raises ValueError with a sentence for the operator."""
    numbers = tuple(number.strip() for number in env.get("HELPLINE_NUMBERS", "").split(",") if number.strip())
    default = Settings()
    try:
        labels = read_labels(env.get("SIMULATOR_LABELS", ""))
        timing = Timing(
            speech=float(env.get("SIMULATOR_SPEECH", DEMO_SPEECH)),
            calls_per_second=float(env.get("SIMULATOR_CALLS_PER_SECOND", "1")),
        )
    except ValueError as error:
        raise ValueError(f"A SIMULATOR_ setting cannot be read: {error}.") from error
    return Settings(
        account_sid=env.get("TWILIO_ACCOUNT_SID") or default.account_sid,
        auth_token=env.get("TWILIO_AUTH_TOKEN") or default.auth_token,
        api_key_sid=env.get("TWILIO_API_KEY_SID") or default.api_key_sid,
        api_key_secret=env.get("TWILIO_API_KEY_SECRET") or default.api_key_secret,
        numbers=numbers or default.numbers,
        public_base_url=(env.get("PUBLIC_BASE_URL") or default.public_base_url).rstrip("/"),
        labels=dict([DEMO_PHONE]) | labels,
        timing=timing,
    )
