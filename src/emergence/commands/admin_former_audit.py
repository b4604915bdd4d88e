"""The act of `emergence admin` that shows what the former system wrote down; nothing vouches for it."""

import argparse

from emergence.auth.parts import Auth
from emergence.auth.store import legacy
from emergence.auth.store.legacy import ShownEvent
from emergence.commands.operator_act import Act, Outcome, declare
from emergence.terminal.plain_text import shown_text

LAST = 50
NONE = "Nothing of a former system's audit log is here."


def configure_former_audit(acts: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the words of this act."""
    shown = declare(
        acts, "former-audit", "Show what the former system wrote down of accounts, the latest first.", _show
    )
    shown.add_argument("--last", type=int, default=LAST, metavar="N", help=f"how many lines; default {LAST}")


def _show(arguments: argparse.Namespace) -> Act:
    last: int = max(0, arguments.last)

    async def act(auth: Auth) -> Outcome:
        events = await legacy.latest_events(auth.database, last)
        told = [
            {"at": event.at.isoformat() if event.at else None, "type": event.type, "actor": event.actor}
            | {"subject": event.subject, "data": event.data}
            for event in events
        ]
        return Outcome("\n".join(map(_line, events)) or NONE, {"events": told})

    return act


def _line(event: ShownEvent) -> str:
    when = f"{event.at:%Y-%m-%d %H:%M}" if event.at else "no time"
    words = [when, event.type, f"by {event.actor or '?'}", f"of {event.subject}" if event.subject else "", event.data]
    return shown_text("  ".join(word for word in words if word))
