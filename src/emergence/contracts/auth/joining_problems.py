"""What is refused to people who want an account, and to who invites them."""

from emergence.kernel.errors import ServiceError


class PasswordNeeded(ServiceError):
    """The link was opened in another browser than the one that asked: what was chosen there counts only there."""

    code = "password_needed"
    status = 409
    sentence = "You asked for this account in another browser. Choose a password to make it here."


class UnknownInvitation(ServiceError):
    """There is no such invitation, or it was accepted or withdrawn."""

    code = "unknown_invitation"
    status = 404
    sentence = "This invitation was accepted or withdrawn already."
