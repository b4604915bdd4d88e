"""Which Google project carries the events, and which names there are ours: all in one URL."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self
from urllib.parse import urlsplit

PUBSUB_SCHEME = "pubsub"
PUBSUB_FORM = "must be a Pub/Sub address like pubsub://my-project or pubsub://my-project/name-of-deployment"
DEFAULT_PREFIX = "emergence"
_PROJECT = re.compile(r"[a-z][a-z0-9-]{4,28}[a-z0-9]")
_PREFIX = re.compile(r"(?!goog)[A-Za-z][A-Za-z0-9_-]{0,63}")  # Google keeps names that begin with "goog" for itself


@dataclass(frozen=True, slots=True)
class PubsubAddress:
    """A project, and the resources of this deployment in it, as the paths of Google's API name them."""

    project: str
    prefix: str

    @property
    def topic(self) -> str:
        """Return where every event goes."""
        return f"projects/{self.project}/topics/{self.prefix}-events"

    @property
    def dead_letters(self) -> str:
        """Return the topic of what nobody could take."""
        return f"projects/{self.project}/topics/{self.prefix}-dead-letters"

    @property
    def kept_dead_letters(self) -> str:
        """Return the subscription that keeps what is in `dead_letters` until a person looks."""
        return f"projects/{self.project}/subscriptions/{self.prefix}-dead-letters"

    def subscription_of(self, subscriber: str) -> str:
        """Return where one service's share of the events waits."""
        return f"projects/{self.project}/subscriptions/{self.prefix}-events-{subscriber}"


@dataclass(frozen=True, slots=True)
class GoogleHosts:
    """Hosts and ports that stand for Google's own, by the variables that Google's libraries read too."""

    emulator: str | None = None
    metadata: str | None = None

    @classmethod
    def given(cls, environ: Mapping[str, str]) -> Self:
        """Return what is set; for tools that need no other setting."""
        emulator, metadata = (environ.get(name, "").strip() for name in ("PUBSUB_EMULATOR_HOST", "GCE_METADATA_HOST"))
        return cls(emulator or None, metadata or None)


def is_pubsub(url: str) -> bool:
    """Return whether this is an address on Pub/Sub, well-formed or not."""
    return urlsplit(url).scheme == PUBSUB_SCHEME


def pubsub_address(url: str) -> PubsubAddress:
    """Read a URL. Raises ValueError, which never repeats what was given."""
    parts = urlsplit(url)
    prefix = parts.path.strip("/") or DEFAULT_PREFIX
    is_ours = parts.scheme == PUBSUB_SCHEME and _PROJECT.fullmatch(parts.netloc) and _PREFIX.fullmatch(prefix)
    if not is_ours or parts.query or parts.fragment:
        raise ValueError(PUBSUB_FORM)
    return PubsubAddress(parts.netloc, prefix)
