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


class TooManyQuestions(ServiceError):
    """Other questions of this person are still being answered."""

    code = "too_many_questions"
    status = 429
    sentence = "Too much is being searched at once. Wait a moment."

    def __init__(self, detail: str | None = None, *, retry_after_s: int = 2) -> None:
        super().__init__(detail, headers={"Retry-After": str(retry_after_s)})


class TooManyWrites(ServiceError):
    """Above the pace at which one person may write into memory."""

    code = "too_many_writes"
    status = 429
    sentence = "Too much at once. Wait a moment."

    def __init__(self, detail: str | None = None, *, retry_after_s: int = 1) -> None:
        super().__init__(detail, headers={"Retry-After": str(retry_after_s)})


class TooManyItems(ServiceError):
    """Above the limit of one person, former versions included."""

    code = "too_many_items"
    status = 409
    sentence = "Nothing more fits into memory. Forget what you no longer need."


class ItemSuperseded(ServiceError):
    """Something newer stands in the place of this item, and only the newest is changed."""

    code = "item_superseded"
    status = 409
    sentence = "There is a newer version of this. Change that one."
