"""The server as a terminal sees it: REST with a fresh token, and one live socket."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from types import TracebackType
from typing import Any, Self, TypeVar

import aiohttp
from pydantic import BaseModel
from yarl import URL

from emergence.contracts.auth.problems import ProofOfWorkRequired
from emergence.contracts.auth.signing_in import SecondFactorNeeded, SignedIn, Ticket
from emergence.contracts.session.protocol import FRAME_MAX_BYTES, SUBPROTOCOL, TICKET_PREFIX
from emergence.kernel.errors import ServiceError, Unauthenticated, error_from_problem
from emergence.terminal.proof_of_work import proof_for
from emergence.terminal.sign_in import SignIn, TerminalProblem

Answer = TypeVar("Answer", bound=BaseModel)

DEADLINE = aiohttp.ClientTimeout(total=30, connect=5)
WHOLE_FILE = aiohttp.ClientTimeout(total=None, connect=5, sock_read=30)


class Server:
    """An async context manager; signs in at the first call and again when the token has expired."""

    def __init__(self, sign_in: SignIn) -> None:
        self._sign_in = sign_in
        self._token: str | None = None
        self._http: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        self._http = aiohttp.ClientSession(
            timeout=DEADLINE,
            cookie_jar=aiohttp.CookieJar(unsafe=True),  # servers on a bare IP address keep cookies too
            headers={"origin": str(URL(self._sign_in.url).origin())},
        )
        return self

    async def __aexit__(
        self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None
    ) -> None:
        if self._http is not None:
            await self._http.close()

    async def get(self, path: str, answer: type[Answer]) -> Answer:
        """Return what is at `path`. Raises the ServiceError that the server declared, TerminalProblem without one."""
        return answer.model_validate(await self._with_token("GET", path))

    async def ask(self, method: str, path: str, answer: type[Answer], body: Mapping[str, object]) -> Answer:
        """Send something and return what is answered. Raises as `get` does."""
        return answer.model_validate(await self._with_token(method, path, body))

    async def tell(self, method: str, path: str) -> None:
        """Have something done that answers nothing. Raises as `get` does."""
        await self._with_token(method, path)

    async def stream(self, path: str) -> AsyncIterator[bytes]:
        """Yield a file as it comes. Raises as `get` does, also in the middle when the server goes away."""
        if self._token is None:
            await self._renew()
        headers = {"authorization": f"Bearer {self._token}"}
        try:
            async with self._client().get(self._sign_in.url + path, headers=headers, timeout=WHOLE_FILE) as reply:
                if reply.status >= 400:
                    raise error_from_problem(reply.status, await reply.json(content_type=None))
                async for chunk in reply.content.iter_any():
                    yield chunk
        except (TimeoutError, aiohttp.ClientError) as failed:
            raise self._unreachable() from failed

    async def open_socket(self, session: str | None) -> aiohttp.ClientWebSocketResponse:
        """Open the live socket; `session` continues an earlier one. Raises as `get` does."""
        ticket = Ticket.model_validate(await self._with_token("POST", "/api/auth/ws-ticket"))
        path = "/ws" if session is None else f"/ws/{session}"
        try:
            return await self._client().ws_connect(
                self._sign_in.url + path,
                protocols=(SUBPROTOCOL, TICKET_PREFIX + ticket.ticket),
                max_msg_size=2 * FRAME_MAX_BYTES,
            )
        except (aiohttp.ClientError, TimeoutError) as failed:
            raise self._unreachable() from failed

    async def _with_token(self, method: str, path: str, body: Mapping[str, object] | None = None) -> Any:
        if self._token is None:
            await self._renew()
        try:
            return await self._call(method, path, body)
        except Unauthenticated:
            await self._renew()
            return await self._call(method, path, body)

    async def _renew(self) -> None:
        """Use the refresh cookie where there is one, else sign in."""
        had_token, self._token = self._token is not None, None
        if had_token:
            try:
                self._token = SignedIn.model_validate(await self._call("POST", "/api/auth/refresh", {})).access_token
                return
            except ServiceError:
                pass  # too old or revoked: what follows asks for the real thing
        credentials = self._sign_in.credentials()
        answer = await self._after_work(credentials.path, credentials.body)
        if "mfa_token" in answer:
            body = {"mfa_token": SecondFactorNeeded.model_validate(answer).mfa_token, "code": self._sign_in.code()}
            answer = await self._call("POST", "/api/auth/login/mfa", body)
        self._token = SignedIn.model_validate(answer).access_token

    async def _after_work(self, path: str, body: Mapping[str, str]) -> Any:
        """Send; when the server asks for a proof of work, do it and send once more."""
        try:
            return await self._call("POST", path, body)
        except ProofOfWorkRequired as asked:
            proof = await asyncio.to_thread(proof_for, asked.members.get("challenge"))
            if proof is None:
                raise
        return await self._call("POST", path, {**body, "altcha": proof})

    async def _call(self, method: str, path: str, body: Mapping[str, object] | None) -> Any:
        headers = {"authorization": f"Bearer {self._token}"} if self._token else {}
        payload = {} if method == "POST" and body is None else body
        try:
            async with self._client().request(method, self._sign_in.url + path, json=payload, headers=headers) as reply:
                if reply.status == 204:
                    return None
                if reply.content_type not in ("application/json", "application/problem+json"):
                    raise TerminalProblem(f"{self._sign_in.url} does not look like an Emergence server.")
                document = await reply.json(content_type=None)
        except (TimeoutError, aiohttp.ClientError) as failed:
            raise self._unreachable() from failed
        if reply.status >= 400:
            raise error_from_problem(reply.status, document)
        return document

    def _client(self) -> aiohttp.ClientSession:
        if self._http is None:
            raise RuntimeError("Server is used outside its `async with` block")
        return self._http

    def _unreachable(self) -> TerminalProblem:
        return TerminalProblem(
            f"{self._sign_in.url} does not answer. Check that it runs and that the address is right."
        )
