"""What the session service reads from its environment."""

from datetime import timedelta
from typing import ClassVar, Self

from pydantic import Field, model_validator

from emergence.contracts.auth.administering import AdministeringSettings
from emergence.contracts.auth.networks import NetworkSettings
from emergence.contracts.auth.verifier_settings import VerifierSettings
from emergence.contracts.session.protocol import COMMANDS_PER_MINUTE, HEARTBEAT_S
from emergence.kernel.settings import Boolean, Seconds, ServerAddress
from emergence.kernel.surroundings import DatabaseUrl


class SessionSettings(VerifierSettings, AdministeringSettings, NetworkSettings):
    """Times are in seconds; the defaults are what the protocol promises or what was measured."""

    service: ClassVar[str | None] = "session"

    session_service_url: ServerAddress | None = Field(
        default=None, description="Where others call this service, as their identity tokens name it (`aud`)."
    )
    session_database_url: DatabaseUrl | None = Field(
        default=None, description="PostgreSQL address of the session service alone; wins over DATABASE_URL."
    )
    session_flush_interval_seconds: Seconds = Field(
        default=timedelta(milliseconds=40),
        description="Time between two writes of one reply's text; the first text of a reply never waits.",
    )
    session_run_lease_seconds: Seconds = Field(
        default=timedelta(seconds=8),
        description="An instance silent for this long counts as dead and its replies as interrupted.",
    )
    session_sweep_interval_seconds: Seconds = Field(
        default=timedelta(seconds=2), description="How often replies of dead instances are looked for."
    )
    session_outage_limit_seconds: Seconds = Field(
        default=timedelta(seconds=300),
        description="How long streamed text is kept in memory while the database is away.",
    )
    session_reply_silence_seconds: Seconds = Field(
        default=timedelta(seconds=300), description="A reply without any news for this long counts as broken."
    )
    session_history_max_characters: int = Field(
        default=60_000, ge=1_000, description="How much of a thread an agent is shown, newest messages first."
    )
    session_log_grace_seconds: Seconds = Field(
        default=timedelta(seconds=300),
        description="How long after its end a reply can be resumed frame by frame rather than as one snapshot.",
    )
    session_topic_tail_frames: int = Field(
        default=500, ge=10, description="Frames of a thread and of a user that are kept for reconnecting clients."
    )
    session_resume_max_frames: int = Field(
        default=200, ge=1, description="A client that missed more frames of a reply gets one snapshot instead."
    )
    session_outbox_max_bytes: int = Field(
        default=256 * 1024,
        ge=1_024,
        description="What may wait for a slow reader before its queued text becomes one snapshot.",
    )
    session_sockets_per_user: int = Field(
        default=20, ge=1, description="Sockets that one user may hold open on one instance."
    )
    session_concurrent_runs_per_user: int = Field(
        default=4,
        ge=1,
        description="Replies of one user that one instance writes at once; further ones wait their turn.",
    )
    session_commands_per_minute: int = Field(
        default=COMMANDS_PER_MINUTE,
        ge=1,
        description="Commands that one user may send per minute, over all sockets.",
    )
    session_heartbeat_seconds: Seconds = Field(
        default=timedelta(seconds=HEARTBEAT_S), description="Time between two pings of an open socket."
    )
    session_inactivity_timeout_minutes: float = Field(
        default=30,
        ge=0,
        description="Minutes without anything said or done after which a person is signed out; 0: never.",
    )
    session_warning_before_timeout_seconds: Seconds = Field(
        default=timedelta(seconds=120),
        description="How long before that end people are asked whether they are still there.",
    )
    session_cleanup_interval_seconds: Seconds = Field(
        default=timedelta(seconds=60),
        description="How often ended and forgotten live sessions are looked for; deadlines are kept to the second.",
    )

    session_deleted_threads_kept_days: float = Field(
        default=7,
        ge=0,
        le=36_500,
        description="Days for which a deleted conversation can be brought back; a week outlasts a weekend. "
        "Then it is erased for good.",
    )
    session_temporary_threads_kept_hours: float = Field(
        default=24,
        gt=0,
        le=876_000,
        description="Hours after its last message at which a temporary conversation is erased; "
        "a day lets one come back to it the next morning.",
    )
    session_retention_days: int = Field(
        default=0,
        ge=0,
        le=36_500,
        description="Days after its last message at which every conversation is erased for good; 0: never, "
        "because nobody expects that what they wrote goes by itself. People may keep single ones for a shorter time.",
    )

    session_sharing: Boolean = Field(
        default=True,
        description="Whether people may share conversations by links that need no account; off: existing links are "
        "dead too, until it is on again.",
    )
    session_shared_reads_per_minute: int = Field(
        default=60,
        ge=1,
        description="Pages of shared conversations that one network may read per minute: enough for an office behind "
        "one address, too few to copy what is public in bulk.",
    )

    session_import_max_megabytes: int = Field(
        default=200,
        ge=1,
        le=4_000,
        description="Size of a file of conversations that somebody brings; years of another service's are some tens of "
        "megabytes without images. It lies on the instance's disk meanwhile, and unpacked may be ten times that.",
    )

    @model_validator(mode="after")
    def _warned_before_the_end(self) -> Self:
        timeout, warning = self.inactivity_timeout(), self.session_warning_before_timeout_seconds
        if timeout is not None and not timedelta(0) < warning < timeout:
            raise ValueError(
                "SESSION_WARNING_BEFORE_TIMEOUT_SECONDS: must be above 0 and shorter than "
                "SESSION_INACTIVITY_TIMEOUT_MINUTES"
            )
        if self.session_cleanup_interval_seconds <= timedelta(0):
            raise ValueError("SESSION_CLEANUP_INTERVAL_SECONDS: must be above 0")
        return self

    def inactivity_timeout(self) -> timedelta | None:
        """Return after how long without activity a session ends, or None for never."""
        minutes = self.session_inactivity_timeout_minutes
        return timedelta(minutes=minutes) if minutes else None

    def deleted_threads_kept(self) -> timedelta:
        """Return for how long a deleted thread can be brought back."""
        return timedelta(days=self.session_deleted_threads_kept_days)

    def temporary_threads_kept(self) -> timedelta:
        """Return how long after its last message a temporary thread is erased."""
        return timedelta(hours=self.session_temporary_threads_kept_hours)

    def import_max_bytes(self) -> int:
        """Return how large a file may be that somebody brings."""
        return self.session_import_max_megabytes * 1024 * 1024

    def import_max_unpacked_bytes(self) -> int:
        """Return how much may be in it; text is packed to about a fifth."""
        return self.import_max_bytes() * 10

    def retention_days(self) -> int | None:
        """Return after how many days without a message a thread is erased, or None for never."""
        return self.session_retention_days or None
