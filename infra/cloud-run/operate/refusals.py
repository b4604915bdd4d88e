"""Why a command stops: one line for a person, and an exit code of its own for programs."""

from enum import IntEnum


class Exit(IntEnum):
    """Exit codes of every script here; the README lists them with what to do."""

    DONE = 0
    FAILED = 1  # a check found something; nothing more particular to say
    NOT_ASKED = 2  # wrong words, or nobody there to say yes
    TOOL = 10
    NOT_SIGNED_IN = 11
    PROJECT = 12
    SECRET = 13
    IMAGE = 14
    MANIFEST = 15
    DIRTY_TREE = 16
    BUILD = 20
    NOT_READY = 21
    SMOKE = 22
    CANARY = 23
    PARTIAL = 24
    NO_REVISION = 30
    SCHEMA = 31
    RESTORE = 32
    HISTORY = 33
    STANDBY = 34
    BUSY = 40
    API = 41
    INTERRUPTED = 130


class Refused(Exception):
    """The command stops here; the message is one line that says what to do."""

    def __init__(self, code: Exit, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code


class Missing(Refused):
    """Google knows no such thing; whoever asked decides what that means."""
