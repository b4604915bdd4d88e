"""The built-in demonstration model: a small real language model that answers while no key is configured."""

from emergence.chat.local_model.demonstration import (
    DEMONSTRATION_LIMITS,
    DemonstrationLimits,
    DemonstrationPrompt,
    demonstration_prompt,
)
from emergence.chat.local_model.local_model import LocalEndpoint, LocalModel, LocalModelDown

__all__ = [
    "DEMONSTRATION_LIMITS",
    "DemonstrationLimits",
    "DemonstrationPrompt",
    "LocalEndpoint",
    "LocalModel",
    "LocalModelDown",
    "demonstration_prompt",
]
