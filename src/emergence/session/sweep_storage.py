"""Forget what nobody can ask for any more: logs of finished runs, old tails of topics, old command results."""

from datetime import timedelta

import structlog

from emergence.kernel.storage.database import DatabaseUnavailable
from emergence.session.parts import Session
from emergence.session.store.imports import prune_imports
from emergence.session.store.log import prune_commands, prune_run_logs, prune_topic_tails
from emergence.session.store.shares import prune_shares

log = structlog.get_logger(__name__)

PAUSE = timedelta(seconds=60)
IMPORTS_KEPT = timedelta(days=30)  # what came of a file, for whoever looks again


async def keep_storage_small(session: Session) -> None:
    """Sweep every minute, for ever."""
    while True:
        try:
            await sweep_storage(session)
        except DatabaseUnavailable:
            log.info("storage_not_swept")
        await session.clock.sleep(PAUSE)


async def sweep_storage(session: Session) -> None:
    """Prune once."""
    now, settings = session.clock.now(), session.settings
    while await prune_run_logs(session.database, now - settings.session_log_grace_seconds):
        pass
    await prune_topic_tails(session.database, settings.session_topic_tail_frames)
    await prune_commands(session.database, now)
    await prune_shares(session.database, now)
    await prune_imports(session.database, now - IMPORTS_KEPT)
