"""What another value of a secret would break, looked at before the rotation; operate/rotation.py does it."""

from collections.abc import Sequence

from operate.catalogue import Service
from operate.programs import Tools
from operate.refusals import Exit, Refused
from operate.revisions import live_service, revisions_of
from operate.secret_store import state_of

SERVICE_SECRET = "EMERGENCE_SERVICE_SECRET"
MEMORY_SECRET = "MEMORY_KEY_SECRET"
# What no second value saves, so that whoever rotates must know it.
LOST = {"CHAT_KEY_SECRET": "Every provider key that people typed in the settings is lost, and must be typed again."}


def question_of(name: str) -> str:
    """Return what the operator is asked before a rotation, with what is lost by it."""
    return " ".join(filter(None, (LOST.get(name), f"Give {name} another value?")))


def check_rotation(tools: Tools, name: str, services: Sequence[Service]) -> None:
    """Raise Refused(SECRET) where another value would keep a service from ever starting again.

    Memory's key is sealed by MEMORY_KEY_SECRET, and where that is not bound by EMERGENCE_SERVICE_SECRET, which has no
    value before it. The revision that serves must have started with MEMORY_KEY_SECRET, which seals the key anew.
    """
    if name != SERVICE_SECRET:
        return
    for service in services:
        if MEMORY_SECRET not in service.optional_secrets:
            continue
        why = f"{SERVICE_SECRET} also seals memory's key, and {service.key} would never start again; first"
        if state_of(tools, MEMORY_SECRET) != "usable":
            raise Refused(
                Exit.SECRET, f"{why} `make secrets-rotate NAME={MEMORY_SECRET}`, then `make deploy-{service.key}`"
            )
        if not _serves_with(tools, service):
            raise Refused(Exit.SECRET, f"{why} `make deploy-{service.key}`, which takes {MEMORY_SECRET}")


def _serves_with(tools: Tools, service: Service) -> bool:
    """Return whether everything that serves was started with MEMORY_KEY_SECRET; so does what was never deployed."""
    live = live_service(tools, service.name)
    if live is None:
        return True
    return all(MEMORY_SECRET in each.pinned for each in revisions_of(tools, service.name) if each.name in live.serving)
