"""The errors that memory answers with."""

from emergence.kernel.errors import ServiceError


class UnknownTurn(ServiceError):
    """Nothing of that id is kept for the caller: it never was, or it was forgotten."""

    code = "unknown_turn"
    status = 404
    sentence = "This is not remembered, or no longer."


class UnknownItem(ServiceError):
    """Nothing of that id is remembered for the caller: it never was, or it was forgotten."""

    code = "unknown_item"
    status = 404
    sentence = "This is not remembered, or no longer."


class ItemSuperseded(ServiceError):
    """Something newer stands in the place of this item, and only the newest is changed."""

    code = "item_superseded"
    status = 409
    sentence = "There is a newer version of this. Change that one."
