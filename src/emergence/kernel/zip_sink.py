"""Where a ZIP file is written that is sent while it is made."""


class ZipSink:
    """Takes what is written, until it is taken away; it cannot be gone back in, so that nothing has to be held."""

    def __init__(self) -> None:
        self.held = bytearray()

    def write(self, data: bytes) -> int:
        """Add to what is held."""
        self.held += data
        return len(data)

    def flush(self) -> None:
        """Nothing waits."""

    def take(self) -> bytes:
        """Return what was written since the last time."""
        taken, self.held = bytes(self.held), bytearray()
        return taken
