"""A database as the former system left it, with everything that was found in such files; and a large one."""

import json
import sqlite3
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import bcrypt

PASSWORD = "quarante chevaux bleus sous la pluie"
SEED = "JBSWY3DPEHPK3PXP"  # 80 bits, as the former system made them
BEGUN = datetime(2024, 3, 4, 9, 30, tzinfo=UTC)
ADA, BOB, EVE, GUS, TESS = (f"{name}@example.org" for name in ("ada", "bob", "eve", "gus", "tess"))

SCHEMA = """
CREATE TABLE auth_allowlist (email TEXT PRIMARY KEY, role TEXT, note TEXT, created_at TEXT, created_by TEXT,
    revoked_at TEXT, revoked_by TEXT, password_hash TEXT, password_updated_at TEXT, password_must_reset INTEGER,
    totp_secret TEXT, backup_codes TEXT, totp_enabled_at TEXT, oauth_sub TEXT, favourite_colour TEXT);
CREATE TABLE auth_sessions (id TEXT PRIMARY KEY, email TEXT, role TEXT, ip_address TEXT, user_id TEXT,
    user_agent TEXT, issued_at TEXT, expires_at TEXT, revoked_at TEXT, revoked_by TEXT, metadata TEXT);
CREATE TABLE auth_audit_log (event_type TEXT, email TEXT, actor TEXT, metadata TEXT, created_at TEXT);
CREATE TABLE threads (id TEXT PRIMARY KEY, conversation_id TEXT, session_id TEXT, user_id TEXT, type TEXT, title TEXT,
    agent_id TEXT, meta TEXT, archived INTEGER, archival_reason TEXT, archived_at TEXT, consolidated_at TEXT,
    last_message_at TEXT, message_count INTEGER, created_at TEXT, updated_at TEXT);
CREATE TABLE messages (id TEXT, thread_id TEXT, role TEXT, agent_id TEXT, content TEXT, tokens INTEGER, meta TEXT,
    created_at TEXT, session_id TEXT, user_id TEXT);
CREATE TABLE thread_docs (thread_id TEXT, doc_id INTEGER, weight REAL, last_used_at TEXT);
CREATE TABLE documents (id INTEGER PRIMARY KEY, filename TEXT, filepath TEXT, status TEXT, char_count INTEGER,
    chunk_count INTEGER, error_message TEXT, uploaded_at TEXT, session_id TEXT, user_id TEXT);
CREATE TABLE document_chunks (id TEXT, document_id INTEGER, chunk_index INTEGER, content TEXT, session_id TEXT,
    user_id TEXT);
CREATE TABLE costs (id INTEGER PRIMARY KEY, timestamp TEXT, session_id TEXT, user_id TEXT, agent TEXT, model TEXT,
    input_tokens INTEGER, output_tokens INTEGER, total_cost REAL, feature TEXT);
CREATE TABLE sessions (id TEXT PRIMARY KEY, user_id TEXT, created_at TEXT, updated_at TEXT, session_data TEXT,
    metadata TEXT, summary TEXT);
CREATE TABLE monitoring (id INTEGER PRIMARY KEY, level TEXT);
"""


def hash_of(email: str) -> str:
    """Return the longer form of a former user_id."""
    return sha256(email.lower().encode()).hexdigest()


def at(minutes: float) -> str:
    """Return a time as the former system wrote it."""
    return (BEGUN + timedelta(minutes=minutes)).isoformat()


