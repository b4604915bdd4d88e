"""The durable log of frames: what a client that was away reads again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain
from uuid import UUID

from emergence.contracts.session.protocol import run_topic
from emergence.kernel.storage.database import Database, Transaction
from emergence.session.frames import DELTA, Draft, LoggedFrame, logged_frame, read_delta


@dataclass(frozen=True, slots=True)
class RunStart:
    """A model accepted the call; written with the first frames that say so."""

    run_id: UUID
    provider: str
    model: str
    demonstration: bool


@dataclass(frozen=True, slots=True)
class RunFrames:
    """What one run adds to its log in one flush."""

    run_id: UUID
    user_id: UUID
    frames: Sequence[LoggedFrame]
    start: RunStart | None = None


@dataclass(frozen=True, slots=True)
class TopicState:
    """Where a topic stands, and up to where its log was pruned."""

    topic: str
    last_seq: int
    pruned_to: int


async def append_drafts(tx: Transaction, user_id: UUID, drafts: Sequence[Draft], at: datetime) -> list[LoggedFrame]:
    """Number the drafts topic by topic under the topics' row locks, log them, and return them in order."""
    counts: dict[str, int] = {}
    for draft in drafts:
        counts[draft.topic] = counts.get(draft.topic, 0) + 1
    rows = await tx.fetch(
        """
        INSERT INTO topics (topic, user_id, last_seq, moved_at)
        SELECT topic, $1, added, clock_timestamp()
        FROM unnest($2::text[], $3::bigint[]) AS wanted (topic, added) ORDER BY topic
        ON CONFLICT (topic) DO UPDATE SET last_seq = topics.last_seq + excluded.last_seq, moved_at = excluded.moved_at
        RETURNING topic, last_seq
        """,
        user_id,
        list(counts),
        list(counts.values()),
    )
    following = {row["topic"]: row["last_seq"] - counts[row["topic"]] for row in rows}
    frames = []
    for draft in drafts:
        following[draft.topic] += 1
        frames.append(draft.numbered(following[draft.topic], at))
    await tx.execute(
        """
        INSERT INTO frames (topic, seq, user_id, type, frame)
        SELECT topic, seq, $1, type, frame
        FROM unnest($2::text[], $3::bigint[], $4::text[], $5::text[]) AS added (topic, seq, type, frame)
        """,
        user_id,
        [frame.topic for frame in frames],
        [frame.seq for frame in frames],
        [frame.type for frame in frames],
        [frame.json for frame in frames],
    )
    return frames


async def set_topic_seq(tx: Transaction, user_id: UUID, topic: str, last_seq: int) -> None:
    """Note how far the single writer of a run's topic came."""
    await tx.execute(
        "UPDATE topics SET last_seq = $3, moved_at = clock_timestamp() WHERE topic = $1 AND user_id = $2",
        topic,
        user_id,
        last_seq,
    )


_LOGGED = """
    logged AS (
        INSERT INTO frames (topic, seq, user_id, type, frame)
        SELECT added.topic, added.seq, added.user_id, added.type, added.frame
        FROM unnest($3::uuid[], $4::uuid[], $5::text[], $6::bigint[], $7::text[], $8::text[])
            AS added (run_id, user_id, topic, seq, type, frame)
        JOIN owned ON owned.id = added.run_id
        ON CONFLICT (topic, seq) DO NOTHING
    )
"""
_APPEND = f"""
    WITH owned AS (
        SELECT id FROM runs WHERE id = ANY($1::uuid[]) AND owner = $2 AND state <> 'ended' FOR KEY SHARE
    ), {_LOGGED}
    SELECT id FROM owned
"""  # noqa: S608

