"""Names, numbers and kinds of text that the other files of this folder share."""

from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr

ACCESS_TOKEN_AUDIENCE = "emergence-app"
ISSUER = "emergence-auth"
REFRESH_COOKIE = "emg_rt"  # `__Host-emg_rt` where the public address is https, else with the port: `emg_rt_8080`
OIDC_COOKIE = "emg_oidc"  # named likewise
PASSWORD_MAX_BYTES = 1024


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
Email = Annotated[
    str, Field(min_length=3, max_length=254, pattern=r"^\s*[^@\s\x00-\x1f\x7f]+@[^@\s\x00-\x1f\x7f]+\s*$")
]
DisplayName = Annotated[
    str, Field(min_length=1, max_length=80, pattern=r"^[^\x00-\x1f\x7f]*[^\s\x00-\x1f\x7f][^\x00-\x1f\x7f]*$")
]
Password = Annotated[SecretStr, Field(min_length=1, max_length=PASSWORD_MAX_BYTES), AfterValidator(_encodable)]
Code = Annotated[str, Field(min_length=1, max_length=40)]
