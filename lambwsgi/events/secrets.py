"""Secrets that variables refer to, read at INIT and put into the environment before the application is imported.

Only a function that has such variables imports this, and boto3 with it, which Lambda's runtimes bring.
"""

from __future__ import annotations

import json
import logging
from typing import Any

from lambwsgi.adapter.errors import SecretError
from lambwsgi.events.references import Reference, fill, references_in

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, MutableMapping

    ClientOf = Callable[[str], Any]
    # What was read, or why it could not be.
    Found = Mapping[Reference, str | Exception]

# The most that one call gives. Source: Systems Manager API reference, 'GetParameters'.
_BATCH = 10
_ACTIONS = {"ssm": "ssm:GetParameters", "secret": "secretsmanager:GetSecretValue"}


class Secrets:
    """The variables with references, as they were before anything was filled in, and the environment they belong to."""

    def __init__(
        self, names: Iterable[str], environ: MutableMapping[str, str], client_of: ClientOf | None = None
    ) -> None:
        self._texts = {name: environ[name] for name in names if name in environ}
        self._environ = environ
        self._client_of = client_of or _boto3_client
        self._is_read = False

    def read(self) -> None:
        """Fill the variables in, unless that is done. Raises SecretError with all that cannot be read."""
        if not self._is_read:
            self.read_anew()

    def read_anew(self) -> None:
        """The same, also when it is done: a secret may have changed since."""
        wanted = dict.fromkeys(reference for text in self._texts.values() for reference in references_in(text))
        found = read_references(wanted, self._client_of)
        failed = [
            f"{name}: {reference} cannot be read: {_reason(reference, found[reference])}"
            for name, text in self._texts.items()
            for reference in dict.fromkeys(references_in(text))
            if isinstance(found[reference], Exception)
        ]
        if failed:
            raise SecretError("\n".join(failed))
        # Only when all are there, so that no variable is of another moment than the rest.
        self._environ.update({name: fill(text, lambda each: str(found[each])) for name, text in self._texts.items()})
        self._is_read = True

    def refresh(self) -> None:
        """Read anew after a restore; where that fails, those of the snapshot, which are probably right, are kept."""
        try:
            self.read_anew()
        except SecretError:
            logging.getLogger("lambwsgi").exception("secrets could not be read anew; those of the snapshot are kept")


def read_references(wanted: Iterable[Reference], client_of: ClientOf) -> Found:
    """What each reference stands for; parameters ten at a time, secrets each once."""
    by_kind: dict[str, list[Reference]] = {"ssm": [], "secret": []}
    for reference in wanted:
        by_kind[reference.kind].append(reference)
    return {
        **(_parameters(by_kind["ssm"], client_of("ssm")) if by_kind["ssm"] else {}),
        **(_secrets(by_kind["secret"], client_of("secretsmanager")) if by_kind["secret"] else {}),
    }


def _parameters(wanted: list[Reference], client: Any) -> Found:
    found: dict[Reference, str | Exception] = {}
    for start in range(0, len(wanted), _BATCH):
        batch = wanted[start : start + _BATCH]
        try:
            answer = client.get_parameters(Names=[each.name for each in batch], WithDecryption=True)
        except Exception as error:
            found |= dict.fromkeys(batch, error)
            continue
        values = {f"{each['Name']}{each.get('Selector', '')}": each["Value"] for each in answer["Parameters"]}
        missing = LookupError("there is no such parameter")
        found |= {each: values.get(each.name, missing) for each in batch}
    return found


def _secrets(wanted: list[Reference], client: Any) -> Found:
    texts = {name: _secret(name, client) for name in dict.fromkeys(each.name for each in wanted)}
    return {each: _part(texts[each.name], each.key) for each in wanted}


def _secret(name: str, client: Any) -> str | Exception:
    try:
        answer = client.get_secret_value(SecretId=name)
    except Exception as error:
        return error
    return answer["SecretString"] if "SecretString" in answer else ValueError("it is binary, and text was expected")


def _part(text: str | Exception, key: str) -> str | Exception:
    """One value of a secret that is a JSON object. What a message says is never taken from the secret."""
    if isinstance(text, Exception) or not key:
        return text
    try:
        value = json.loads(text)[key]
    except ValueError:
        return ValueError("it is no JSON, so it has no keys")
    except (KeyError, TypeError):
        return LookupError(f"it has no key {key!r}")
    return value if isinstance(value, str) else json.dumps(value)


def _reason(reference: Reference, error: object) -> str:
    """What AWS said, and the action that is needed where it was refused."""
    code = getattr(error, "response", {}).get("Error", {}).get("Code", "")
    hint = f"; who reads it needs {_ACTIONS[reference.kind]} on it" if "AccessDenied" in code else ""
    return f"{error}{hint}"


def _boto3_client(service: str) -> Any:
    import boto3  # noqa: PLC0415 - only where there are secrets
    from botocore.config import Config  # noqa: PLC0415

    # INIT has ten seconds for all.
    config = Config(connect_timeout=2, read_timeout=4, retries={"mode": "standard", "total_max_attempts": 2})
    make: Any = boto3.client
    return make(service, config=config)
