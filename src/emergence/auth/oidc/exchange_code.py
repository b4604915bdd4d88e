"""Exchange the code that a person brought for what the provider says of them."""

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import quote_plus

from emergence.auth.oidc.begin_sign_in import Secrets, redirect_uri
from emergence.auth.oidc.provider_metadata import ProviderMetadata
from emergence.auth.oidc.provider_tokens import Proof, verified_id_token
from emergence.auth.oidc.providers import Provider
from emergence.auth.parts import Auth
from emergence.contracts.auth.provider_problems import ProviderSignInRefused, SignInProviderUnavailable
from emergence.kernel.signed_token import TokenRefused

TOKEN_MAX_CHARACTERS = 16_384


async def exchange_code(auth: Auth, provider: Provider, code: str, own: Secrets) -> Proof:
    """Return who the person with this code is, with the claims of UserInfo where the ID token has no address.

    Raises ProviderSignInRefused, SignInProviderUnavailable.
    """
    metadata = await provider.metadata()
    tokens = await _tokens(auth, provider, metadata, code, own)
    id_token, access_token = tokens.get("id_token"), tokens.get("access_token")
    if not isinstance(id_token, str) or not _is_bearer(access_token):
        raise ProviderSignInRefused(reason="tokens")
    try:
        proof = await verified_id_token(provider, id_token, own.nonce, str(access_token), auth.clock)
    except TokenRefused as refused:
        raise ProviderSignInRefused(reason=f"id_token: {refused}") from refused
    if "email" in proof.claims or "email" not in provider.settings.scopes or metadata.userinfo_endpoint is None:
        return proof
    return await _with_userinfo(provider, metadata.userinfo_endpoint, str(access_token), proof)


async def _tokens(
    auth: Auth, provider: Provider, metadata: ProviderMetadata, code: str, own: Secrets
) -> Mapping[str, object]:
    settings = provider.settings
    fields = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": redirect_uri(auth, provider),
        "code_verifier": own.code_verifier,
    }
    headers, secret = {}, settings.client_secret.get_secret_value()
    if metadata.client_authentication == "basic":  # RFC 6749 §2.3.1: each part form-encoded first
        credentials = f"{quote_plus(settings.client_id)}:{quote_plus(secret)}"
        headers["authorization"] = f"Basic {b64encode(credentials.encode()).decode()}"
    else:
        fields |= {"client_id": settings.client_id, "client_secret": secret}
    answer = await provider.client.post(metadata.token_endpoint, fields, headers)
    if answer.status != 200:
        raise ProviderSignInRefused(reason="code")
    return answer.members


async def _with_userinfo(provider: Provider, address: str, access_token: str, proof: Proof) -> Proof:
    try:
        told = await provider.client.get(address, {"authorization": f"Bearer {access_token}"})
    except SignInProviderUnavailable:
        return proof  # who they are is proved; only the address stays unknown
    if told.get("sub") != proof.subject:  # OpenID Connect Core §5.3.2
        raise ProviderSignInRefused(reason="userinfo")
    names = ("email", "email_verified", "name")
    return replace(proof, claims={**{name: told[name] for name in names if name in told}, **proof.claims})


def _is_bearer(access_token: object) -> bool:
    """Return whether it can stand in a header: visible ASCII only."""
    if not isinstance(access_token, str) or not 0 < len(access_token) <= TOKEN_MAX_CHARACTERS:
        return False
    return access_token.isascii() and access_token.isprintable() and " " not in access_token
