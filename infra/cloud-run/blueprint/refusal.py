"""How this program says no: one line that says what to do, and an exit status that scripts can tell apart."""


class Refusal(Exception):
    """A request that cannot be served; the message is for the operator."""

    status = 1


class InvalidManifest(Refusal):
    """A manifest, or what was said to fill it with, would not be accepted."""

    status = 15


class MissingTool(Refusal):
    """A program that is needed is not here, or too old."""

    status = 10
