"""Create the first administrator, once, by whoever proves to own the server."""

from uuid import UUID

from emergence.auth.callers import Caller
from emergence.auth.email_addresses import normalised_email
from emergence.auth.known_addresses import remember_address
from emergence.auth.limit_attempts import admit_attempt, note_success
from emergence.auth.log_in import BY_PASSWORD
from emergence.auth.open_session import Grant, granted, open_session
from emergence.auth.parts import Auth
from emergence.auth.passkeys.relying_party import RelyingParty
from emergence.auth.password_policy import Chooser, require_acceptable
from emergence.auth.setup_code import code_for, is_same_code
from emergence.auth.store import deployment as deployments
from emergence.auth.store import users
from emergence.auth.store.deployment import Deployment
from emergence.auth.store.users import Account
from emergence.contracts.auth.problems import SetupAlreadyDone, SetupCodeRejected
from emergence.contracts.auth.providers import SignInProvider
from emergence.contracts.auth.signing_in import ClaimAdministrator, SetupState
from emergence.contracts.auth.values import Role
from emergence.kernel.ids import new_id
from emergence.kernel.storage.database import Transaction


async def read_setup(auth: Auth, party: RelyingParty | None, *, has_refresh_token: bool) -> SetupState:
    """Return whether there is an administrator, how one is made, and where passkeys work."""
    deployment = await deployments.read_deployment(auth.database)
    return SetupState(
        claimed=deployment.is_claimed,
        claim=auth.settings.auth_claim,
        password_min_length=auth.settings.password_min_length(),
        has_refresh_token=has_refresh_token,
        passkeys_at=party.origins[0] if party else None,
        signup=auth.settings.auth_signup,
        mail=auth.settings.sends_mail(),
        providers=[SignInProvider(id=each.id, label=each.label) for each in auth.providers.listed()],
    )


async def claim_administrator(auth: Auth, request: ClaimAdministrator, caller: Caller) -> Grant:
    """Make the caller the first administrator and sign them in.

    Whoever already works here as the machine's owner keeps that account and all that belongs to it.
    Raises SetupAlreadyDone (of several claims at once exactly one wins), SetupCodeRejected,
    PasswordRefused, EmailTaken, TooManyAttempts.
    """
    deployment = await deployments.read_deployment(auth.database)
    if deployment.is_claimed:
        raise SetupAlreadyDone()
    bucket = f"claim:address:{caller.network()}"
    await admit_attempt(auth, (bucket,))
    _require_owner(auth, request, caller, deployment)
    password = request.password.get_secret_value()
    await require_acceptable(auth, password, Chooser(request.email, request.display_name), caller)
    hashed = await auth.passwords.hash(password)  # slow on purpose: never inside the transaction
    email_norm = normalised_email(request.email)
    async with auth.database.transaction() as tx:
        user_id = await _take_over(auth, tx, request)
        await users.add_email(tx, user_id, request.email.strip(), email_norm)
        await users.set_password(tx, user_id, hashed, auth.clock.now())
        await note_success(tx, address=bucket)
        await remember_address(auth, tx, user_id, email_norm, caller)
        opened = await open_session(auth, tx, user_id, BY_PASSWORD, caller)
    return await granted(auth, opened.session, opened.account)


def _require_owner(auth: Auth, request: ClaimAdministrator, caller: Caller, deployment: Deployment) -> None:
    if auth.settings.auth_claim == "loopback":
        if not caller.is_local:
            raise SetupCodeRejected("Create the administrator from the machine that runs the server.")
    elif request.code is None or not is_same_code(request.code.get_secret_value(), code_for(auth, deployment.id)):
        raise SetupCodeRejected()
    permitted = auth.settings.admin_emails()
    if permitted and normalised_email(request.email) not in permitted:
        raise SetupCodeRejected("This address is not among those that AUTH_ADMIN_EMAILS permits.")


async def _take_over(auth: Auth, tx: Transaction, request: ClaimAdministrator) -> UUID:
    deployment = await deployments.lock_deployment(tx)
    if deployment.is_claimed:
        raise SetupAlreadyDone()
    user_id = deployment.owner_id or new_id()
    name = request.display_name.strip()
    if deployment.owner_id is None:
        await users.add_user(tx, Account(user_id, name, Role.ADMIN, True, None), auth.clock.now())
    else:
        await users.rename_user(tx, user_id, name)
    await deployments.set_owner(tx, user_id, claims=True)
    return user_id
