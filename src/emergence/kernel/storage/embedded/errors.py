"""What can stop an embedded engine, each in one line that says what to do."""


class EngineError(Exception):
    """An embedded engine cannot run here; the text is one line for the person at the terminal."""


class FolderUnusable(EngineError):
    """The data folder cannot be made, entered or written."""


class FolderInUse(EngineError):
    """Another process holds the folder's lock."""


class FolderForeign(EngineError):
    """The folder was laid out by another release, or is not ours."""


class EngineMissing(EngineError):
    """The binaries are not installed or do not run on this machine."""


class EngineFailed(EngineError):
    """The server did not start, or did not stop, in time."""
