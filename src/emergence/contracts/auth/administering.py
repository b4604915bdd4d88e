"""Whether administering asks for two factors: said once, and enforced by every service that lets administrators in."""

from typing import Literal

from pydantic import Field

from emergence.contracts.auth.problems import StepUpRequired
from emergence.kernel.settings import Boolean
from emergence.kernel.surroundings import CommonSettings

TWO_FACTORS = "2"


class AdministeringSettings(CommonSettings):
    """What decides it; every service with routes for administrators reads the same."""

    auth_env: Literal["production", "staging", "dev"] = Field(
        default="production", description="`dev` is one of the three conditions for signing in without a password."
    )
    auth_admin_require_mfa: Boolean | None = Field(
        default=None,
        description="Whether administering asks for two factors; default: yes with AUTH_ENV=production and "
        "EMERGENCE_ENV=production, else no, because a server on one's own machine has nobody to keep out.",
    )

    def is_production(self) -> bool:
        """Return whether real people depend on this deployment."""
        return self.auth_env == "production" and self.emergence_env == "production"

    def administrators_need_two_factors(self) -> bool:
        """Return whether administering asks for a second factor."""
        return self.is_production() if self.auth_admin_require_mfa is None else self.auth_admin_require_mfa


def has_factors_of_administrator(settings: AdministeringSettings, acr: str | None) -> bool:
    """Return whether a session was opened by as many factors as administering asks for."""
    return acr == TWO_FACTORS or not settings.administrators_need_two_factors()


def require_factors_of_administrator(settings: AdministeringSettings, acr: str | None) -> None:
    """Let an administrator go on whose session has them. Raises StepUpRequired."""
    if not has_factors_of_administrator(settings, acr):
        raise StepUpRequired("Administering asks for two factors.", acr_values=TWO_FACTORS)
