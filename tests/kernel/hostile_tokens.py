"""Access tokens that no verifier may accept, each under the name of its attack."""

import hashlib
import hmac
import json
from collections.abc import Callable

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.kernel.access_tokens import AUDIENCE, ISSUER, TokenMint, base64url


def with_header(**members: object) -> Callable[[TokenMint], str]:
    return lambda mint: mint.token(header=members)


def with_claims(**members: object) -> Callable[[TokenMint], str]:
    return lambda mint: mint.token(claims=members)


def without_claim(name: str) -> Callable[[TokenMint], str]:
    def bend(mint: TokenMint) -> str:
        claims = mint.claims()
        del claims[name]
        return mint.sign(json.dumps(mint.header()).encode(), json.dumps(claims).encode())

    return bend


def with_payload(edit: Callable[[str], str], encoding: str = "utf-8") -> Callable[[TokenMint], str]:
    return lambda mint: mint.sign(json.dumps(mint.header()).encode(), edit(json.dumps(mint.claims())).encode(encoding))


def with_header_text(edit: Callable[[str], str], encoding: str = "utf-8") -> Callable[[TokenMint], str]:
    return lambda mint: mint.sign(edit(json.dumps(mint.header())).encode(encoding), json.dumps(mint.claims()).encode())


def with_text(edit: Callable[[str], str]) -> Callable[[TokenMint], str]:
    return lambda mint: edit(mint.token())


def shifted(**shifts: int) -> Callable[[TokenMint], str]:
    def bend(mint: TokenMint) -> str:
        now = int(mint.clock.now().timestamp())
        return mint.token(claims={name: now + shift for name, shift in shifts.items()})

    return bend


def public_key_as_hmac_secret(mint: TokenMint) -> str:
    public = mint.key.public_key
    assert isinstance(public, Ed25519PublicKey)
    pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    header = json.dumps({**mint.header(), "alg": "HS256"}).encode()
    signing_input = f"{base64url(header)}.{base64url(json.dumps(mint.claims()).encode())}"
    return f"{signing_input}.{base64url(hmac.new(pem, signing_input.encode(), hashlib.sha256).digest())}"


def unsigned(alg: str) -> Callable[[TokenMint], str]:
    return lambda mint: mint.token(header={"alg": alg}).rpartition(".")[0] + "."


def with_unused_bits(token: str) -> str:
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return token[:-1] + alphabet[alphabet.index(token[-1]) | 1]  # 64 bytes leave four bits of the last character


