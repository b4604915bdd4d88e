"""Asks `/api/health` again and again from a thread of its own, and notes how long each answer took."""

import http.client
import threading
import time
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from bench.instruments.report import NotMeasured

PAUSE_S = 0.01


class HealthWatch:
    """Asks from entry to exit of the block; may be entered again, and goes on counting."""

    def __init__(self, address: str) -> None:
        parts = urlsplit(address)
        self._host, self._port = parts.hostname or "127.0.0.1", parts.port
        self._taken_s: list[float] = []
        self._failures = 0

    def __enter__(self) -> Self:
        self._is_over = threading.Event()
        self._asking = threading.Thread(target=self._ask, daemon=True)
        self._asking.start()
        return self

    def __exit__(self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None) -> None:
        self._is_over.set()
        self._asking.join()

    def _ask(self) -> None:
        connection = http.client.HTTPConnection(self._host, self._port, timeout=10)
        while not self._is_over.wait(PAUSE_S):
            began = time.perf_counter()
            connection.request("GET", "/api/health")
            answer = connection.getresponse()
            answer.read()
            self._taken_s.append(time.perf_counter() - began)
            self._failures += answer.status != 200
        connection.close()

    def percentile_ms(self, percent: int) -> float:
        """Return below what so many of the answers stayed. Raises NotMeasured when one was no 200."""
        if self._failures or not self._taken_s:
            raise NotMeasured(f"/api/health failed {self._failures} times of {len(self._taken_s)}")
        return 1000 * sorted(self._taken_s)[min(len(self._taken_s) - 1, len(self._taken_s) * percent // 100)]
