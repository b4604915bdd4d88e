"""Stops calling a provider that keeps failing, so that users fail fast and it can recover."""

from datetime import timedelta

from emergence.chat.models.errors import ModelUnavailable
from emergence.contracts.chat import ProviderName
from emergence.kernel.clock import Clock


class CircuitBreaker:
    """One provider's memory of failures in this process.

    Closed, it lets every call through. After `threshold` failures in a row it opens and refuses
    all for `pause`; then it lets one call try (half-open), whose result closes it or opens it
    again. Pattern: M. Nygard, "Release It!", 2007.
    """

    def __init__(self, clock: Clock, *, threshold: int = 5, pause: timedelta = timedelta(seconds=30)) -> None:
        self._clock = clock
        self._threshold = threshold
        self._pause_s = pause.total_seconds()
        self._failures = 0
        self._opened_at_s: float | None = None
        self._is_trying = False

    def admit(self, provider: ProviderName) -> None:
        """Let one call through, or raise ModelUnavailable with the seconds left in `retry_after_s`."""
        if self._opened_at_s is None:
            return
        left_s = self._opened_at_s + self._pause_s - self._clock.elapsed_s()
        if left_s > 0 or self._is_trying:
            raise ModelUnavailable(provider, retry_after_s=max(1.0, left_s))
        self._is_trying = True

    def succeeded(self) -> None:
        """Note that the provider answered; it is trusted again."""
        self._failures = 0
        self._opened_at_s = None
        self._is_trying = False

    def failed(self) -> None:
        """Note that the provider did not answer."""
        self._failures += 1
        if self._is_trying or self._failures >= self._threshold:
            self._opened_at_s = self._clock.elapsed_s()
        self._is_trying = False

    def given_up(self) -> None:
        """Note that a call ended without telling anything about the provider."""
        self._is_trying = False
