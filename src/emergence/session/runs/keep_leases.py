"""Keep what this instance carries out its own, and notice what is not any more or must stop."""

import structlog

from emergence.kernel.storage.database import DatabaseUnavailable
from emergence.session.parts import Session
from emergence.session.runs.executing_run import Halt
from emergence.session.store.runs import renew_leases

log = structlog.get_logger(__name__)

RENEWALS_PER_LEASE = 4
TRIES_PER_LEASE = 16  # while the database is away; sweeps wait for half a lease when it is back


async def keep_leases(session: Session) -> None:
    """Renew for ever, four times a lease; after an outage of the database at once, before others take us for dead."""
    lease = session.settings.session_run_lease_seconds
    while True:
        try:
            await renew_once(session)
            await session.clock.sleep(lease / RENEWALS_PER_LEASE)
        except DatabaseUnavailable:
            log.warning("leases_not_renewed", runs=len(session.runs.ids()))
            await session.clock.sleep(lease / TRIES_PER_LEASE)


async def renew_once(session: Session) -> None:
    """Renew every lease; halt runs that are another's by now or whose user asked for it elsewhere."""
    executing = session.runs.ids()
    renewed = await renew_leases(
        session.database, session.instance, executing, session.settings.session_run_lease_seconds
    )
    is_stop_requested = {renewal.run_id: renewal.is_stop_requested for renewal in renewed}
    for run_id in executing:
        run = session.runs.get(run_id)
        if run is None:
            continue
        if run_id not in is_stop_requested:
            run.halt(Halt.LOST)
        elif is_stop_requested[run_id]:
            run.halt(Halt.STOPPED)
