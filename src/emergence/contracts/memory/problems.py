"""The errors that memory answers with."""

from emergence.kernel.errors import ServiceError


class UnknownTurn(ServiceError):
    """Nothing of that id is kept for the caller: it never was, or it was forgotten."""

    code = "unknown_turn"
    status = 404
    sentence = "This is not remembered, or no longer."
