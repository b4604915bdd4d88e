"""Routes about passkeys: signing in with one, and keeping one's own."""

from uuid import UUID

from fastapi import APIRouter

from emergence.auth.passkeys import add_passkey, log_in_with_passkey, my_passkeys, prove_with_passkey
from emergence.auth.passkeys.questions import require_party
from emergence.auth.request_parts import (
    NEVER_STORED,
    NOT_FROM_OTHER_PAGE,
    Browser,
    CallerOfRequest,
    Cookie,
    CurrentIdentity,
    Parts,
    PartyOfRequest,
    hand_out,
)
from emergence.contracts.auth.passkeys import (
    AddPasskey,
    BeginPasskeyLogIn,
    LogInWithPasskey,
    MyPasskeys,
    PasskeyAdded,
    PasskeyQuestion,
    RenamePasskey,
)
from emergence.contracts.auth.signing_in import SecondFactorNeeded, SignedIn

passkeys = APIRouter(prefix="/api/auth/passkeys", tags=["passkeys"], dependencies=[NEVER_STORED])


@passkeys.post("/login/begin", dependencies=[NOT_FROM_OTHER_PAGE])
async def post_login_beginning(
    auth: Parts, request: BeginPasskeyLogIn, party: PartyOfRequest, caller: CallerOfRequest, browser: Browser
) -> PasskeyQuestion:
    """Ask for a passkey: any of this server, or as the second step one of whoever took the first."""
    if request.mfa_token is None:
        return await log_in_with_passkey.begin_log_in(auth, require_party(party), browser.renew(), caller)
    token = request.mfa_token.get_secret_value()
    return await log_in_with_passkey.begin_second_step(auth, require_party(party), token, caller)


@passkeys.post("/login/finish", dependencies=[NOT_FROM_OTHER_PAGE])
async def post_login(
    auth: Parts,
    request: LogInWithPasskey,
    party: PartyOfRequest,
    caller: CallerOfRequest,
    browser: Browser,
    cookie: Cookie,
) -> SignedIn | SecondFactorNeeded:
    """Sign in with a passkey; one that may be a copy is only a first step."""
    ours = require_party(party)
    if request.mfa_token is None:
        given, text = request.credential, browser.read()
        outcome = await log_in_with_passkey.log_in_with_passkey(auth, ours, text, given, caller)
    else:
        token = request.mfa_token.get_secret_value()
        outcome = await log_in_with_passkey.take_second_step(auth, ours, token, request.credential, caller)
    return outcome if isinstance(outcome, SecondFactorNeeded) else hand_out(cookie, outcome)


@passkeys.post("/step-up/begin", dependencies=[NOT_FROM_OTHER_PAGE])
async def post_proof_beginning(
    auth: Parts, identity: CurrentIdentity, party: PartyOfRequest, caller: CallerOfRequest
) -> PasskeyQuestion:
    """Ask for a passkey to prove again who one is."""
    return await prove_with_passkey.begin_proof(auth, require_party(party), identity, caller)


@passkeys.post("/register/begin", dependencies=[NOT_FROM_OTHER_PAGE])
async def post_adding_beginning(
    auth: Parts, identity: CurrentIdentity, party: PartyOfRequest, caller: CallerOfRequest
) -> PasskeyQuestion:
    """Ask for a new passkey."""
    return await add_passkey.begin_adding(auth, require_party(party), identity, caller)


@passkeys.post("/register/finish", dependencies=[NOT_FROM_OTHER_PAGE])
async def post_adding(
    auth: Parts, identity: CurrentIdentity, request: AddPasskey, party: PartyOfRequest, caller: CallerOfRequest
) -> PasskeyAdded:
    """Keep a new passkey."""
    return await add_passkey.add_passkey(auth, require_party(party), identity, request, caller)


@passkeys.get("")
async def get_passkeys(auth: Parts, identity: CurrentIdentity, party: PartyOfRequest) -> MyPasskeys:
    """List the caller's passkeys."""
    return await my_passkeys.list_my_passkeys(auth, party, identity)


@passkeys.patch("/{passkey_id}", status_code=204, dependencies=[NOT_FROM_OTHER_PAGE])
async def patch_passkey(
    auth: Parts, identity: CurrentIdentity, passkey_id: UUID, request: RenamePasskey, caller: CallerOfRequest
) -> None:
    """Give one of the caller's passkeys another name."""
    await my_passkeys.rename_passkey(auth, identity, passkey_id, request.name, caller)


@passkeys.delete("/{passkey_id}", status_code=204, dependencies=[NOT_FROM_OTHER_PAGE])
async def delete_passkey(auth: Parts, identity: CurrentIdentity, passkey_id: UUID, caller: CallerOfRequest) -> None:
    """Remove one of the caller's passkeys."""
    await my_passkeys.remove_passkey(auth, identity, passkey_id, caller)
