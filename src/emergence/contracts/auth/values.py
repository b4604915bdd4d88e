"""Names, numbers and kinds of text that the other files of this folder share."""

import re
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    StringConstraints,
)
from pydantic_core import PydanticCustomError

from emergence.contracts.auth.visible_text import Visible

ACCESS_TOKEN_AUDIENCE = "emergence-app"
ISSUER = "emergence-auth"
REFRESH_COOKIE = "emg_rt"  # `__Host-emg_rt` where the public address is https, else with the port: `emg_rt_8080`
DEVICE_COOKIE = "emg_device"  # named likewise
OIDC_COOKIE = "emg_oidc"  # named likewise
PASSWORD_MAX_BYTES = 1024


SecondFactorMethod = Literal["passkey", "totp", "recovery_code"]
SignUp = Literal["closed", "invite", "open"]
Language = Literal["en", "fr"]  # of letters and screens


class Role(StrEnum):
    """What a user may do."""

    ADMIN = "admin"
    MEMBER = "member"
    GUEST = "guest"


class Strict(BaseModel):
    """A request body: unknown members are refused."""

    model_config = ConfigDict(extra="forbid")


def _encodable(value: SecretStr) -> SecretStr:
    """Refuse what is no text: JSON can hold halves of characters that no encoding has."""
    try:
        value.get_secret_value().encode()
    except UnicodeEncodeError:
        raise ValueError("must be text") from None
    return value


SecretText = Annotated[SecretStr, AfterValidator(_encodable)]
# RFC 5321 §4.1.2, also beyond ASCII (RFC 6531): dots stand between atoms, and hyphens within the labels of a domain.
_ATOM = r"[^@.\s\x00-\x1f\x7f()<>\[\]:;,\\\"]+"
_EDGE = r"[^@.\s\x00-\x1f\x7f()<>\[\]:;,\\\"=?-]"
_LABEL = rf"{_EDGE}(?:[^@.\s\x00-\x1f\x7f()<>\[\]:;,\\\"=?]{{0,61}}{_EDGE})?"


def _of_one_mailbox(value: str) -> str:
    """Refuse what a mail program would read as another address (encoded words, RFC 2047)."""
    if "=?" in value:
        raise PydanticCustomError("encoded_word", "must be a plain mail address")
    return value


Email = Annotated[
    str,
    Field(min_length=3, max_length=254, pattern=rf"^\s*{_ATOM}(?:\.{_ATOM})*@{_LABEL}(?:\.{_LABEL})*\s*$"),
    AfterValidator(_of_one_mailbox),
    Visible,
]


def _of_one_person(value: str) -> str:
    """Refuse patterns: nothing here matches one, so it would let nobody in and say nothing."""
    if "*" in value:
        raise PydanticCustomError("pattern", "must be one person's whole address: * does not stand for others")
    return value


OnesAddress = Annotated[Email, AfterValidator(_of_one_person)]
DisplayName = Annotated[
    str,
    Field(min_length=1, max_length=80, pattern=r"^[^\x00-\x1f\x7f]*[^\s\x00-\x1f\x7f][^\x00-\x1f\x7f]*$"),
    Visible,
]
Password = Annotated[SecretStr, Field(min_length=1, max_length=PASSWORD_MAX_BYTES), AfterValidator(_encodable)]


def _in_utc(value: datetime) -> datetime:
    """Near the first and the last year only one of two zones has a name for the same moment."""
    try:
        return value.astimezone(UTC)
    except OverflowError:
        raise ValueError("is out of range") from None


def _written(value: object) -> object:
    """Refuse numbers: a time is written as RFC 3339 says, so that nobody has to guess the unit."""
    if isinstance(value, str) and not re.match(r"\d{4}-", value):
        raise ValueError("must be a time like 2026-11-22T12:00:00Z")
    return value


Moment = Annotated[AwareDatetime, BeforeValidator(_written), AfterValidator(_in_utc)]
Sentence = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[^\x00-\x08\x0b-\x1f\x7f]*$"), Visible]
Code = Annotated[str, Field(min_length=1, max_length=40)]
ProofOfWork = Annotated[str, Field(max_length=4_000)]  # base64 of a challenge and its solution
