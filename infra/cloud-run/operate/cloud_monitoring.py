"""Reads figures from Cloud Monitoring, over its API and with gcloud's token: gcloud has no command for it."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlencode

from monitoring.apply_files import Api
from operate.programs import Tools


def time_series(tools: Tools, about: str, since: datetime, until: datetime, **more: str) -> dict[str, Any]:
    """Return all pages of `timeSeries.list` for a filter as one answer. Raises Refused."""
    api = Api(tools.read_text("auth", "print-access-token").strip())
    asked: Mapping[str, str] = {
        "filter": about,
        "interval.startTime": _text(since),
        "interval.endTime": _text(until),
        **more,
    }
    series: list[Any] = []
    page = ""
    while True:
        words = urlencode({**asked, "pageToken": page} if page else asked, quote_via=quote)
        answer = api.call("GET", f"v3/projects/{tools.place.project}/timeSeries?{words}")
        series += answer.get("timeSeries", [])
        page = answer.get("nextPageToken", "")
        if not page:
            return {"timeSeries": series}


def _text(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%FT%TZ}"
