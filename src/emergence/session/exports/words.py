"""The few words that a file to read says itself, in the language of whoever asked for it."""

from datetime import datetime

from emergence.contracts.chat import Language
from emergence.contracts.session.carrying import CarriedMessage, CarriedThread

_YOU = {"en": "You", "fr": "Vous"}
_UNNAMED = {"en": "Conversation", "fr": "Conversation"}
_EXPORTED = {"en": "Exported from Emergence on {at}", "fr": "Exporté d’Emergence le {at}"}
_STATUS = {
    "stopped": {"en": "stopped", "fr": "arrêtée"},
    "interrupted": {"en": "interrupted", "fr": "interrompue"},
    "error": {"en": "failed", "fr": "échouée"},
}


def line_of(thread: CarriedThread, at: datetime, language: Language) -> tuple[str, str]:
    """Return a file's title and the line below it."""
    return thread.title or _UNNAMED[language], _EXPORTED[language].format(at=_moment(at))


def heading_of(message: CarriedMessage, language: Language) -> str:
    """Return who said something and when, and what became of it."""
    who = _YOU[language] if message.role == "user" else (message.agent or "").capitalize()
    noted = f" ({_STATUS[message.status][language]})" if message.status in _STATUS else ""
    return f"{who}, {_moment(message.created_at)}{noted}"


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"
