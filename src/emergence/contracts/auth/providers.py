"""Signing in with accounts at OpenID providers, and linking them to one's own."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field

from emergence.contracts.auth.values import SecretText, Strict

# A path of ours: browsers read `\` as `/`, so neither may follow the first one.
OwnPath = Annotated[str, Field(max_length=2000, pattern=r"^/([\x21-\x2e\x30-\x5b\x5d-\x7e][\x21-\x5b\x5d-\x7e]*)?$")]


class SignInProvider(BaseModel):
    """A provider that one can sign in with."""

    id: str
    label: str = Field(description="what the button says")


class BeginProviderSignIn(Strict):
    """Begin to sign in; `next` is where the person wants to be afterwards."""

    next: OwnPath | None = None
    again: bool = Field(default=False, description="ask the provider to let the person prove anew who they are")


class BeginLinking(Strict):
    """Begin to link an account at a provider to the caller's."""

    provider: Annotated[str, Field(max_length=40)]


class ProviderSignInBegun(BaseModel):
    """Where the browser goes next, as a whole page."""

    location: str


class HandOver(Strict):
    """Take up a sign-in where the provider's part of it ended."""

    token: SecretText = Field(max_length=200)


class Identity(BaseModel):
    """An account at a provider that signs the caller in."""

    id: UUID
    provider: str | None = Field(description="its name in the list of providers; absent when it is set up no more")
    label: str
    email: str | None = Field(description="the address it had when it was linked")
    linked_at: datetime
    last_used_at: datetime | None


class Identities(BaseModel):
    """The caller's linked accounts, and whether a password signs them in too."""

    identities: list[Identity]
    has_password: bool
