"""Reads config/content/follow_ups.toml and checks its shape; what a word of it means is `routing.follow_up`'s."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

FILE = Path(__file__).parent / "content" / "follow_ups.toml"


class FollowUpsError(Exception):
    """The plans cannot be used; the text says where and why."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Step(_Strict):
    kind: str
    channel: Literal["text", "person"]
    after_hours: float = Field(ge=0)
    words: str = ""
    words_unchosen: str = ""
    words_neutral: str = ""
    attempts: int = Field(ge=1, le=5)
    spacing_hours: float = Field(gt=0)
    repeat: int = Field(1, ge=1, le=31)
    repeat_hours: float = Field(0, ge=0)


class _Plan(_Strict):
    id: str
    dispositions: tuple[str, ...] = ()
    referrals: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    instead_of: tuple[str, ...] = ()
    urgencies: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    substances: tuple[str, ...] = ()
    silent_attempts: int = Field(ge=1, le=5)
    step: tuple[_Step, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _for_something(self) -> "_Plan":
        if bool(self.dispositions) == bool(self.referrals):
            raise ValueError("a plan names either dispositions or referrals")
        return self


class _File(_Strict):
    version: int = Field(ge=1)
    plan: tuple[_Plan, ...]


def load_follow_ups(phrases: Mapping[str, object], file: Path = FILE) -> dict[str, Any]:
    """The plans as plain values; FollowUpsError for a wrong key, value, or words that are in no phrase file."""
    try:
        plans = _File.model_validate(tomllib.loads(file.read_text(encoding="utf-8")))
    except (ValidationError, tomllib.TOMLDecodeError) as error:
        raise FollowUpsError(f"{file.name}: {error}") from None
    for plan in plans.plan:
        for step in plan.step:
            needed = [step.words] if step.channel == "text" else []
            for words in {*needed, *filter(None, (step.words, step.words_unchosen, step.words_neutral))}:
                if words not in phrases:
                    raise FollowUpsError(f"{file.name}: {plan.id}: there is no phrase {words!r}.")
    return plans.model_dump()
