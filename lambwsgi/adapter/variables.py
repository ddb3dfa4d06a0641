"""Request headers become meta-variables, named as RFC 3875 and PEP 3333 have it. Knows no gateway."""

from __future__ import annotations

from lambwsgi.adapter.memo import Memo
from lambwsgi.adapter.paths import native

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

# Not passed on: the gateway has undone a transfer coding, and `Proxy` must not look like the variable of the same name
# (httpoxy, CVE-2016-5385).
_NOT_PASSED_ON = frozenset({"transfer-encoding", "proxy"})
# PEP 3333, 'environ Variables': these two have names of their own.
_WITHOUT_PREFIX = frozenset({"content-type", "content-length"})


def _variable_of(name: str) -> str:
    """The variable of a header in any case, empty where the header is not passed on.

    A name with an underscore would take the variable of the name with a hyphen, so it is dropped, as by nginx and
    gunicorn.
    """
    key = name.lower()
    if key in _NOT_PASSED_ON or "_" in key:
        return ""
    variable = key.upper().replace("-", "_")
    return variable if key in _WITHOUT_PREFIX else f"HTTP_{variable}"


_VARIABLES = Memo(_variable_of)


def single_variables(headers: Mapping[str, Any] | None) -> dict[str, str]:
    """The variables of a map of strings. A null value is a header that is not there."""
    if not headers:
        return {}
    try:
        variables = {_VARIABLES[name]: value for name, value in headers.items()}
        if "" not in variables and "".join(headers.values()).isascii():
            return variables
    except TypeError:
        pass  # a value that is no string
    variables = {_VARIABLES[name]: native(str(value)) for name, value in headers.items() if value is not None}
    variables.pop("", None)
    return variables


def multi_variables(headers: Mapping[str, Any]) -> dict[str, str]:
    """The variables of a map of lists; values join with a comma, cookies as RFC 6265, section 5.4, has it."""
    variables: dict[str, str] = {}
    for name, values in headers.items():
        key = _VARIABLES[name]
        texts = [native(str(value)) for value in as_list(values) if value is not None]
        if key and texts:
            variables[key] = ("; " if key == "HTTP_COOKIE" else ",").join(texts)
    return variables


def as_list(values: Any) -> list[Any]:
    """A list for what should be one: some emulators send a lone value, or null."""
    if values is None:
        return []
    return values if isinstance(values, list) else [values]
