"""What a provider says of itself (OpenID Connect Discovery 1.0), taken only if it fits what the operator wrote."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from emergence.auth.oidc.reach import Reach
from emergence.contracts.auth.provider_problems import SignInProviderUnavailable

DISCOVERY_PATH = "/.well-known/openid-configuration"


@dataclass(frozen=True, slots=True)
class ProviderMetadata:
    """Where a provider is asked, and how."""

    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str | None
    names_issuer: bool  # its answers carry `iss` (RFC 9207)
    client_authentication: Literal["basic", "post"]


def metadata_from(members: Mapping[str, object], issuer: str, reach: Reach) -> ProviderMetadata:
    """Return the metadata in a discovery document.

    Raises SignInProviderUnavailable when it speaks for another issuer, or names an address that must not be asked.
    """
    if members.get("issuer") != issuer:
        raise SignInProviderUnavailable(reason="discovery names another issuer")
    offered = members.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
    is_basic = isinstance(offered, list) and "client_secret_basic" in offered
    return ProviderMetadata(
        authorization_endpoint=_address(members, "authorization_endpoint", reach),
        token_endpoint=_address(members, "token_endpoint", reach),
        jwks_uri=_address(members, "jwks_uri", reach),
        userinfo_endpoint=_address(members, "userinfo_endpoint", reach) if "userinfo_endpoint" in members else None,
        names_issuer=members.get("authorization_response_iss_parameter_supported") is True,
        client_authentication="basic" if is_basic else "post",
    )


def _address(members: Mapping[str, object], name: str, reach: Reach) -> str:
    value = members.get(name)
    if not isinstance(value, str) or not value.isascii() or not reach.permits_url(value):
        raise SignInProviderUnavailable(reason=f"discovery has no usable {name}")
    return value