class FormerDatabase:
    """A file in WAL mode, written to as the former product did, which may go on meanwhile."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.connection = sqlite3.connect(file, isolation_level=None)
        self.connection.execute("PRAGMA journal_mode = WAL")
        self.connection.executescript(SCHEMA)

    def add(self, table: str, **columns: object) -> None:
        """Add a row."""
        names = ", ".join(columns)
        marks = ", ".join("?" for _ in columns)
        self.connection.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", list(columns.values()))

    def person(self, email: str, role: str = "member", **more: object) -> None:
        """Add somebody with the password of these tests."""
        hashed = bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(4)).decode()
        self.add(
            "auth_allowlist", **{"email": email, "role": role, "created_at": at(0), "password_hash": hashed} | more
        )

    def thread(self, known_as: str, user_id: str | None, said: Iterable[tuple[str, str]], **more: object) -> None:
        """Add a thread with messages, a minute apart; each is a role and a text."""
        self.add("threads", **{"id": known_as, "user_id": user_id, "created_at": at(0), "archived": 0} | more)
        for number, (role, text) in enumerate(said):
            self.message(f"{known_as}-{number}", known_as, role, text, at(number))

    def message(self, known_as: str, thread: str, role: str, text: str | None, when: str, **more: object) -> None:
        """Add one message."""
        row = {"id": known_as, "thread_id": thread, "role": role, "content": text, "created_at": when}
        self.add("messages", **row | more)

    def close(self) -> None:
        """Let go of the file; what is in the -wal beside it moves into it."""
        self.connection.close()


def messy_database(file: Path) -> FormerDatabase:
    """Return a file with five people and everything odd that such files hold."""
    former = FormerDatabase(file)
    former.person(
        "Ada@Example.org", "admin", totp_secret=SEED, totp_enabled_at=at(1), backup_codes='["AB12-CD34", "x"]',
        oauth_sub="1017", favourite_colour="blue",
    )  # fmt: skip
    former.person(BOB, password_must_reset=1)
    former.person(EVE, revoked_at=at(9), revoked_by=ADA)
    former.person(GUS, "guest", password_hash=None)
    former.person(TESS, "tester", totp_secret="not base32 !", totp_enabled_at=at(1))
    former.add("auth_allowlist", email="nobody", role="member")
    former.add("auth_sessions", id="s-1", email=BOB, user_id="17", issued_at=at(0))
    talk = [("user", "Where does the treasure lie?"), ("assistant", "Under the oak.")]
    former.thread("t-1", hash_of(ADA), talk, title="Treasure", agent_id="Neo", archived=1, type="debate")
    former.thread("t-2", "ADA@example.org", [("system", "Be brief."), *talk, ("note", "Ask again."), ("tool", "{}")])
    former.thread("t-3", "17", [("user", "La clé est sous le pot de géraniums.")], title="Clé")
    former.thread("t-4", None, [("user", "By its session.")], session_id="s-1")
    former.thread("t-5", "999", [("user", "Whose is this?")])
    former.thread("t-6", hash_of(EVE), [("user", "Eve was here.")])
    former.thread("t-7", hash_of(TESS), [("user", "Tess was here.")])
    former.thread("t-8", BOB, [])
    former.message("t-1-0", "t-1", "user", "Where does the treasure lie?", at(0))  # the same id
    former.message("t-1-x", "t-1", "assistant", "Under the oak.", at(1))  # the same second
    former.message("t-1-y", "t-1", "user", "I am Bob.", at(2), user_id=hash_of(BOB))
    former.message("t-1-z", "t-1", "assistant", "   ", at(3))
    former.message("t-1-w", "t-1", "assistant", "No time at all.", "yesterday", agent_id="Oracle")
    former.message("lost", "t-none", "user", "Where is my thread?", at(0))
    former.add("sessions", id="t-1", user_id=hash_of(ADA), session_data="[]")
    old = [
        {"role": "user", "content": "An older talk about lighthouses.", "timestamp": at(-60)},
        {"role": "assistant", "content": "They shine.", "agent": "anima", "timestamp": at(-59)},
        {"role": "assistant", "content": "They shine.", "agent": "anima", "timestamp": at(-59)},
        {"role": "assistant", "content": {"odd": 1}},
    ]
    former.add("sessions", id="s-old", user_id=BOB, created_at=at(-60), session_data=json.dumps(old))
    former.add("sessions", id="s-bad", user_id=BOB, created_at=at(-60), session_data="{")
    signed_in = {"event_type": "login", "email": ADA, "actor": ADA, "metadata": '{"ip": "192.0.2.7"}'}
    former.add("auth_audit_log", **signed_in, created_at=at(1))
    former.add("auth_audit_log", **signed_in, created_at=at(1))
    former.add("auth_audit_log", event_type="revoke", email=EVE, actor=ADA, created_at=at(9))
    former.add("auth_audit_log", event_type="denied", email="who@example.net", metadata="{}", created_at=at(2))
    spent = {"timestamp": at(1), "agent": "neo", "model": "gpt-4o", "feature": "chat", "total_cost": 0.1}
    former.add("costs", id=1, user_id=hash_of(ADA), input_tokens=10, output_tokens=20, **spent)
    former.add("costs", id=2, user_id="nobody-known", input_tokens=None, output_tokens=5, **spent)
    read = {"status": "ready", "char_count": 1200, "chunk_count": 3, "uploaded_at": at(2)}
    former.add("documents", id=1, filename="a.pdf", filepath="uploads/1_a.pdf", user_id=hash_of(ADA), **read)
    former.add("documents", id=2, filename="b.md", user_id="17", status="error", error_message="unreadable")
    former.add("documents", id=3, filename="of-nobody.txt", user_id="999")
    former.add("documents", id=4, filename="x" * 70_000, user_id=hash_of(ADA))
    former.add("thread_docs", thread_id="t-1", doc_id=1, weight=0.5, last_used_at=at(3))
    former.add("thread_docs", thread_id="t-1", doc_id=1, weight=0.5, last_used_at=at(3))
    former.add("thread_docs", thread_id="t-3", doc_id=2, weight="heavy")
    former.add("thread_docs", thread_id="t-3", doc_id=1)
    former.add("thread_docs", thread_id="t-1", doc_id=3)
    former.add("thread_docs", thread_id="t-5", doc_id=1)
    return former


def large_database(file: Path, threads: int, messages: int, prefix: str = "t-") -> FormerDatabase:
    """Return a file with one person who said much."""
    former = FormerDatabase(file)
    former.person(ADA, "admin")
    former.connection.execute("BEGIN")
    for number in range(threads):
        said = (("user" if each % 2 == 0 else "assistant", f"Word {number} and {each}.") for each in range(messages))
        former.thread(f"{prefix}{number}", hash_of(ADA), said)
    former.connection.execute("COMMIT")
    return former
