"""What can go wrong with a model, each with a stable code and a sentence that says what to do."""

from typing import ClassVar, Literal

from emergence.contracts.chat import ProviderName

PROVIDER_LABELS: dict[ProviderName, str] = {
    "anthropic": "Anthropic",
    "openai": "OpenAI",
    "openai_compatible": "the model server",
    "builtin": "the built-in model",
}


class ModelError(Exception):
    """A call to a model failed; text that came before it stays valid.

    `code` is stable and may be switched on; `retryable` says whether asking again later can help;
    `sentence` is for a person. `request_id` is the provider's own. `detail` holds the provider's
    words where they help to mend the request, shortened and without the key; do not log it.
    """

    code: ClassVar[str] = "model_error"
    retryable: ClassVar[bool] = False
    template: ClassVar[str] = "{provider} failed."

    def __init__(
        self,
        provider: ProviderName,
        *,
        request_id: str | None = None,
        detail: str | None = None,
        retry_after_s: float | None = None,
    ) -> None:
        self.provider: ProviderName = provider
        self.request_id = request_id
        self.detail = detail
        self.retry_after_s = retry_after_s
        super().__init__(f"{self.code}: {self.sentence}")

    @property
    def sentence(self) -> str:
        """Return what happened and what to do, in plain English."""
        return _begun_large(self.template.format(provider=PROVIDER_LABELS[self.provider]))


def _begun_large(sentence: str) -> str:
    return sentence[0].upper() + sentence[1:]


class ModelKeyRejected(ModelError):
    """No key, a wrong key, or a key without the right to this (HTTP 401, 403)."""

    code = "model_key_rejected"
    template = "{provider} rejected the API key. Check the key, or enter another one."


class ModelRateLimited(ModelError):
    """Too many requests or tokens in a short time (HTTP 429)."""

    code = "model_rate_limited"
    retryable = True
    template = "{provider} is limiting requests for this key. Wait a moment, then try again."


class ModelQuotaExhausted(ModelError):
    """The account has no credit left, or reached its spending limit."""

    code = "model_quota_exhausted"
    template = "The account at {provider} has no credit left. Add credit or raise its limit, then try again."


class ModelOverloaded(ModelError):
    """The provider has more work than it can do (HTTP 529, 503)."""

    code = "model_overloaded"
    retryable = True
    template = "{provider} is overloaded. Try again in a moment."


class ModelUnavailable(ModelError):
    """No connection, or a fault inside the provider (HTTP 5xx), or its circuit breaker is open."""

    code = "model_unavailable"
    retryable = True
    template = "{provider} cannot be reached or does not work right now. Check the address, then try again."


class ModelTimeout(ModelError):
    """The answer did not start, went silent, or did not end in time."""

    code = "model_timeout"
    retryable = True

    def __init__(
        self,
        provider: ProviderName,
        *,
        stage: Literal["first_token", "silence", "whole"],
        request_id: str | None = None,
    ) -> None:
        self.stage = stage
        super().__init__(provider, request_id=request_id)

    @property
    def sentence(self) -> str:
        label = _begun_large(PROVIDER_LABELS[self.provider])
        match self.stage:
            case "first_token":
                return f"{label} did not start to answer in time. Try again."
            case "silence":
                return f"{label} stopped sending in the middle of its answer. Try again."
            case "whole":
                return f"{label} did not finish its answer in time. Try again, or ask for less at once."


class ModelCut(ModelError):
    """The stream ended before the model said that it had finished."""

    code = "model_cut"
    retryable = True
    template = "The connection to {provider} broke off before the answer was complete. Try again."


class ModelMalformed(ModelError):
    """What came over the wire is not this provider's protocol."""

    code = "model_malformed"
    retryable = True
    template = "{provider} sent something unreadable. Try again; if it stays, check the address of the provider."


class ModelContextTooLong(ModelError):
    """The conversation is longer than the model can read."""

    code = "model_context_too_long"
    template = "The conversation is too long for this model of {provider}. Start a new thread or choose another model."


class ModelRefusedRequest(ModelError):
    """The provider does not accept this request (HTTP 400, 422); `detail` says why."""

    code = "model_refused_request"
    template = "{provider} does not accept this request. Check the model's settings."


class ModelNotFound(ModelError):
    """No such model, or no such address (HTTP 404)."""

    code = "model_not_found"
    template = "{provider} does not know this model, or not at this address. Check the name and the address."


class ModelPackageMissing(ModelError):
    """The package that speaks with this provider is not installed."""

    code = "model_package_missing"
    template = "The package for {provider} is not installed. Install the matching extra, then start again."
