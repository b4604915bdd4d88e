"""Tokens for services on other machines (RFC 6749 §4.4), and what may be asked for."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field, StringConstraints

from emergence.kernel.errors import ServiceError

TOKEN_PATH = "/api/auth/token"
CLIENT_CREDENTIALS = "client_credentials"
JWT_BEARER = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"  # RFC 7523 §2.2
CLIENT_AUTHENTICATION_METHODS = ("private_key_jwt", "client_secret_basic", "client_secret_post")
ASSERTION_ALGORITHMS = ("EdDSA", "ES256")

Audience = Literal["auth", "chat", "memory", "session"]
ClientName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,62}$")]
TokenError = Literal["invalid_request", "unsupported_grant_type", "invalid_scope", "invalid_target"]


class ServiceTokenGrant(BaseModel):
    """A token for one service (RFC 6749 §5.1). There is no refresh token: ask again; and no scope: none is enforced."""

    access_token: str
    token_type: Literal["Bearer"] = "Bearer"
    expires_in: int = Field(description="seconds")


class ClientRejected(ServiceError):
    """An unknown client, or one that does not prove who it is: never told apart."""

    code = "client_rejected"
    status = 401
    sentence = "This client is unknown, or did not prove who it is."

    def __init__(self, detail: str | None = None, *, why: str = "") -> None:
        challenge = {"WWW-Authenticate": 'Basic realm="emergence"'}  # RFC 6749 §5.2
        super().__init__(detail, headers=challenge, members={"error": "invalid_client"})
        self.why = why


class TokenRequestRefused(ServiceError):
    """A token was asked for in a way that is not supported or not allowed; `error` is RFC 6749's word for it."""

    code = "token_request_refused"
    status = 400
    sentence = "Such a token is not given out."

    def __init__(self, detail: str | None = None, *, error: TokenError = "invalid_request") -> None:
        super().__init__(detail, members={"error": error, "error_description": detail or self.sentence})
        self.error = error


class ServiceClientExists(ServiceError):
    """There is a client of that name."""

    code = "service_client_exists"
    status = 409
    sentence = "There is a service client of that name."


class UnknownServiceClient(ServiceError):
    """No client has that name."""

    code = "unknown_service_client"
    status = 404
    sentence = "There is no service client of that name."


class ServiceClientRefused(ServiceError):
    """A client cannot be kept as described."""

    code = "service_client_refused"
    status = 422
    sentence = "This service client cannot be registered."
