"""How long login sessions last: an administrator's with two factors much shorter, because it can do more."""

from dataclasses import dataclass
from datetime import timedelta

from emergence.auth.settings import AuthSettings
from emergence.contracts.auth.values import Role


@dataclass(frozen=True, slots=True)
class Lifetime:
    """How long a session lasts without use, and at most."""

    idle: timedelta
    absolute: timedelta

    def at_most(self, other: "Lifetime") -> "Lifetime":
        """Return what both permit."""
        return Lifetime(min(self.idle, other.idle), min(self.absolute, other.absolute))


BROWSER_LIFETIME = Lifetime(idle=timedelta(days=7), absolute=timedelta(days=30))
ADMINISTRATOR_LIFETIME = Lifetime(idle=timedelta(minutes=30), absolute=timedelta(hours=12))


def lifetime_for(settings: AuthSettings, role: Role, level: str) -> Lifetime:
    """Return how long a session may last; `level` is its `acr`. In production administering needs two factors."""
    if settings.is_production() and role is Role.ADMIN and level == "2":
        return ADMINISTRATOR_LIFETIME
    return BROWSER_LIFETIME
