"""Items as REST returns them: what memory made of what was said, and what a person wrote into it."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StrictBool, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from emergence.contracts.auth.visible_text import visible_part
from emergence.contracts.memory.recall import RecallReason, Since
from emergence.contracts.memory.turns import AskedTurn, KeptTurn

TEXT_MAX_CHARACTERS = 2_000
ABOUT_MAX_CHARACTERS = 500
FORGOTTEN_AT_ONCE = 500

ItemKind = Literal["fact", "preference", "event", "summary", "note", "instruction"]
ItemState = Literal["active", "superseded", "archived"]
Origin = Literal["written", "said", "agent", "document", "web", "tool"]  # the worse the later
LinkKind = Literal["derived_from", "contradicts", "updates", "same_as"]
IN_LINES = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$"  # line breaks and tabulators, and no other control characters
IN_A_LINE = r"^[^\x00-\x1f\x7f]*$"


def _require_seen(text: str) -> str:
    if not visible_part(text).strip():
        raise PydanticCustomError("nothing_to_see", "must hold something that can be seen")
    return text


Text = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=TEXT_MAX_CHARACTERS, pattern=IN_LINES),
    AfterValidator(_require_seen),
]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ItemSource(BaseModel):
    """The very words that an item was taken from, and where they stand.

    `since` says how their message reads now where it was edited since: what is pinned or corrected stays all the same.
    """

    message: UUID
    thread: UUID
    quote: str
    said_at: datetime
    since: Since | None = None


class Fact(BaseModel):
    """What an item says of somebody or something; open ends mean that nothing is known of them."""

    subject: str = Field(description="`user` is the person themself")
    predicate: str
    object: str
    valid_from: datetime | None
    valid_to: datetime | None


class Preference(BaseModel):
    """What a person likes or wants: -1 is wholly against, 1 wholly for."""

    key: str
    value: str
    scope: str = Field(description="`everywhere`, or the id of an agent")
    strength: float
    explicit: bool = Field(description="said in so many words, not guessed from what they do")


class Item(BaseModel):
    """One thing that is remembered, without its whole history."""

    id: UUID
    kind: ItemKind
    text: str
    language: Literal["", "en", "fr"]
    state: ItemState
    origin: Origin
    confidence: float
    importance: float
    pinned: bool
    happened_at: datetime | None
    recorded_at: datetime
    superseded_at: datetime | None
    last_used_at: datetime | None
    uses: int
    fact: Fact | None = None
    preference: Preference | None = None
    sources: list[ItemSource]


class ItemLink(BaseModel):
    """How an item belongs to another one of the same person."""

    kind: LinkKind
    direction: Literal["from", "to"] = Field(description="whether this item is where the link begins or where it ends")
    item: UUID
    text: str


class Use(BaseModel):
    """An answer that was given with it, and why."""

    run: UUID
    thread: UUID
    message: UUID | None = Field(description="the answer itself, where it is known")
    used_at: datetime
    why: RecallReason


class ItemHistory(BaseModel):
    """An item with everything that is known of it; `versions` are its former texts, the newest first."""

    item: Item
    versions: list[Item]
    links: list[ItemLink]
    used_in: list[Use]


class Items(BaseModel):
    """A page of items, pinned ones and then the newest first; `next` goes into `after`, null: that was all."""

    items: list[Item]
    next: str | None


class Found(BaseModel):
    """What fits a search by words and by meaning, the best first: items, and turns with what is so since.

    What holds none of the words and is only like them comes last, and is named in `similar`.
    """

    items: list[Item]
    turns: list[AskedTurn]
    similar: list[UUID] = Field(default=[], description="items and messages that hold none of the words")


class WriteItem(_Strict):
    """Something that the person writes into their memory themself."""

    kind: Literal["fact", "preference", "note", "instruction"] = "note"
    text: Text


class ChangeItem(_Strict):
    """A new text becomes a new version of the item with an id of its own; pinning does not."""

    text: Text | None = None
    pinned: StrictBool | None = None

    @model_validator(mode="after")
    def _changes_something(self) -> "ChangeItem":
        if self.text is None and self.pinned is None:
            raise ValueError("text or pinned is needed")
        return self


class AboutToForget(_Strict):
    """What to forget: a few words."""

    about: Annotated[
        str,
        StringConstraints(strip_whitespace=True, min_length=1, max_length=ABOUT_MAX_CHARACTERS, pattern=IN_A_LINE),
    ]


class ForgetPreview(BaseModel):
    """What would be forgotten: items and turns that hold it; `is_cut` when there is more than can go at once."""

    items: list[Item]
    turns: list[KeptTurn]
    is_cut: bool


class Forget(_Strict):
    """What of a preview shall be forgotten, by id; and what shall stay of what would go along."""

    items: list[UUID] = Field(default=[], max_length=FORGOTTEN_AT_ONCE)
    turns: list[UUID] = Field(default=[], max_length=FORGOTTEN_AT_ONCE)
    kept_items: list[UUID] = Field(
        default=[],
        max_length=FORGOTTEN_AT_ONCE,
        description="stay although their message goes; a summary of what goes never does",
    )
    kept_turns: list[UUID] = Field(
        default=[], max_length=FORGOTTEN_AT_ONCE, description="stay although an item that was taken from them goes"
    )


class Forgotten(BaseModel):
    """How much went; what was gone already is not counted. Items drawn from turns that went are among the items."""

    items: int
    turns: int


class MemoryChoices(BaseModel):
    """What a person chose about their memory."""

    model_config = ConfigDict(extra="forbid")

    remembers: StrictBool = Field(description="off: nothing new is kept and no agent is shown anything")
    hints: StrictBool = Field(description="whether agents may bring something up unasked")


class MemoryState(BaseModel):
    """How much is kept of a person, and what they chose."""

    choices: MemoryChoices
    turns: int
    items: dict[ItemKind, int] = Field(
        description="active ones, by kind: neither former versions, nor what is so no longer or set aside"
    )
    pending_vectors: int
    finds_by_meaning: bool
