"""Notices: what happened to an account, said to its owner in one frame that tells when, from where, and what to do."""

from collections.abc import Mapping
from dataclasses import dataclass

from emergence.auth.mail.texts.text import Text
from emergence.contracts.auth.values import Language


@dataclass(frozen=True, slots=True)
class Said:
    """What is particular to one notice."""

    subject: str
    what: str


NOTICES: Mapping[str, Mapping[Language, Said]] = {
    "new_device": {
        "en": Said("New sign-in to your account", "Somebody signed in to your account from a device not seen before."),
        "fr": Said(
            "Nouvelle connexion à votre compte",
            "Quelqu’un s’est connecté à votre compte depuis un appareil encore inconnu.",
        ),
    },
    "password_changed": {
        "en": Said("Your password was changed", "The password of your account was changed; other sessions were ended."),
        "fr": Said(
            "Votre mot de passe a changé",
            "Le mot de passe de votre compte a été changé ; les autres sessions ont pris fin.",
        ),
    },
    "password_set": {
        "en": Said("Your account has a password now", "A password was chosen for your account, which had none."),
        "fr": Said(
            "Votre compte a maintenant un mot de passe",
            "Un mot de passe a été choisi pour votre compte, qui n’en avait pas.",
        ),
    },
    "password_was_reset": {
        "en": Said(
            "Your password was reset",
            "A new password was chosen for your account with a mailed link; all sessions were ended.",
        ),
        "fr": Said(
            "Votre mot de passe a été réinitialisé",
            "Un nouveau mot de passe a été choisi pour votre compte avec un lien reçu par e-mail ; toutes les sessions "
            "ont pris fin.",
        ),
    },
    "totp_enabled": {
        "en": Said("Two-step sign-in is on", "Signing in to your account now also asks for a code of an app."),
        "fr": Said(
            "La connexion en deux étapes est active",
            "La connexion à votre compte demande maintenant aussi le code d’une application.",
        ),
    },
    "totp_disabled": {
        "en": Said("Two-step sign-in is off", "Signing in to your account no longer asks for a code of an app."),
        "fr": Said(
            "La connexion en deux étapes est désactivée",
            "La connexion à votre compte ne demande plus le code d’une application.",
        ),
    },
    "recovery_codes_renewed": {
        "en": Said(
            "New recovery codes", "New recovery codes were made for your account; earlier ones are worth nothing."
        ),
        "fr": Said(
            "Nouveaux codes de secours",
            "De nouveaux codes de secours ont été créés pour votre compte ; les anciens ne valent plus rien.",
        ),
    },
    "recovery_code_used": {
        "en": Said("A recovery code was used", "One of the recovery codes of your account was used."),
        "fr": Said("Un code de secours a été utilisé", "L’un des codes de secours de votre compte a été utilisé."),
    },
    "passkey_added": {
        "en": Said("A passkey was added", "A passkey was added to your account; it can sign in."),
        "fr": Said(
            "Une clé d’accès a été ajoutée",
            "Une clé d’accès a été ajoutée à votre compte ; elle permet de se connecter.",
        ),
    },
    "passkey_removed": {
        "en": Said("A passkey was removed", "A passkey was removed from your account."),
        "fr": Said("Une clé d’accès a été retirée", "Une clé d’accès a été retirée de votre compte."),
    },
    "identity_linked": {
        "en": Said("Another way to sign in", "An account at another provider was linked to yours; it can sign in."),
        "fr": Said(
            "Un autre moyen de se connecter",
            "Un compte chez un autre fournisseur a été lié au vôtre ; il permet de se connecter.",
        ),
    },
    "identity_unlinked": {
        "en": Said("A way to sign in was removed", "An account at another provider is no longer linked to yours."),
        "fr": Said(
            "Un moyen de connexion a été retiré", "Un compte chez un autre fournisseur n’est plus lié au vôtre."
        ),
    },
    "session_stolen": {
        "en": Said(
            "A session of yours was ended",
            "One of your sessions was used from two places at once, as if it had been copied. It was ended.",
        ),
        "fr": Said(
            "L’une de vos sessions a été fermée",
            "L’une de vos sessions a été utilisée de deux endroits à la fois, comme si elle avait été copiée. Elle a "
            "été fermée.",
        ),
    },
    "email_changed": {
        "en": Said("This address now belongs to your account", "Your account uses this e-mail address from now on."),
        "fr": Said(
            "Cette adresse appartient maintenant à votre compte",
            "Votre compte utilise désormais cette adresse e-mail.",
        ),
    },
    "email_change_undone": {
        "en": Said(
            "The change of your e-mail address was taken back",
            "Your account uses this e-mail address again. All sessions ended, and the password no longer works: choose "
            "a new one where you sign in, by “Forgotten password?”. Removed besides: {removed}.",
        ),
        "fr": Said(
            "Le changement de votre adresse e-mail a été annulé",
            "Votre compte utilise de nouveau cette adresse e-mail. Toutes les sessions ont pris fin et le mot de passe "
            "ne fonctionne plus : choisissez-en un nouveau sur la page de connexion, par « Mot de passe oublié ? ». "
            "Également retirés : {removed}.",
        ),
    },
    "deletion_requested": {
        "en": Said(
            "Your account will be deleted",
            "The deletion of your account was asked for. It can be taken back for seven days: sign in to do so.",
        ),
        "fr": Said(
            "Votre compte sera supprimé",
            "La suppression de votre compte a été demandée. Vous pouvez l’annuler pendant sept jours : connectez-vous "
            "pour le faire.",
        ),
    },
    "deletion_cancelled": {
        "en": Said("Your account stays", "The deletion of your account was taken back."),
        "fr": Said("Votre compte est conservé", "La suppression de votre compte a été annulée."),
    },
    "impersonated": {
        "en": Said(
            "An administrator works in your account",
            "An administrator opened your account to look into something. Their name and reason are in your activity.",
        ),
        "fr": Said(
            "Un administrateur agit dans votre compte",
            "Un administrateur a ouvert votre compte pour examiner quelque chose. Son nom et son motif figurent dans "
            "votre activité.",
        ),
    },
    "exported": {
        "en": Said(
            "An administrator takes a copy of your data",
            "An administrator asked for an export of what is kept of you. Their name and reason are in your activity.",
        ),
        "fr": Said(
            "Un administrateur prend une copie de vos données",
            "Un administrateur a demandé un export de ce qui est conservé de vous. Son nom et son motif figurent dans "
            "votre activité.",
        ),
    },
    "export_downloaded": {
        "en": Said(
            "An administrator downloaded a copy of your data",
            "An administrator downloaded the export of what is kept of you. Their name is in your activity.",
        ),
        "fr": Said(
            "Un administrateur a téléchargé une copie de vos données",
            "Un administrateur a téléchargé l’export de ce qui est conservé de vous. Son nom figure dans votre "
            "activité.",
        ),
    },
    "second_factor_reset": {
        "en": Said("Your second factor was removed", "An administrator removed the second factor of your account."),
        "fr": Said(
            "Votre second facteur a été retiré", "Un administrateur a retiré le second facteur de votre compte."
        ),
    },
    "suspended": {
        "en": Said("Your account is suspended", "An administrator suspended your account; all sessions were ended."),
        "fr": Said(
            "Votre compte est suspendu",
            "Un administrateur a suspendu votre compte ; toutes les sessions ont pris fin.",
        ),
    },
}


def notice_text(said: Said, language: Language, values: Mapping[str, str]) -> Text:
    """Return the frame around a notice. `device` and `network` are told where they are known."""
    french = language == "fr"
    facts = ["Le {at} (UTC)" if french else "On {at} (UTC)"]
    if values.get("device"):
        facts.append("avec {device}" if french else "with {device}")
    if values.get("network"):
        facts.append("depuis le réseau {network}" if french else "from the network {network}")
    return Text(
        subject=said.subject,
        opening=("Bonjour," if french else "Hello,", said.what, ", ".join(facts) + "."),
        label="Vérifier la sécurité de votre compte" if french else "Look after your account",
        link="{link}",
        closing=(
            "Si c’était attendu, il n’y a rien à faire. Sinon, changez votre mot de passe et mettez fin aux sessions "
            "que vous ne connaissez pas."
            if french
            else "If you expected this, there is nothing to do. If not, change your password and end the sessions that "
            "you do not know.",
        ),
    )
