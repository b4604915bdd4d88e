"""What goes by mail: forgotten passwords, verified and changed addresses, signing in with a mailed code."""

from datetime import datetime

from pydantic import BaseModel, Field

from emergence.contracts.auth.values import Code, Email, Password, SecretText, Strict


class AskForLetter(Strict):
    """Ask for a letter to an address; the answer is the same whether anybody has it."""

    email: Email


class Asked(BaseModel):
    """If the address belongs to an account and no letter was asked for just before, one is on its way.

    Nothing in it depends on whether anybody has the address.
    """

    expires_in: int = Field(description="seconds, for which what the letter brings is good")
    retry_after_seconds: int = Field(
        ge=0, description="until another one may be asked for; what is asked for sooner is answered alike and not sent"
    )


class MailedLink(Strict):
    """What stood behind the `#` of a mailed link."""

    token: SecretText = Field(max_length=200)


class ResetPassword(MailedLink):
    """Choose a new password with a mailed link; all sessions end."""

    new_password: Password


class LogInWithMailedCode(Strict):
    """Sign in with a mailed code, in the browser that asked for it."""

    code: Code = Field(repr=False)


class EmailState(BaseModel):
    """The caller's address, and whether they proved that it is theirs."""

    email: str | None
    verified_at: datetime | None


class ResetLink(BaseModel):
    """`link` is to be handed over where nothing is mailed; without a public address it is a path of this server."""

    is_mailed: bool
    link: str | None
    expires_at: datetime