HOSTILE: dict[str, Callable[[TokenMint], str]] = {
    "empty": lambda _: "",
    "dots": lambda _: "..",
    "two segments": with_text(lambda token: token.rpartition(".")[0]),
    "four segments": with_text(lambda token: token + ".e30"),
    "alg none": unsigned("none"),
    "alg None": unsigned("None"),
    "alg NONE": unsigned("NONE"),
    "alg nOnE, signed": with_header(alg="nOnE"),
    "alg none, signed": with_header(alg="none"),
    "alg HS256 in the header": with_header(alg="HS256"),
    "alg as list": with_header(alg=["EdDSA"]),
    "alg of another case": with_header(alg="eddsa"),
    "public key as HMAC secret": public_key_as_hmac_secret,
    "typ JWT": with_header(typ="JWT"),
    "typ of another case": with_header(typ="AT+JWT"),
    "typ with application": with_header(typ="application/at+jwt"),
    "service token type": with_header(typ="svc+jwt"),
    "typ null": with_header(typ=None),
    "jku": with_header(jku="https://evil.example/keys"),
    "jwk": with_header(jwk={"kty": "OKP"}),
    "x5u": with_header(x5u="https://evil.example/cert"),
    "x5c": with_header(x5c=["MII"]),
    "x5t#S256": with_header(**{"x5t#S256": "AAAA"}),
    "crit": with_header(crit=["exp"]),
    "zip": with_header(zip="DEF"),
    "b64 false": with_header(b64=False),
    "kid as path": with_header(kid="../../../../dev/null"),
    "kid as query": with_header(kid="key-1' OR '1'='1"),
    "kid as list": with_header(kid=["key-1"]),
    "kid absent": with_header(kid=None),
    "exp as text": with_claims(exp="9999999999"),
    "exp as true": with_claims(exp=True),
    "exp as fraction": lambda mint: mint.token(claims={"exp": mint.clock.now().timestamp() + 100.5}),
    "exp in ten years": shifted(exp=10 * 365 * 86400),
    "exp just above the cap": shifted(exp=301),
    "exp before iat": shifted(exp=-1),
    "exp huge": with_claims(exp=10**30),
    "exp negative": with_claims(exp=-1),
    "exp NaN": with_payload(lambda text: text.replace('"exp": ', '"exp": NaN, "x": ')),
    "exp Infinity": with_payload(lambda text: text.replace('"exp": ', '"exp": Infinity, "x": ')),
    "exp 1e999": with_payload(lambda text: text.replace('"exp": ', '"exp": 1e999, "x": ')),
    "exp absent": without_claim("exp"),
    "iat absent": without_claim("iat"),
    "nbf absent": without_claim("nbf"),
    "nbf as text": with_claims(nbf="0"),
    "not yet valid": shifted(nbf=10),
    "issued in the future": shifted(iat=10, exp=200),
    "expired": shifted(iat=-200, nbf=-200, exp=-10),
    "iss of another": with_claims(iss="https://evil.example"),
    "iss as list": with_claims(iss=[ISSUER]),
    "iss absent": without_claim("iss"),
    "aud of another": with_claims(aud="session"),
    "aud as list": with_claims(aud=[AUDIENCE]),
    "aud absent": without_claim("aud"),
    "sub is not an id": with_claims(sub="admin"),
    "sub with braces": with_claims(sub="{" + "0190b0a0-0000-7000-8000-000000000001" + "}"),
    "sub as number": with_claims(sub=1),
    "sid absent": without_claim("sid"),
    "role absent": without_claim("role"),
    "jti absent": without_claim("jti"),
    "jti null": with_claims(jti=None),
    "role as list": with_claims(role=["admin"]),
    "duplicate claim": with_payload(lambda text: text[:-1] + ', "role": "admin"}'),
    "duplicate header": with_header_text(lambda text: text[:-1] + ', "alg": "none"}'),
    "payload in UTF-16": with_payload(str, "utf-16"),
    "header in UTF-16": with_header_text(str, "utf-16"),
    "payload with BOM": with_payload(str, "utf-8-sig"),
    "header with BOM": with_header_text(str, "utf-8-sig"),
    "payload is a list": with_payload(lambda text: f"[{text}]"),
    "payload is empty": with_payload(lambda _: ""),
    "payload nested deeply": with_payload(lambda _: '{"a":' * 100_000 + "1" + "}" * 100_000),
    "header nested as deep as fits": with_header_text(lambda _: '{"a":' * 400 + "1" + "}" * 400),
    "300 kB": with_claims(padding="a" * 300_000),
    "one character too long": with_text(lambda token: token + "A" * (4097 - len(token))),
    "padding": with_text(lambda token: token + "=="),
    "padding in the header": with_text(lambda token: token.replace(".", "=.", 1)),
    "unused bits": with_text(with_unused_bits),
    "plain base64 alphabet": with_text(lambda token: token[:-5] + "+/+/+"),
    "newline at the end": with_text(lambda token: token + "\n"),
    "space inside": with_text(lambda token: token.replace(".", " .", 1)),
    "digits of another script": with_text(lambda token: token[:-1] + "٣"),
    "signature cut": with_text(lambda token: token[:-4]),
    "signature empty": with_text(lambda token: token.rpartition(".")[0] + "."),
    "signed by another key": lambda mint: TokenMint(mint.clock).token(),
    "claims of another token": with_text(lambda token: token.replace(token.split(".")[1], base64url(b"{}"))),
}