# One statement, not a transaction of four round trips: the first text of a reply waits for it.
# Rows are locked in one order here and where leases are renewed: the two would deadlock otherwise.
_START_AND_APPEND = f"""
    WITH owned AS (
        SELECT id FROM runs WHERE id = ANY($1::uuid[]) AND owner = $2 AND state <> 'ended'
        ORDER BY id FOR NO KEY UPDATE
    ), started AS (
        UPDATE runs SET state = 'running', started_at = $13, provider = s.provider, model = s.model,
            demonstration = s.demonstration
        FROM unnest($9::uuid[], $10::text[], $11::text[], $12::boolean[]) AS s (id, provider, model, demonstration)
        JOIN owned ON owned.id = s.id
        WHERE runs.id = s.id AND runs.state = 'queued'
    ), {_LOGGED}
    SELECT id FROM owned
"""  # noqa: S608


async def append_run_frames(database: Database, owner: str, batch: Sequence[RunFrames], at: datetime) -> set[UUID]:
    """Log the frames of all runs of an instance in one statement; return the runs that it still owns.

    Nothing is written for the other runs. Repeating a batch whose outcome was lost is harmless:
    a run's numbers come from one writer. The key-share lock keeps whoever ends a run of a dead
    owner from reading its log while that owner, not dead after all, still adds to it.
    """
    flat = [(run, frame) for run in batch for frame in run.frames]
    arguments = (
        [run.run_id for run in batch],
        owner,
        [run.run_id for run, _ in flat],
        [run.user_id for run, _ in flat],
        [frame.topic for _, frame in flat],
        [frame.seq for _, frame in flat],
        [frame.type for _, frame in flat],
        [frame.json for _, frame in flat],
    )
    starts = [run.start for run in batch if run.start is not None]
    if not starts:
        return {row["id"] for row in await database.fetch(_APPEND, *arguments)}
    rows = await database.fetch(
        _START_AND_APPEND,
        *arguments,
        [start.run_id for start in starts],
        [start.provider for start in starts],
        [start.model for start in starts],
        [start.demonstration for start in starts],
        at,
    )
    return {row["id"] for row in rows}


async def topic_state(tx: Transaction, user_id: UUID, topic: str) -> TopicState | None:
    """Return where a topic of this user stands, or None when there is none."""
    row = await tx.fetchrow(
        """
        SELECT topic, pruned_to,
            CASE WHEN topic LIKE 'run:%'
                THEN greatest(last_seq, (SELECT max(seq) FROM frames WHERE frames.topic = topics.topic))
                ELSE last_seq END AS last_seq
        FROM topics WHERE topic = $1 AND user_id = $2
        """,
        topic,
        user_id,
    )
    return None if row is None else TopicState(row["topic"], row["last_seq"], row["pruned_to"])


async def topic_states(tx: Transaction, user_id: UUID, topics: Sequence[str]) -> list[TopicState]:
    """Return where the user's topics among `topics` stand."""
    found = [await topic_state(tx, user_id, topic) for topic in topics]
    return [state for state in found if state is not None]


async def latest_threads(database: Database, user_id: UUID, limit: int) -> list[TopicState]:
    """Return where those of the user's threads stand that moved last, the last one first; no deleted one."""
    rows = await database.fetch(
        """
        SELECT topic, last_seq, pruned_to FROM topics WHERE user_id = $1 AND topic LIKE 'thread:%'
            AND topic NOT IN (SELECT 'thread:' || id FROM threads WHERE user_id = $1 AND deleted_at IS NOT NULL)
        ORDER BY moved_at DESC NULLS LAST LIMIT $2
        """,
        user_id,
        limit,
    )
    return [TopicState(*row) for row in rows]


@dataclass(frozen=True, slots=True)
class MovedTopic:
    """A topic that has grown lately, and how far it is."""

    user_id: UUID
    topic: str
    last_seq: int


async def moved_topics(database: Database, within: timedelta, instance: str) -> list[MovedTopic]:
    """Return the topics that were written to so lately, and those of runs that other instances carry out."""
    rows = await database.fetch(
        """
        SELECT user_id, topic, last_seq FROM topics WHERE moved_at > clock_timestamp() - $1::interval
        UNION ALL
        SELECT user_id, 'run:' || id, (SELECT max(seq) FROM frames WHERE topic = 'run:' || runs.id)
        FROM runs WHERE state = 'running' AND owner <> $2
        """,
        within,
        instance,
    )
    return [MovedTopic(*row) for row in rows if row["last_seq"] is not None]


