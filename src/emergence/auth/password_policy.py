"""Which passwords may be chosen: long enough, not published, not soon guessed by who knows the person."""

from collections.abc import Iterator
from dataclasses import dataclass
from re import split
from unicodedata import normalize
from uuid import UUID

from emergence.auth.ask_breach_service import BreachServiceSilent, is_published
from emergence.auth.audit import AuditEvent, record
from emergence.auth.callers import Caller
from emergence.auth.parts import Auth
from emergence.auth.settings import PASSWORD_MIN_LENGTH_WITH_SECOND_FACTOR
from emergence.auth.store import second_factors, users
from emergence.contracts.auth.problems import PasswordReason, PasswordRefused
from emergence.contracts.auth.values import PASSWORD_MAX_BYTES
from emergence.kernel.storage.database import Transaction

PRODUCT_WORDS = ("emergence", "anima", "neo", "nexus")
SHORTEST_WORD = 3  # "al" of al@example.org is in half of all passwords
# A list knows a few other passwords by mistake, so nothing here says that it was published for sure.
SENTENCES: dict[PasswordReason, str] = {
    "common": "This password is among those that are tried first. Choose another.",
    "personal": "This password is little more than your name, your address or this product's name. Choose another.",
    "same": "This is the password that the account has, or had before. Choose another.",
    "guessable": "This password is guessed too soon. Choose another; a few words that do not belong together are good.",
}


@dataclass(frozen=True, slots=True)
class Chooser:
    """Who chooses a password: `user_id` is None before the account exists."""

    email: str | None
    display_name: str | None
    user_id: UUID | None = None
    has_second_factor: bool = False


async def require_acceptable(auth: Auth, password: str, chooser: Chooser, caller: Caller) -> None:
    """Accept any characters, spaces included, in any mixture; what counts is the length and how soon it is guessed.

    Length is counted in characters after composition (NFC), the upper limit in UTF-8 bytes. Nothing is asked of the
    network unless AUTH_BREACHED_PASSWORDS_URL is set. Never call it inside a transaction. Raises PasswordRefused, which
    says why; SignInBusy. Source: NIST SP 800-63B-4 §3.1.1.
    """
    composed = normalize("NFC", password)
    _require_length(composed, _min_length(auth, chooser))
    weakness: PasswordReason | None = await auth.checks.weakness(composed, list(_words(chooser)))
    if weakness is None and await _is_published(auth, composed, chooser, caller):
        weakness = "common"
    if weakness is not None:
        raise PasswordRefused(SENTENCES[weakness], reason=weakness)


def require_another(password: str, current: str) -> None:
    """Refuse a new password that is the one before, however it was composed. Raises PasswordRefused."""
    if normalize("NFC", password) == normalize("NFC", current):
        raise _same()


async def require_not_known(auth: Auth, password: str, user_id: UUID) -> None:
    """Refuse a new password that the account has, or that was ended because a stranger may know it.

    Raises PasswordRefused, SignInBusy.
    """
    await _require_other_than(auth, password, await users.read_password(auth.database, user_id))
    await require_not_ended(auth, password, user_id)


async def require_not_ended(auth: Auth, password: str, user_id: UUID) -> None:
    """Refuse one that was ended only; the present one may be set anew. Raises PasswordRefused, SignInBusy."""
    await _require_other_than(auth, password, await users.read_ended_password(auth.database, user_id))


async def _require_other_than(auth: Auth, password: str, stored: str | None) -> None:
    if stored is not None and (await auth.passwords.check(password, stored)).is_right:
        raise _same()


def _same() -> PasswordRefused:
    return PasswordRefused(SENTENCES["same"], reason="same")


def does_alone(auth: Auth, password: str) -> bool:
    """Return whether a password is long enough to be all that is asked of its owner."""
    return len(normalize("NFC", password)) >= auth.settings.password_min_length()


async def require_still_long_enough(auth: Auth, tx: Transaction, user_id: UUID, password: str) -> None:
    """Refuse a short password where the second factor that allowed it is gone; the account must be locked.

    Raises PasswordRefused.
    """
    if not does_alone(auth, password) and not (await second_factors.read_factors(tx, user_id)).is_strong:
        _require_length(normalize("NFC", password), auth.settings.password_min_length())


def _min_length(auth: Auth, chooser: Chooser) -> int:
    return PASSWORD_MIN_LENGTH_WITH_SECOND_FACTOR if chooser.has_second_factor else auth.settings.password_min_length()


def _require_length(composed: str, min_length: int) -> None:
    if len(composed) < min_length:
        sentence = f"Choose a password of at least {min_length} characters; a few words are easy to keep."
        raise PasswordRefused(sentence, reason="too_short")
    if len(composed.encode()) > PASSWORD_MAX_BYTES:
        raise PasswordRefused(f"Choose a password of at most {PASSWORD_MAX_BYTES} bytes.", reason="too_long")


def _words(chooser: Chooser) -> Iterator[str]:
    """Yield what somebody who knows the person and the product tries first: whole addresses and names, their parts."""
    yield from PRODUCT_WORDS
    for text in (chooser.email, chooser.display_name):
        if text is not None:
            parts = split(r"[\W_]+", text.strip())
            yield from (part for part in (text.strip(), *text.split("@"), "".join(parts), *parts) if _is_word(part))


def _is_word(part: str) -> bool:
    return len(part) >= SHORTEST_WORD


async def _is_published(auth: Auth, password: str, chooser: Chooser, caller: Caller) -> bool:
    """Ask the operator's breach service, if there is one; its silence refuses nobody, and is written down."""
    if auth.settings.auth_breached_passwords_url is None:
        return False
    try:
        return await is_published(auth.settings.auth_breached_passwords_url, password)
    except BreachServiceSilent as silent:
        event = AuditEvent(
            "policy.breach_check_skipped",
            chooser.user_id,
            chooser.user_id,
            outcome="failure",
            data={"reason": silent.reason},
        )
        async with auth.database.transaction() as tx:
            await record(auth, tx, event, caller)
        return False
