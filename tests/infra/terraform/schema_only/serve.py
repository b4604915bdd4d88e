"""A provider for Terraform that knows the schema of Google's and nothing else: it validates and plans, offline.

Terraform starts it, reads one line of handshake from standard output (go-plugin, version 1) and speaks gRPC over TLS
with a certificate that this line holds. It plans every resource as new: what is given as it is given, what the provider
would fill in as unknown. It cannot apply anything.
"""

import base64
import json
import os
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event, Thread
from typing import Any

import grpc
import msgspec
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.infra.terraform.schema_only.messages import message

UNKNOWN = msgspec.msgpack.Ext(0, b"\x00")  # how cty writes a value that is known only afterwards
NESTINGS = {"single": 1, "list": 2, "set": 3}
SCHEMA = json.loads((Path(__file__).parent / "schema.json").read_text())
Handler = Callable[[Any], Any]
MOST_BYTES = 64 * 2**20


def schema_of(block: dict[str, Any]) -> Any:
    """Return a block of schema.json as the protocol's message."""
    made = message("Block")()
    for name, attribute in block["attributes"].items():
        made.attributes.add(
            name=name, type=json.dumps(attribute["type"]).encode(), **dict.fromkeys(attribute["is_"], True)
        )
    for name, nested in block["blocks"].items():
        made.block_types.add(
            type_name=name,
            block=schema_of(nested["block"]),
            nesting=NESTINGS[nested["nesting"]],
            min_items=nested["min"],
            max_items=nested["max"],
        )
    return made


def planned(value: dict[str, Any], block: dict[str, Any]) -> dict[str, Any]:
    """Return a proposed state with what the provider fills in as unknown."""
    made = dict(value)
    for name, attribute in block["attributes"].items():
        if "computed" in attribute["is_"] and made.get(name) is None:
            made[name] = UNKNOWN
    for name, nested in block["blocks"].items():
        inner = made.get(name)
        if isinstance(inner, list):
            made[name] = [planned(each, nested["block"]) if isinstance(each, dict) else each for each in inner]
        elif isinstance(inner, dict):
            made[name] = planned(inner, nested["block"])
    return made


def get_schema(_request: Any) -> Any:
    """Answer with every schema."""
    answer = message("SchemaResponse")()
    for name, block in SCHEMA.items():
        target = answer.provider if name == "provider" else answer.resource_schemas[name]
        target.block.CopyFrom(schema_of(block))
    return answer


def plan(request: Any) -> Any:
    """Answer with the planned state of one resource; a resource that goes away is planned as nothing."""
    answer = message("PlanResponse")(legacy_type_system=True)
    proposed = msgspec.msgpack.decode(request.proposed_new_state.msgpack)
    state = planned(proposed, SCHEMA[request.type_name]) if isinstance(proposed, dict) else proposed
    answer.planned_state.msgpack = msgspec.msgpack.encode(state)
    return answer


def prepare(request: Any) -> Any:
    """Take the provider's own configuration as it is."""
    return message("PrepareResponse")(prepared_config=request.config)


def upgrade(request: Any) -> Any:
    """Take a stored state as it is."""
    return message("UpgradeResponse")(upgraded_state=message("DynamicValue")(json=request.raw_state.json))


def read(request: Any) -> Any:
    """Believe the stored state."""
    return message("ReadResponse")(new_state=request.current_state)


CALLS: dict[str, tuple[str, Handler]] = {
    "GetSchema": ("Schema", get_schema),
    "PrepareProviderConfig": ("Prepare", prepare),
    "ValidateResourceTypeConfig": ("Validate", lambda _request: message("ValidateResponse")()),
    "UpgradeResourceState": ("Upgrade", upgrade),
    "Configure": ("Configure", lambda _request: message("ConfigureResponse")()),
    "ReadResource": ("Read", read),
    "PlanResourceChange": ("Plan", plan),
    "Stop": ("Stop", lambda _request: message("StopResponse")()),
}


def handlers(stopped: Event) -> list[grpc.GenericRpcHandler]:
    """Return the provider's calls and those by which go-plugin ends a plugin."""

    def call(handler: Handler, name: str) -> "grpc.RpcMethodHandler[Any, Any]":
        return grpc.unary_unary_rpc_method_handler(
            lambda request, _context: handler(request),
            request_deserializer=message(f"{name}Request").FromString,
            response_serializer=lambda answer: answer.SerializeToString(),
        )

    def shut_down(_request: bytes, _context: grpc.ServicerContext) -> bytes:
        stopped.set()
        return b""

    calls = {name: call(handler, kind) for name, (kind, handler) in CALLS.items()}
    controller: dict[str, grpc.RpcMethodHandler[Any, Any]] = {
        "Shutdown": grpc.unary_unary_rpc_method_handler(shut_down)
    }
    streams: dict[str, grpc.RpcMethodHandler[Any, Any]] = {
        "StreamStdio": grpc.unary_stream_rpc_method_handler(lambda _request, _context: iter(()))
    }
    return [
        grpc.method_handlers_generic_handler("tfplugin5.Provider", calls),
        grpc.method_handlers_generic_handler("plugin.GRPCController", controller),
        grpc.method_handlers_generic_handler("plugin.GRPCStdio", streams),
    ]


def own_certificate() -> tuple[bytes, bytes, bytes]:
    """Return a new key and certificate in PEM, and the certificate in DER, as the handshake carries it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name, now = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")]), datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return (
        pem,
        certificate.public_bytes(serialization.Encoding.PEM),
        certificate.public_bytes(serialization.Encoding.DER),
    )


def main() -> int:
    """Serve until Terraform says that it is enough, or is gone."""
    if "PLUGIN_MIN_PORT" not in os.environ:
        print("This is started by Terraform; see infra/cloud-run/terraform/README.md.", file=sys.stderr)
        return 2
    stopped = Event()
    server = grpc.server(
        ThreadPoolExecutor(8),
        handlers=handlers(stopped),
        options=[("grpc.max_send_message_length", MOST_BYTES), ("grpc.max_receive_message_length", MOST_BYTES)],
    )
    key, pem, der = own_certificate()
    port = server.add_secure_port("127.0.0.1:0", grpc.ssl_server_credentials([(key, pem)]))
    server.start()
    print(f"1|5|tcp|127.0.0.1:{port}|grpc|{base64.b64encode(der).decode().rstrip('=')}", flush=True)
    Thread(target=_follow_parent, args=(os.getppid(), stopped), daemon=True).start()
    stopped.wait()
    server.stop(grace=0.2).wait()
    return 0


def _follow_parent(parent: int, stopped: Event) -> None:
    """Stop when Terraform was killed, so that nothing is left behind."""
    while os.getppid() == parent and not stopped.wait(1):
        pass
    stopped.set()


if __name__ == "__main__":
    sys.exit(main())
