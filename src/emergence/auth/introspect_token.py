"""What standard clients ask about a token: whether it may be used (RFC 7662), and to let it be none (RFC 7009)."""

from urllib.parse import parse_qs

from emergence.auth.callers import Caller
from emergence.auth.parts import Auth
from emergence.auth.read_session import live_session
from emergence.auth.refresh_tokens import parsed
from emergence.auth.revoke_session import Ending, revoke_session
from emergence.auth.store import sessions as store
from emergence.contracts.auth.signing_in import Introspection
from emergence.contracts.auth.values import ACCESS_TOKEN_AUDIENCE, ISSUER
from emergence.kernel.errors import InvalidRequest, Unauthenticated
from emergence.kernel.identity import Identity, VerifiesTokens

FIELDS_AT_MOST = 4


def token_in_form(body: bytes) -> str:
    """Return the token in a form body. Raises InvalidRequest unless there is exactly one."""
    try:
        given = parse_qs(body.decode("ascii"), max_num_fields=FIELDS_AT_MOST, keep_blank_values=True)
    except ValueError:
        given = {}
    if len(given.get("token", [])) != 1:
        raise InvalidRequest(
            "token: is required, once.", members={"errors": [{"place": "body.token", "reason": "is required, once"}]}
        )
    return given["token"][0]


async def introspect_token(auth: Auth, verifier: VerifiesTokens, token: str) -> Introspection:
    """Return what an access token says while it may be used, by the database; of any other only that it is none."""
    try:
        identity = await verifier.verify(token)
        session, account = await live_session(auth, identity)
    except Unauthenticated:
        return Introspection(active=False)
    return Introspection(
        active=True,
        iss=ISSUER,
        aud=ACCESS_TOKEN_AUDIENCE,
        sub=account.user_id,
        sid=session.id,
        role=account.role,
        token_type="Bearer",
        iat=identity.issued_s,
        exp=int(identity.expires_at.timestamp()),
    )


async def revoke_token(auth: Auth, verifier: VerifiesTokens, token: str, service: str, caller: Caller) -> None:
    """End the login session of an access or refresh token. Idempotent; nothing is said about unknown ones."""
    refresh_token = parsed(token)
    identity = None if refresh_token is not None else await _identity(verifier, token)
    session_id = refresh_token.session_id if refresh_token else identity.session_id if identity else None
    if session_id is None:
        return
    async with auth.database.transaction() as tx:
        found = await store.lock_session(tx, session_id)
        if found is None or (refresh_token and not auth.refresh_tokens.is_genuine(refresh_token, found[0].salt)):
            return
        await revoke_session(auth, tx, found[0], Ending(f"revoked_by_{service}", None, caller))


async def _identity(verifier: VerifiesTokens, token: str) -> Identity | None:
    try:
        return await verifier.verify(token)
    except Unauthenticated:
        return None
