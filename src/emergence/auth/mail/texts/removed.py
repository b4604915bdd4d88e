"""Say what an undone change of address took from an account, for the middle of a sentence."""

from collections.abc import Mapping

from emergence.contracts.auth.values import Language

# By what the audit log calls it: one, and several where there may be.
REMOVED: Mapping[str, Mapping[Language, tuple[str, str]]] = {
    "passkeys_removed": {"en": ("1 passkey", "{} passkeys"), "fr": ("1 clé d’accès", "{} clés d’accès")},
    "authenticator_removed": {
        "en": ("the authenticator app", ""),
        "fr": ("l’application d’authentification", ""),
    },
    "recovery_codes_removed": {"en": ("the recovery codes", ""), "fr": ("les codes de secours", "")},
    "identities_removed": {
        "en": ("1 linked account", "{} linked accounts"),
        "fr": ("1 compte lié", "{} comptes liés"),
    },
    "addresses_removed": {
        "en": ("1 other address", "{} other addresses"),
        "fr": ("1 autre adresse", "{} autres adresses"),
    },
}
NOTHING: Mapping[Language, str] = {"en": "nothing", "fr": "rien"}


def removed_words(data: Mapping[str, str | int | bool], language: Language) -> str:
    """Return something like `2 passkeys, the recovery codes`; there is nothing of anybody's own words in it."""
    counts = {name: int(data.get(name, 0)) for name in REMOVED}
    named = [REMOVED[name][language][count > 1].format(count) for name, count in counts.items() if count]
    return ", ".join(named) or NOTHING[language]
