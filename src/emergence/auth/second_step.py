"""Between the two steps of signing in: what was proved is kept under a token, and no session exists yet."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from emergence.auth.callers import Caller
from emergence.auth.end_sign_in import end_sign_in, grant_of
from emergence.auth.one_time_tokens import new_token, token_hash
from emergence.auth.open_session import Authentication, Grant
from emergence.auth.parts import Auth
from emergence.auth.store import one_time_tokens, passkeys, users
from emergence.auth.store.identities import OpenedBy
from emergence.contracts.auth.problems import CodeRejected, SignInExpired
from emergence.contracts.auth.signing_in import SecondFactorNeeded
from emergence.contracts.auth.values import SecondFactorMethod
from emergence.kernel.storage.database import Transaction

SECOND_FACTOR_WITHIN = timedelta(minutes=5)
TRIES = 5


@dataclass(frozen=True, slots=True)
class UncertainPasskey:
    """A passkey whose counter went back: it may be a copy, so it counts only together with another factor."""

    id: UUID
    sign_count: int


@dataclass(frozen=True, slots=True)
class FirstStep:
    """What somebody has proved before a second factor is asked of them.

    `opened_by` and `at` are there where a provider's word was the proof; see Authentication.
    """

    methods: tuple[str, ...]
    uncertain: UncertainPasskey | None = None
    opened_by: OpenedBy | None = None
    at: datetime | None = None

    def noted(self) -> dict[str, str]:
        """Return what is noted of the step beside its token."""
        noted = {"methods": " ".join(self.methods)}
        if self.uncertain is not None:
            noted |= {"passkey": str(self.uncertain.id), "sign_count": str(self.uncertain.sign_count)}
        if self.opened_by is not None:
            noted["identity"] = str(self.opened_by.identity_id)
            if self.opened_by.sid is not None:
                noted["sid"] = self.opened_by.sid
        if self.at is not None:
            noted["at"] = self.at.isoformat()
        return noted


def first_step_from(noted: Mapping[str, str]) -> FirstStep:
    """Return the step that `FirstStep.noted` wrote down."""
    passkey, identity, at = noted.get("passkey"), noted.get("identity"), noted.get("at")
    return FirstStep(
        methods=tuple(noted["methods"].split()),
        uncertain=UncertainPasskey(UUID(passkey), int(noted["sign_count"])) if passkey else None,
        opened_by=OpenedBy(UUID(identity), noted.get("sid")) if identity else None,
        at=datetime.fromisoformat(at) if at else None,
    )


@dataclass(frozen=True, slots=True)
class PendingSignIn:
    """A first step that was right, by whom, and under which hash it is kept."""

    user_id: UUID
    first: FirstStep
    hash: bytes


async def ask_second_factor(
    auth: Auth, tx: Transaction, user_id: UUID, first: FirstStep, methods: Sequence[SecondFactorMethod]
) -> SecondFactorNeeded:
    """Return the question for a second factor, which is answered by one of `methods`."""
    token = await new_token(auth, tx, "second_factor", user_id, SECOND_FACTOR_WITHIN, first.noted())
    return SecondFactorNeeded(
        mfa_token=token, expires_in=int(SECOND_FACTOR_WITHIN.total_seconds()), methods=list(methods)
    )


async def try_second_step(auth: Auth, token: str) -> PendingSignIn:
    """Count a try at the second step. Raises SignInExpired when the first one is over or was tried too often."""
    hashed = token_hash(token)
    held = await one_time_tokens.try_token(auth.database, hashed, "second_factor", auth.clock.now(), TRIES)
    if held is None or held.user_id is None:
        raise SignInExpired()
    return PendingSignIn(held.user_id, first_step_from(held.data), hashed)


async def open_after_second_step(auth: Auth, pending: PendingSignIn, methods: tuple[str, ...], caller: Caller) -> Grant:
    """Open the session of somebody who has proved both.

    Raises CodeRejected when the first step was used meanwhile or the account may not sign in; DeletionPending.
    """
    first = pending.first
    proved = tuple(dict.fromkeys((*first.methods, *methods, "mfa")))
    how = Authentication(proved, opened_by=first.opened_by, at=first.at)
    async with auth.database.transaction() as tx:
        account = await users.hold_account(tx, pending.user_id)
        used = await one_time_tokens.consume_token(tx, pending.hash, "second_factor", auth.clock.now())
        if used is None or not account.may_prove_itself:
            raise CodeRejected()
        if first.uncertain is not None:
            await passkeys.trust_counter(tx, first.uncertain.id, pending.user_id, first.uncertain.sign_count)
        end = await end_sign_in(auth, tx, account, how, caller)
    return await grant_of(auth, end)
