"""Keeps count while one answer is read, so that every ending can be reported the same way."""

from dataclasses import dataclass, field

from emergence.chat.models.estimate import estimated_input_tokens, estimated_tokens
from emergence.chat.models.provider import ModelCall, ModelEnded, TextDelta, UsageReport


@dataclass(slots=True)
class Reading:
    """What has been read of one answer so far."""

    call: ModelCall
    opened: bool = False  # the provider answered with a stream
    events: int = 0
    pieces: list[str] = field(default_factory=list)
    input_tokens: int | None = None
    output_tokens: int | None = None
    cached_input_tokens: int = 0
    cache_written_input_tokens: int = 0
    stop_reason: str = ""
    ended: ModelEnded | None = None

    def said(self, text: str) -> TextDelta:
        """Count `text` and return it as an event."""
        self.pieces.append(text)
        return TextDelta(text)

    @property
    def has_begun(self) -> bool:
        """Whether text came; an attempt that broke off before is not reported as used."""
        return bool(self.pieces)

    def confirm_stream(self, content_type: str) -> None:
        """Raise ValueError when the whole answer held no event and was not sent as a stream of events.

        A web page or a plain JSON answer comes from a wrong address; it is not a line that broke.
        """
        if not self.events and content_type and not content_type.startswith("text/event-stream"):
            raise ValueError("the answer is not a stream of events")

    def usage(self) -> UsageReport:
        """Return the provider's figures; whatever it did not say is guessed, and then marked so."""
        complete = self.ended is not None and self.input_tokens is not None and self.output_tokens is not None
        guessed_output = estimated_tokens("".join(self.pieces))
        return UsageReport(
            input_tokens=estimated_input_tokens(self.call) if self.input_tokens is None else self.input_tokens,
            output_tokens=(self.output_tokens or 0) if complete else max(guessed_output, self.output_tokens or 0),
            cached_input_tokens=self.cached_input_tokens,
            cache_written_input_tokens=self.cache_written_input_tokens,
            estimated=not complete,
        )
