"""Getting an account: registering, invitations, and the addresses that may register by themselves."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from emergence.contracts.auth.by_mail import MailedLink
from emergence.contracts.auth.values import (
    DisplayName,
    Email,
    Language,
    OnesAddress,
    Password,
    ProofOfWork,
    Role,
    Sentence,
    Strict,
)

InvitationState = Literal["open", "unvouched", "expired", "accepted", "revoked"]
Note = Annotated[Sentence, Field(max_length=200)]


class Register(Strict):
    """Ask for an account; the answer is the same whether the address has one, may have one, or may not."""

    email: Email
    password: Password
    display_name: DisplayName
    altcha: ProofOfWork | None = Field(default=None, repr=False)


class ConfirmRegistration(MailedLink):
    """Make the account that was asked for; in another browser than that one a password is chosen anew."""

    password: Password | None = None


class Invite(Strict):
    """Invite whoever owns an address; `note` is for administrators, `language` is the letter's."""

    email: Email
    role: Role = Role.MEMBER
    note: Note = ""
    language: Language | None = None


class AdministeredInvitation(BaseModel):
    """An invitation as administrators see it, without its link."""

    id: UUID
    email: str
    role: Role
    note: str
    state: InvitationState
    invited_by: str | None
    created_at: datetime
    expires_at: datetime


class Invited(BaseModel):
    """`link` is to be handed over where nothing is mailed; without a public address it is a path of this server."""

    invitation: AdministeredInvitation
    is_mailed: bool
    link: str | None


class AdministeredInvitations(BaseModel):
    """Invitations, the latest first; `next` goes into `before` of the following request."""

    invitations: list[AdministeredInvitation]
    next: UUID | None = None


class InvitationShown(BaseModel):
    """What an invitation says to whoever holds its link."""

    email: str
    role: Role
    expires_at: datetime


class AcceptInvitation(MailedLink):
    """Make the account that one was invited to."""

    password: Password
    display_name: DisplayName


class AllowAddress(Strict):
    """Let whoever owns an address make an account with this role; a listed one gets the new role and note."""

    email: OnesAddress
    role: Role = Role.MEMBER
    note: Note = ""


class AllowedAddress(BaseModel):
    """An address of the allowlist; `has_account`: somebody here has it."""

    email: str
    role: Role
    note: str
    added_by: str | None
    created_at: datetime
    has_account: bool


class AllowedAddresses(BaseModel):
    """A page of the allowlist by address; `next` goes into `after` of the following request."""

    addresses: list[AllowedAddress]
    next: str | None = None


class AddressRemoved(BaseModel):
    """An address is not listed any more; where `has_account`, that account stays and is suspended by itself."""

    has_account: bool
