"""One's own profile, an export of everything that is kept of one, and the end of one's account."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from emergence.contracts.auth.values import DisplayName, Language, Role, SecretText, Sentence, Strict


class MyAccount(BaseModel):
    """The caller's own account."""

    user_id: UUID
    display_name: str
    email: str | None
    role: Role
    language: Language | None = Field(description="in which mails are written; null: nobody chose")
    created_at: datetime


class ChangeMyAccount(Strict):
    """What is left out stays; `language` may be null again."""

    display_name: DisplayName | None = Field(default=None, description="null is as good as left out")
    language: Language | None = None


class Export(BaseModel):
    """How far an export of everything that is kept of a person is."""

    state: Literal["waiting", "running", "ready", "failed"]
    requested_at: datetime
    collecting: str | None = Field(description="the service that is asked now, or that does not answer")
    parts_done: int
    parts: int
    rows: int
    size_bytes: int
    expires_at: datetime | None = Field(description="when the file is deleted")


class ExportSomebody(Strict):
    """Take somebody's data for them; the reason is kept in the audit log, where they read it, too."""

    reason: Annotated[Sentence, Field(min_length=1, max_length=500)]


class LatestExport(BaseModel):
    """The newest export, if there is one."""

    export: Export | None


class DeletionScheduled(BaseModel):
    """The account is shut now and erased at that time, unless that is undone before."""

    due_at: datetime


class UndoDeletion(Strict):
    """Keep the account after all; the token comes with the refusal of a complete sign-in."""

    undo_token: SecretText = Field(max_length=200)
