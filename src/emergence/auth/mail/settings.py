"""What sending mail takes from the environment; without SMTP_HOST no mail is sent."""

from typing import Literal, Self

from pydantic import Field, model_validator

from emergence.auth.loopback import LOOPBACK_NAMES
from emergence.contracts.auth.values import Email
from emergence.kernel.settings import Secret
from emergence.kernel.surroundings import CommonSettings

USUAL_PORTS = {"starttls": 587, "tls": 465, "none": 25}  # RFC 6409, RFC 8314, RFC 5321


class MailSettings(CommonSettings):
    """Variables of outgoing mail."""

    smtp_host: str | None = Field(
        default=None,
        description="Server that takes our mail. Without one nothing is mailed: no forgotten passwords, no notices.",
    )
    smtp_port: int | None = Field(
        default=None, ge=1, le=65535, description="Its port; default: 587 with starttls, 465 with tls, 25 with none."
    )
    smtp_username: str | None = Field(default=None, description="Name to sign in to it with; without one nobody does.")
    smtp_password: Secret | None = Field(default=None, description="Password that belongs to SMTP_USERNAME.")
    smtp_from_email: Email | None = Field(
        default=None,
        description="Address that our mail comes from, like no-reply@example.org; required with SMTP_HOST.",
    )
    smtp_tls: Literal["starttls", "tls", "none"] = Field(
        default="starttls",
        description="How the way to SMTP_HOST is encrypted; `none` in production only where it is on this machine.",
    )

    @model_validator(mode="after")
    def _whole_or_absent(self) -> Self:
        given = {
            "SMTP_FROM_EMAIL": self.smtp_from_email,
            "SMTP_PORT": self.smtp_port,
            "SMTP_USERNAME": self.smtp_username,
            "SMTP_PASSWORD": self.smtp_password,
        }
        if self.smtp_host is None:
            for name, value in given.items():
                if value is not None:
                    raise ValueError(f"SMTP_HOST: is required because {name} is set")
            return self
        if self.smtp_from_email is None:
            raise ValueError("SMTP_FROM_EMAIL: is required with SMTP_HOST, like no-reply@example.org")
        if (self.smtp_username is None) != (self.smtp_password is None):
            missing = "SMTP_PASSWORD" if self.smtp_password is None else "SMTP_USERNAME"
            raise ValueError(f"{missing}: is missing; name and password are given together")
        is_open = self.smtp_tls == "none" and self.smtp_host not in LOOPBACK_NAMES
        if is_open and self.emergence_env == "production":
            raise ValueError("SMTP_TLS: must be starttls or tls in production, because links in mails are secrets")
        return self

    def sends_mail(self) -> bool:
        """Return whether letters leave this deployment."""
        return self.smtp_host is not None

    def mail_port(self) -> int:
        """Return the port of the mail server."""
        return self.smtp_port or USUAL_PORTS[self.smtp_tls]
