"""What auth refuses when somebody takes their data or leaves."""

from emergence.kernel.errors import ServiceError


class DeletionPending(ServiceError):
    """The account is about to be erased; whoever proved by every factor to be its owner gets a token that undoes it."""

    code = "deletion_pending"
    status = 409
    sentence = "This account is about to be deleted."


class UndoRejected(ServiceError):
    """The token is unknown, used or over, or the account is erased or was never to be."""

    code = "undo_rejected"
    status = 409
    sentence = "This cannot be undone any more. Sign in again to see how your account stands."


class TooManyExports(ServiceError):
    """Two exports a day; `Retry-After` says when the next one may begin."""

    code = "too_many_exports"
    status = 429
    sentence = "Two exports a day can be made. Try again tomorrow."

    def __init__(self, detail: str | None = None, *, retry_after_s: int = 3600) -> None:
        super().__init__(detail, headers={"Retry-After": str(retry_after_s)})


class CannotExport(ServiceError):
    """Of an active administrator, whose account nobody else may look at either."""

    code = "cannot_export"
    status = 409
    sentence = "Active administrators take their data themselves."


class UnknownExport(ServiceError):
    """There is no finished export of this person, or its time is over."""

    code = "unknown_export"
    status = 404
    sentence = "There is no export to download. Ask for a new one."
