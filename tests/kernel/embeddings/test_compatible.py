"""Vectors from a server that speaks the provider's protocol: order, batches, and what its refusals become."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from emergence.kernel.embeddings.compatible import CompatibleEmbedder
from emergence.kernel.embeddings.compatible_access import CompatibleAccess
from emergence.kernel.embeddings.embedder import EmbeddingBusy, EmbeddingDown

KEY = "sk-a-key-that-must-not-be-told"
Answer = Callable[[dict[str, object]], web.Response]


def by_length(body: dict[str, object]) -> web.Response:
    """Answer with (3, length of the text), last first."""
    texts = body["input"]
    assert isinstance(texts, list)
    rows = [{"object": "embedding", "index": place, "embedding": [3, len(text)]} for place, text in enumerate(texts)]
    return web.json_response({"object": "list", "model": body["model"], "data": rows[::-1], "usage": {}})


@asynccontextmanager
async def embedder(
    answer: Answer, seen: list[tuple[str, dict[str, object]]] | None = None
) -> AsyncIterator[CompatibleEmbedder]:
    async def embeddings(request: web.Request) -> web.Response:
        body = await request.json()
        if seen is not None:
            seen.append((request.headers["Authorization"], body))
        return answer(body)

    app = web.Application()
    app.router.add_post("/v1/embeddings", embeddings)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    client = CompatibleEmbedder(CompatibleAccess(f"http://127.0.0.1:{port}/v1", "tiny", 2, KEY))
    try:
        yield client
    finally:
        await client.close()
        await runner.cleanup()


async def test_vectors_have_length_one_and_the_order_of_their_texts() -> None:
    seen: list[tuple[str, dict[str, object]]] = []
    async with embedder(by_length, seen) as client:
        assert await client.embed_query("four") == "[0.6,0.8]"
        vectors = await client.embed_passages(["x" * (place % 7) for place in range(130)])
        await client.embed_query("x" * 9_000)

    assert vectors[4] == "[0.6,0.8]"
    assert vectors[:63] == vectors[63:126]
    assert [len(body["input"]) for _, body in seen if isinstance(body["input"], list)] == [1, 64, 64, 2, 1]
    assert seen[-1][1]["input"] == ["x" * 500]
    assert {key for key, _ in seen} == {f"Bearer {KEY}"}


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (lambda _: web.json_response({"error": {"message": f"no {KEY}"}}, status=401), EmbeddingDown),
        (lambda _: web.json_response({"error": {"message": "slow down"}}, status=429), EmbeddingBusy),
        (lambda _: web.json_response({"error": {}}, status=500), EmbeddingDown),
        (lambda _: web.Response(text="<html>", content_type="text/html"), EmbeddingDown),
        (lambda _: web.json_response({"data": []}), EmbeddingDown),
        (lambda _: web.json_response({"data": [{"index": 0, "embedding": [1, 2, 3]}]}), EmbeddingDown),
        (lambda _: web.json_response({"data": [{"index": 0, "embedding": [0, 0]}]}), EmbeddingDown),
        (lambda _: web.json_response({"data": [{"index": 0}]}), EmbeddingDown),
    ],
)
async def test_whatever_goes_wrong_is_one_error_that_does_not_tell_the_key(
    answer: Answer, error: type[EmbeddingDown]
) -> None:
    async with embedder(answer) as client:
        with pytest.raises(error) as raised:
            await client.embed_query("hello")

    assert KEY not in str(raised.value)
    assert raised.value.__cause__ is None


async def test_a_server_that_is_away_is_said_to_be() -> None:
    client = CompatibleEmbedder(CompatibleAccess("http://127.0.0.1:9/v1", "tiny", 2))

    with pytest.raises(EmbeddingDown, match="does not answer"):
        await client.embed_query("hello")
    await client.close()


async def test_a_shorter_vector_is_asked_for_where_a_model_gives_a_longer_one() -> None:
    seen: list[tuple[str, dict[str, object]]] = []

    def matryoshka(body: dict[str, object]) -> web.Response:
        size = body.get("dimensions", 4)
        assert isinstance(size, int)
        return web.json_response({"data": [{"index": 0, "embedding": [3.0, 4.0, 1.0, 1.0][:size]}]})

    async with embedder(matryoshka, seen) as client:
        assert [await client.embed_query("one"), await client.embed_query("two")] == ["[0.6,0.8]"] * 2

    assert [body.get("dimensions") for _, body in seen] == [None, 2, 2]


async def test_a_model_of_one_size_is_not_asked_for_another() -> None:
    seen: list[tuple[str, dict[str, object]]] = []
    async with embedder(by_length, seen) as client:
        await client.embed_query("four")

    assert "dimensions" not in seen[0][1]


async def test_a_size_that_a_model_cannot_give_is_told() -> None:
    def picky(body: dict[str, object]) -> web.Response:
        return web.json_response({"data": [{"index": 0, "embedding": [1.0]}]})

    async with embedder(picky) as client:
        with pytest.raises(EmbeddingDown, match="of 1 dimensions instead of 2"):
            await client.embed_query("hello")


async def test_a_provider_that_refuses_the_size_is_told_with_what_to_set() -> None:
    def fixed(body: dict[str, object]) -> web.Response:
        if "dimensions" in body:
            return web.json_response({"error": {"message": "Extra inputs are not permitted"}}, status=400)
        return web.json_response({"data": [{"index": 0, "embedding": [1.0, 2.0, 3.0]}]})

    async with embedder(fixed) as client:
        for _ in range(2):
            with pytest.raises(EmbeddingDown, match="set MEMORY_EMBEDDING_DIMENSIONS"):
                await client.embed_query("hello")


async def test_rows_that_are_not_counted_keep_their_order() -> None:
    def uncounted(body: dict[str, object]) -> web.Response:
        texts = body["input"]
        assert isinstance(texts, list)
        return web.json_response({"data": [{"embedding": [3, len(text)]} for text in texts]})

    async with embedder(uncounted) as client:
        assert (await client.embed_passages(["x", "four"]))[1] == "[0.6,0.8]"
