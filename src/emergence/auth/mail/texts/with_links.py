"""Letters that carry a link or a code."""

from collections.abc import Mapping

from emergence.auth.mail.texts.text import Text
from emergence.contracts.auth.values import Language

WITH_LINKS: Mapping[str, Mapping[Language, Text]] = {
    "password_reset": {
        "en": Text(
            subject="Choose a new password",
            opening=("Hello,", "Somebody, probably you, asked for a new password for your Emergence account."),
            label="Choose a new password",
            link="{link}",
            closing=(
                "The link works once, within 15 minutes of being asked for. All your sessions end when it is used.",
                "If it was not you, do nothing: your password stays as it is.",
            ),
        ),
        "fr": Text(
            subject="Choisissez un nouveau mot de passe",
            opening=(
                "Bonjour,",
                "Quelqu’un, sans doute vous, a demandé un nouveau mot de passe pour votre compte Emergence.",
            ),
            label="Choisir un nouveau mot de passe",
            link="{link}",
            closing=(
                "Le lien fonctionne une seule fois, dans les 15 minutes qui suivent la demande. Toutes vos sessions "
                "prennent fin quand il est utilisé.",
                "Si ce n’était pas vous, ne faites rien : votre mot de passe reste inchangé.",
            ),
        ),
    },
    "email_verification": {
        "en": Text(
            subject="Confirm your e-mail address",
            opening=("Hello,", "Confirm that this address belongs to your Emergence account."),
            label="Confirm this address",
            link="{link}",
            closing=(
                "The link works once, within 24 hours.",
                "If you have no such account, do nothing: without you the address stays unconfirmed.",
            ),
        ),
        "fr": Text(
            subject="Confirmez votre adresse e-mail",
            opening=("Bonjour,", "Confirmez que cette adresse appartient à votre compte Emergence."),
            label="Confirmer cette adresse",
            link="{link}",
            closing=(
                "Le lien fonctionne une seule fois, pendant 24 heures.",
                "Si vous n’avez pas de compte, ne faites rien : sans vous, l’adresse reste non confirmée.",
            ),
        ),
    },
    "email_change": {
        "en": Text(
            subject="Confirm your new e-mail address",
            opening=("Hello,", "An Emergence account is to use this address from now on. Confirm it to change over."),
            label="Use this address",
            link="{link}",
            closing=(
                "The link works once, within 24 hours. The address before this one is told of the change.",
                "If it was not you, do nothing: nothing changes.",
            ),
        ),
        "fr": Text(
            subject="Confirmez votre nouvelle adresse e-mail",
            opening=(
                "Bonjour,",
                "Un compte Emergence doit désormais utiliser cette adresse. Confirmez-la pour faire le changement.",
            ),
            label="Utiliser cette adresse",
            link="{link}",
            closing=(
                "Le lien fonctionne une seule fois, pendant 24 heures. L’ancienne adresse est prévenue du changement.",
                "Si ce n’était pas vous, ne faites rien : rien ne change.",
            ),
        ),
    },
    "email_change_undo": {
        "en": Text(
            subject="The e-mail address of your account was changed",
            opening=(
                "Hello,",
                "Your Emergence account uses another e-mail address since {at} (UTC), and no longer this one.",
                "If it was you, there is nothing to do. If not, take the change back:",
            ),
            label="Take the change back",
            link="{link}",
            closing=(
                "The link works once, within 72 hours. It gives the account this address back and gives up those that "
                "came after it, ends all sessions, and ends your password: choose a new one afterwards. It removes the "
                "passkeys, authenticator app, recovery codes and linked accounts that were added since, or in the day "
                "before the change was asked for, and cancels a deletion of the account that was asked for since.",
            ),
        ),
        "fr": Text(
            subject="L’adresse e-mail de votre compte a changé",
            opening=(
                "Bonjour,",
                "Votre compte Emergence utilise une autre adresse e-mail depuis le {at} (UTC), et plus celle-ci.",
                "Si c’était vous, il n’y a rien à faire. Sinon, annulez ce changement :",
            ),
            label="Annuler le changement",
            link="{link}",
            closing=(
                "Le lien fonctionne une seule fois, pendant 72 heures. Il rend cette adresse au compte et abandonne "
                "celles qui l’ont suivie, met fin à toutes les sessions et à votre mot de passe : choisissez-en "
                "ensuite un nouveau. Il retire les clés d’accès, l’application d’authentification, les codes de "
                "secours et les comptes liés ajoutés depuis, ou dans la journée précédant la demande de changement, et "
                "annule une suppression du compte demandée depuis.",
            ),
        ),
    },
    "magic_link": {
        "en": Text(
            subject="Your code for signing in",
            opening=("Hello,", "Enter this code where you are signing in to Emergence:"),
            code="{code}",
            label="Or open this link in the same browser",
            link="{link}",
            closing=(
                "The code works once, within 10 minutes, and only in the browser that asked for it. Give it to nobody.",
                "If it was not you, do nothing: without this letter nobody comes in.",
            ),
        ),
        "fr": Text(
            subject="Votre code de connexion",
            opening=("Bonjour,", "Saisissez ce code là où vous vous connectez à Emergence :"),
            code="{code}",
            label="Ou ouvrez ce lien dans le même navigateur",
            link="{link}",
            closing=(
                "Le code fonctionne une seule fois, pendant 10 minutes, et seulement dans le navigateur qui l’a "
                "demandé. Ne le donnez à personne.",
                "Si ce n’était pas vous, ne faites rien : sans cette lettre, personne n’entre.",
            ),
        ),
    },
    "registration": {
        "en": Text(
            subject="Confirm your e-mail address to make your account",
            opening=("Hello,", "Somebody, probably you, asked for an Emergence account with this address."),
            label="Make my account",
            link="{link}",
            closing=(
                "The link works once, within 24 hours. There is no account before it is used.",
                "If it was not you, do nothing.",
            ),
        ),
        "fr": Text(
            subject="Confirmez votre adresse e-mail pour créer votre compte",
            opening=("Bonjour,", "Quelqu’un, sans doute vous, a demandé un compte Emergence avec cette adresse."),
            label="Créer mon compte",
            link="{link}",
            closing=(
                "Le lien fonctionne une seule fois, pendant 24 heures. Sans lui, aucun compte n’est créé.",
                "Si ce n’était pas vous, ne faites rien.",
            ),
        ),
    },
    "registration_known": {
        "en": Text(
            subject="You already have an account",
            opening=(
                "Hello,",
                "Somebody asked for an Emergence account with this address. You already have one, and it stays as it "
                "is.",
            ),
            label="Sign in",
            link="{link}",
            closing=(
                "If it was you, sign in; there you can also replace a forgotten password.",
                "If it was not you, do nothing: whoever asked was not told that you have an account.",
            ),
        ),
        "fr": Text(
            subject="Vous avez déjà un compte",
            opening=(
                "Bonjour,",
                "Quelqu’un a demandé un compte Emergence avec cette adresse. Vous en avez déjà un, et il reste "
                "inchangé.",
            ),
            label="Se connecter",
            link="{link}",
            closing=(
                "Si c’était vous, connectez-vous ; vous pouvez aussi y remplacer un mot de passe oublié.",
                "Si ce n’était pas vous, ne faites rien : la personne n’a pas appris que vous avez un compte.",
            ),
        ),
    },
    "invitation": {
        "en": Text(
            subject="You are invited to Emergence",
            opening=("Hello,", "{inviter} invites you to make an Emergence account with this address."),
            label="Accept the invitation",
            link="{link}",
            closing=("The link works once, within three days.", "If you do not want an account, do nothing."),
        ),
        "fr": Text(
            subject="Vous êtes invité à rejoindre Emergence",
            opening=("Bonjour,", "{inviter} vous invite à créer un compte Emergence avec cette adresse."),
            label="Accepter l’invitation",
            link="{link}",
            closing=(
                "Le lien fonctionne une seule fois, pendant trois jours.",
                "Si vous ne voulez pas de compte, ne faites rien.",
            ),
        ),
    },
}
