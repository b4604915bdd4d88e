"""Take somebody back from a provider: into a session, to the code step, or with a linked account; never with JSON."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode

from emergence.auth.audit import AuditEvent, record
from emergence.auth.callers import Caller
from emergence.auth.end_sign_in import end_sign_in, grant_of
from emergence.auth.limit_attempts import admit_provider_sign_in
from emergence.auth.oidc.account_of_proof import LINKED, account_of_proof
from emergence.auth.oidc.begin_sign_in import secrets_of
from emergence.auth.oidc.exchange_code import exchange_code
from emergence.auth.oidc.link_identity import link_identity
from emergence.auth.oidc.provider_tokens import LEEWAY, Proof
from emergence.auth.oidc.providers import Provider
from emergence.auth.one_time_tokens import new_token, token_hash
from emergence.auth.open_session import Authentication, Grant
from emergence.auth.parts import Auth
from emergence.auth.second_factors import methods_of
from emergence.auth.second_step import FirstStep
from emergence.auth.store import oidc_states, users
from emergence.auth.store.identities import OpenedBy
from emergence.auth.store.oidc_states import TakenState
from emergence.contracts.auth.problems import TooManyAttempts
from emergence.contracts.auth.provider_problems import (
    IdentityNotLinked,
    ProviderProofTooOld,
    ProviderSignInCancelled,
    ProviderSignInExpired,
    ProviderSignInRefused,
    SignInProviderUnavailable,
)
from emergence.kernel.errors import ServiceError
from emergence.kernel.metrics import counter
from emergence.kernel.storage.database import DatabaseUnavailable

METHOD = "oidc"
HANDOVER_WITHIN = timedelta(minutes=1)
AGE_UNTOLD = timedelta(days=1)  # of a proof whose time no provider told: too old for whatever asks for a recent one
SIGN_IN, SECURITY = "/sign-in", "/settings/security"
KNOWN_PARAMETERS = ("state", "code", "error", "iss")
PARAMETER_MAX_CHARACTERS = 4096
DECLINED = frozenset({"access_denied", "login_required", "consent_required", "interaction_required"})

_unknown_total = counter(
    "auth_provider_callbacks_unknown_total",
    "Returns from a provider that belong to no sign-in here.",
    ("reason",),
)


@dataclass(frozen=True, slots=True)
class Landing:
    """Where the browser goes on, and the tokens of a session where one was opened."""

    location: str
    grant: Grant | None = None
    is_over: bool = False  # the browser's secret has done its work


async def finish_sign_in(
    auth: Auth, provider_id: str, parameters: Sequence[tuple[str, str]], browser: str, caller: Caller
) -> Landing:
    """Return where somebody goes who comes back from a provider. Never raises a ServiceError: they would read JSON.

    What belongs to no sign-in that began here is counted only: anybody can send it, and would fill the audit log.
    """
    try:
        await admit_provider_sign_in(auth, caller)
        provider = auth.providers.find(provider_id)
        given = _single(parameters)
        state = await _taken_state(auth, provider, given, browser)
    except ServiceError as refused:
        if not isinstance(refused, TooManyAttempts | DatabaseUnavailable):
            _unknown_total.labels(refused.code).inc()
        return _told(None, refused)
    try:
        return await _finished(auth, provider, state, given, browser, caller)
    except ServiceError as refused:
        return await _refused(auth, provider, state, refused, caller)


def _single(parameters: Sequence[tuple[str, str]]) -> dict[str, str]:
    known = [(name, value) for name, value in parameters if name in KNOWN_PARAMETERS]
    given = dict(known)
    if len(given) != len(known) or any(len(value) > PARAMETER_MAX_CHARACTERS for value in given.values()):
        raise ProviderSignInRefused(reason="parameters")
    return given


async def _taken_state(auth: Auth, provider: Provider, given: dict[str, str], browser: str) -> TakenState:
    hashed, browser_hash = token_hash(given.get("state", "")), token_hash(browser)
    taken = await oidc_states.take(auth.database, hashed, browser_hash, provider.settings.id, auth.clock.now())
    if taken is None:
        raise ProviderSignInExpired()
    return taken


async def _finished(
    auth: Auth, provider: Provider, state: TakenState, given: dict[str, str], browser: str, caller: Caller
) -> Landing:
    await _require_issuer(provider, given)
    if "error" in given:
        raise ProviderSignInCancelled() if given["error"] in DECLINED else ProviderSignInRefused(reason="error")
    if not given.get("code"):
        raise ProviderSignInRefused(reason="code")
    proof = await exchange_code(auth, provider, given["code"], secrets_of(browser, given["state"]))
    if state.session_id is not None:
        await link_identity(auth, provider.settings, state, proof, caller)
        return Landing(f"{SECURITY}#{urlencode({'oidc_linked': provider.settings.id})}", is_over=True)
    return await _signed_in(auth, provider, state, proof, caller)


async def _require_issuer(provider: Provider, given: dict[str, str]) -> None:
    """Refuse an answer of another provider than the one that was asked (RFC 9207 §2.4)."""
    metadata = await provider.metadata()
    if given.get("iss", None if metadata.names_issuer else provider.settings.issuer) != provider.settings.issuer:
        raise ProviderSignInRefused(reason="iss")


async def _signed_in(auth: Auth, provider: Provider, state: TakenState, proof: Proof, caller: Caller) -> Landing:
    at = _proved_at(state, proof)
    entry = await account_of_proof(auth, provider.settings, proof, caller)
    user_id = entry.account.user_id
    first = FirstStep((METHOD,), opened_by=OpenedBy(entry.identity_id, proof.sid), at=at)
    async with auth.database.transaction() as tx:
        account = await users.hold_account(tx, user_id)
        if not account.may_prove_itself:
            raise IdentityNotLinked()
        if account.is_being_deleted or await methods_of(tx, user_id):
            token = await new_token(auth, tx, "oidc_handover", user_id, HANDOVER_WITHIN, first.noted())
            return Landing(_sign_in_screen(state, {"oidc_handover": token}), is_over=True)
        how = Authentication(first.methods, opened_by=first.opened_by, at=first.at)
        end = await end_sign_in(auth, tx, account, how, caller)
    return Landing(state.next or "/", await grant_of(auth, end), is_over=True)


def _proved_at(state: TakenState, proof: Proof) -> datetime:
    """Return when somebody proved to the provider who they are; long ago where it does not say.

    A provider that still knows somebody sends them back without a question. Asked to prove it again, it has to
    say that it did (`auth_time`, OpenID Connect Core §3.1.2.1 for `max_age`). Raises ProviderProofTooOld.
    """
    told = proof.authenticated_at
    if state.is_again and (told is None or told < state.begun_at - LEEWAY):
        raise ProviderProofTooOld()
    return told if told is not None else state.begun_at - AGE_UNTOLD


async def _refused(auth: Auth, provider: Provider, state: TakenState, refused: ServiceError, caller: Caller) -> Landing:
    if not isinstance(refused, TooManyAttempts | DatabaseUnavailable):
        try:
            await _audit(auth, provider, state, refused, caller)
        except DatabaseUnavailable as lost:
            refused = lost
    return _told(state, refused)


def _told(state: TakenState | None, refused: ServiceError) -> Landing:
    told = {"oidc_error": refused.code}
    is_signed_in = state is not None and (state.session_id is not None or state.is_again)
    return Landing(f"{SECURITY}#{urlencode(told)}" if is_signed_in else _sign_in_screen(state, told))


async def _audit(auth: Auth, provider: Provider, state: TakenState, refused: ServiceError, caller: Caller) -> None:
    reason = refused.reason if isinstance(refused, ProviderSignInRefused | SignInProviderUnavailable) else refused.code
    data = {"methods": METHOD, "provider": provider.settings.id, "reason": reason}
    kind = LINKED if state.session_id is not None else "session.login"
    event = AuditEvent(kind, state.linker_id, state.linker_id, outcome="failure", data=data)
    async with auth.database.transaction() as tx:
        await record(auth, tx, event, caller)


def _sign_in_screen(state: TakenState | None, told: dict[str, str]) -> str:
    query = "?" + urlencode({"next": state.next}) if state is not None and state.next else ""
    return f"{SIGN_IN}{query}#{urlencode(told)}"
