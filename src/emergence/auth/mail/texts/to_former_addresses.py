"""Letters to an address that is no longer an account's: no link, and no word of who acted and from where."""

from collections.abc import Mapping

from emergence.auth.mail.texts.text import Text
from emergence.contracts.auth.values import Language

TO_FORMER_ADDRESSES: Mapping[str, Mapping[Language, Text]] = {
    "address_given_up": {
        "en": Text(
            subject="This address no longer belongs to an account",
            opening=(
                "Hello,",
                "On {at} (UTC) a change of e-mail address was taken back from the address before it: an Emergence "
                "account that used this address no longer does. Its sessions ended and its password no longer works.",
            ),
            closing=(
                "If it is not your account, there is nothing to do.",
                "If it is yours and the other address is not, write to whoever runs this Emergence.",
            ),
        ),
        "fr": Text(
            subject="Cette adresse n’appartient plus à un compte",
            opening=(
                "Bonjour,",
                "Le {at} (UTC), un changement d’adresse e-mail a été annulé depuis l’adresse précédente : un compte "
                "Emergence qui utilisait cette adresse ne l’utilise plus. Ses sessions ont pris fin et son mot de "
                "passe ne fonctionne plus.",
            ),
            closing=(
                "Si ce compte n’est pas le vôtre, il n’y a rien à faire.",
                "Si c’est le vôtre et que l’autre adresse ne l’est pas, écrivez à la personne qui gère cet Emergence.",
            ),
        ),
    },
}
