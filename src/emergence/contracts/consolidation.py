"""What memory asks of chat: to read what a person said in a thread, and say what of it lasts, at a known price."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from emergence.contracts.chat import ProviderName, ReplyUsage
from emergence.kernel.errors import ServiceError
from emergence.kernel.wire.client import PeerCall, PeerClient

CONSOLIDATOR = "memory"  # the only one that may ask
STATEMENTS_MAX = 200
STATEMENT_MAX_CHARACTERS = 2_000
CALL_PATIENCE = timedelta(minutes=6)  # chat's own deadline for a model is 5 minutes by default


class Statement(BaseModel):
    """Something that the person said themself; they are numbered from 1 in the order of the list."""

    model_config = ConfigDict(extra="forbid")

    said_at: datetime
    text: str = Field(max_length=STATEMENT_MAX_CHARACTERS)


class ToConsolidate(BaseModel):
    """A thread of one person, as far as it is theirs: oldest first."""

    model_config = ConfigDict(extra="forbid")

    statements: list[Statement] = Field(min_length=1, max_length=STATEMENTS_MAX)


class ConsolidationEstimate(BaseModel):
    """What it would use at most; `cost_usd` is None where no price is known, never 0 for want of one."""

    provider: ProviderName
    model: str
    input_tokens: int
    output_tokens: int
    cost_usd: Decimal | None


class Consolidate(ToConsolidate):
    """Do it, unless it may cost more than `most_usd` by now. The same `run_id` is counted once."""

    run_id: UUID
    user_id: UUID
    thread_id: UUID
    most_usd: Decimal = Field(ge=0)


class Consolidated(BaseModel):
    """What the model wrote, unread, and what it used; `problem` is a code where it did not get to its end."""

    provider: ProviderName
    model: str
    text: str
    problem: str | None
    usage: ReplyUsage


Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)]
Word = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class FoundItem(_Strict):
    """One thing that lasts, with the very words of the statement that says so."""

    kind: Literal["fact", "preference", "instruction", "event", "note"]
    text: Line
    statement: int = Field(ge=1, le=STATEMENTS_MAX)
    quote: Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=600)]
    subject: Word | None = None
    predicate: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z_]{1,39}$")] | None = None
    object: Word | None = None
    likes: bool | None = None
    day: Annotated[date, Field(strict=False)] | None = None


class FoundInThread(_Strict):
    """What a model must write, as JSON and nothing else."""

    summary: Annotated[str, StringConstraints(strip_whitespace=True, max_length=600)]
    items: list[FoundItem] = Field(max_length=20)


class NoConsolidationModel(ServiceError):
    """No provider is configured but the demonstration model, which only plays."""

    code = "no_consolidation_model"
    status = 409
    sentence = "No language model is available for this."


class ConsolidationClient(PeerClient):
    """Asks chat, wherever it runs."""

    service = "chat"

    async def estimate(self, asked: ToConsolidate) -> ConsolidationEstimate:
        """Return what it would use at most; nothing is called. Idempotent.

        Raises NoConsolidationModel, Unavailable, DeadlineExceeded.
        """
        call = PeerCall("POST", "/api/chat/internal/consolidations/estimate", asked, idempotent=True)
        return await self.call(call, ConsolidationEstimate)

    async def consolidate(self, asked: Consolidate) -> Consolidated:
        """Have a model read it; what it used is recorded by chat also where nobody waits for the answer any more.

        Raises NoConsolidationModel, Unavailable, DeadlineExceeded.
        """
        call = PeerCall("POST", "/api/chat/internal/consolidations", asked, deadline=CALL_PATIENCE)
        return await self.call(call, Consolidated)
