"""A provider for Terraform that has the schemas of hashicorp/aws and nothing behind them, so that Terraform itself can
judge a configuration on a machine that has no network. Started by Terraform, as `terraform-provider-aws`.

Protocol version 5. Source: Terraform, 'Plugin protocol', tfplugin5.proto; hashicorp/go-plugin, 'Internals', handshake.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event
from typing import Any

import grpc

Json = dict[str, Any]
SCHEMA = Path(__file__).with_name("schema.json")
_SINGLE_BYTE = 0x80
_LIST = 2  # a nested block that is repeated
_ANSWERS = {"required": 4, "optional": 5, "computed": 6}


def main() -> None:
    """Serve until Terraform ends the process."""
    schemas = encoded_schemas(json.loads(SCHEMA.read_text("utf-8")))
    # What is not named here, Terraform does not ask for when it validates, or when it makes up what AWS would answer.
    answers: dict[str, Callable[[bytes], bytes]] = {
        "GetSchema": lambda _request: schemas,
        "PrepareProviderConfig": lambda request: request,
        "ValidateResourceTypeConfig": lambda _request: b"",
        "ValidateDataSourceConfig": lambda _request: b"",
        "Configure": lambda _request: b"",
        "Stop": lambda _request: b"",
    }
    server = grpc.server(ThreadPoolExecutor(4))
    handlers = {name: grpc.unary_unary_rpc_method_handler(_answering(answer)) for name, answer in answers.items()}
    server.add_generic_rpc_handlers([grpc.method_handlers_generic_handler("tfplugin5.Provider", handlers)])
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    sys.stdout.write(f"1|5|tcp|127.0.0.1:{port}|grpc|\n")
    sys.stdout.flush()
    Event().wait()


def _answering(answer: Callable[[bytes], bytes]) -> Callable[[bytes, grpc.ServicerContext], bytes]:
    return lambda request, _context: answer(request)


def encoded_schemas(schemas: Json) -> bytes:
    """The answer to GetProviderSchema, as protocol buffers."""
    provider = _message((2, _block({"attributes": {}, "blocks": {}})))
    resources = [(2, _entry(name, each)) for name, each in schemas["resources"].items()]
    sources = [(3, _entry(name, each)) for name, each in schemas["data"].items()]
    return _message((1, provider), *resources, *sources)


def _entry(name: str, schema: Json) -> bytes:
    return _message((1, name.encode()), (2, _message((2, _block(schema)))))


def _block(schema: Json) -> bytes:
    attributes = [(2, _attribute(name, each)) for name, each in schema["attributes"].items()]
    blocks = [(3, _nested(name, each)) for name, each in schema["blocks"].items()]
    return _message(*attributes, *blocks)


def _attribute(name: str, attribute: Json) -> bytes:
    """What may be given is found by AWS where it is not: which of these is so, the schemas at hand do not tell."""
    kinds = {attribute["given"], *({"computed"} if attribute["given"] == "optional" else ())}
    flags = [(_ANSWERS[kind], True) for kind in sorted(kinds)]
    return _message((1, name.encode()), (2, json.dumps(attribute["type"]).encode()), *flags)


def _nested(name: str, block: Json) -> bytes:
    bounds = [(4, 1)] if block["required"] else []
    most = [(5, block["most"])] if "most" in block else []
    return _message((1, name.encode()), (2, _block(block)), (3, _LIST), *bounds, *most)


def _message(*fields: tuple[int, bytes | int]) -> bytes:
    return b"".join(_field(number, value) for number, value in fields)


def _field(number: int, value: bytes | int) -> bytes:
    if isinstance(value, bytes):
        return bytes([number << 3 | 2]) + _varint(len(value)) + value
    return bytes([number << 3]) + _varint(value)


def _varint(value: int) -> bytes:
    return bytes(_sevens(value))


def _sevens(value: int) -> Iterable[int]:
    while value >= _SINGLE_BYTE:
        yield value % _SINGLE_BYTE | _SINGLE_BYTE
        value //= _SINGLE_BYTE
    yield value


if __name__ == "__main__":
    main()