async def frames_after(tx: Transaction, user_id: UUID, topic: str, seq: int) -> list[LoggedFrame]:
    """Return what the log of a topic still holds after `seq`, in order."""
    rows = await tx.fetch(
        "SELECT seq, type, frame FROM frames WHERE topic = $1 AND user_id = $2 AND seq > $3 ORDER BY seq",
        topic,
        user_id,
        seq,
    )
    return [logged_frame(topic, row["seq"], row["type"], row["frame"]) for row in rows]


async def texts_so_far(tx: Transaction, user_id: UUID, run_ids: Sequence[UUID]) -> dict[UUID, list[str]]:
    """Return, for each run, the text of each of its parts as logged; a run without text has no parts."""
    rows = await tx.fetch(
        """
        SELECT topic, frame FROM frames
        WHERE topic = ANY($1::text[]) AND user_id = $2 AND type = $3 ORDER BY topic, seq
        """,
        [run_topic(run_id) for run_id in run_ids],
        user_id,
        DELTA,
    )
    pieces: dict[UUID, dict[int, list[str]]] = {run_id: {} for run_id in run_ids}
    for row in rows:
        delta = read_delta(row["frame"])
        run_id = UUID(row["topic"].removeprefix("run:"))
        pieces[run_id].setdefault(delta.part, []).append(delta.text)
    return {
        run_id: ["".join(parts.get(index, ())) for index in range(max(parts, default=-1) + 1)]
        for run_id, parts in pieces.items()
    }


async def prune_run_logs(database: Database, ended_before: datetime, limit: int = 200) -> int:
    """Drop the frames of runs that ended before a time, except each run's last one; return how many runs."""
    rows = await database.fetch(
        """
        WITH over AS (
            SELECT id FROM runs WHERE state = 'ended' AND NOT log_pruned AND ended_at < $1
            ORDER BY ended_at LIMIT $2 FOR UPDATE SKIP LOCKED
        ), marked AS (
            UPDATE runs SET log_pruned = true FROM over WHERE runs.id = over.id RETURNING 'run:' || runs.id AS topic
        ), noted AS (
            UPDATE topics SET pruned_to = last_seq - 1 FROM marked WHERE topics.topic = marked.topic
            RETURNING topics.topic, topics.last_seq
        )
        DELETE FROM frames USING noted WHERE frames.topic = noted.topic AND frames.seq < noted.last_seq
        RETURNING frames.topic
        """,
        ended_before,
        limit,
    )
    return len(set(chain.from_iterable(row.values() for row in rows)))


async def prune_topic_tails(database: Database, keep: int, limit: int = 200) -> None:
    """Keep the newest `keep` frames of each thread and user topic, once a topic is half as much above it."""
    await database.execute(
        """
        WITH long AS (
            SELECT topic FROM topics
            WHERE topic NOT LIKE 'run:%' AND last_seq - pruned_to > $1 * 3 / 2 LIMIT $2 FOR UPDATE SKIP LOCKED
        ), noted AS (
            UPDATE topics SET pruned_to = last_seq - $1 FROM long WHERE topics.topic = long.topic
            RETURNING topics.topic, topics.pruned_to
        )
        DELETE FROM frames USING noted WHERE frames.topic = noted.topic AND frames.seq <= noted.pruned_to
        """,
        keep,
        limit,
    )


COMMANDS_KEPT = timedelta(days=30)  # a device that was away longer than this asks again


async def prune_commands(database: Database, now: datetime) -> None:
    """Forget the results of commands that no client repeats any more."""
    await database.execute("DELETE FROM commands WHERE received_at < $1", now - COMMANDS_KEPT)
