"""What an operator says of each OpenID provider, as JSON in AUTH_OIDC_PROVIDERS."""

from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, TypeAdapter, ValidationError

from emergence.auth.email_addresses import normalised_email
from emergence.auth.loopback import is_http_loopback

PROVIDERS_AT_MOST = 20
WORDINGS = {
    "missing": "is required",
    "extra_forbidden": "is not known",
    "json_invalid": "must be a JSON list",
    "tuple_type": "must be a list",
    "model_type": "must be an object",
    "string_type": "must be text",
    "string_too_short": "must not be empty",
    "string_pattern_mismatch": "has characters that are not accepted",
}


def _issuer(value: str) -> str:
    parts = urlsplit(value)
    if parts.query or parts.fragment or parts.username or not parts.hostname:
        raise ValueError("must be the issuer's address exactly as the provider gives it")
    if parts.scheme != "https" and not is_http_loopback(value):
        raise ValueError("must begin with https://")
    return value


def _domain(value: str) -> str:
    if "@" in value or "." not in value:
        raise ValueError("must be true, false or a list of domains like example.org")
    return value.strip().lower()


def _with_openid(value: tuple[str, ...]) -> tuple[str, ...]:
    if "openid" not in value:
        raise ValueError("must hold openid")
    return value


class OidcProvider(BaseModel):
    """One provider; `trusted_for_email` may name the domains whose addresses it has the last word on."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,30}$")]
    label: Annotated[str, Field(min_length=1, max_length=40)]
    issuer: Annotated[str, Field(max_length=500), AfterValidator(_issuer)]
    client_id: Annotated[str, Field(min_length=1, max_length=500)]
    client_secret: Annotated[SecretStr, Field(min_length=1)]
    trusted_for_email: bool | tuple[Annotated[str, AfterValidator(_domain)], ...] = False
    scopes: Annotated[
        tuple[Annotated[str, Field(pattern=r"^[\x21\x23-\x5b\x5d-\x7e]+$")], ...], AfterValidator(_with_openid)
    ] = ("openid", "email", "profile")
    private_network: bool = False

    def is_trusted_for(self, email: str) -> bool:
        """Return whether this provider's word makes an address its owner's."""
        if isinstance(self.trusted_for_email, bool):
            return self.trusted_for_email
        return normalised_email(email).rpartition("@")[2] in self.trusted_for_email


_PROVIDERS: TypeAdapter[tuple[OidcProvider, ...]] = TypeAdapter(tuple[OidcProvider, ...])


def parsed_providers(text: str) -> tuple[OidcProvider, ...]:
    """Return the providers in a JSON list. Raises ValueError with one line that says what is wrong, without values."""
    try:
        providers = _PROVIDERS.validate_json(text, strict=True)
    except ValidationError as invalid:
        raise ValueError(_explanation(invalid)) from None
    if len({provider.id for provider in providers}) < len(providers):
        raise ValueError("two providers have the same id")
    if len({provider.issuer for provider in providers}) < len(providers):
        raise ValueError("two providers have the same issuer")
    if len(providers) > PROVIDERS_AT_MOST:
        raise ValueError(f"more than {PROVIDERS_AT_MOST} providers")
    return providers


def _explanation(invalid: ValidationError) -> str:
    error = invalid.errors(include_input=False, include_url=False)[0]
    wording = WORDINGS.get(error["type"]) or error["msg"].removeprefix("Value error, ")
    if not error["loc"]:
        return wording
    number, *members = error["loc"]
    name = f" {members[0]}" if members else ""
    return f"provider {int(number) + 1}:{name} {wording}"
