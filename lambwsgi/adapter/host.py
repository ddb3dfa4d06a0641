"""The host that a request was sent to, where what stands in front of the gateway hides it."""

from __future__ import annotations

from lambwsgi.adapter.gateways.reading import DEFAULT_PORTS, SERVERS, variable_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from lambwsgi.adapter.wsgi import Asked, Environ, Rest, Result


def answer_by_host(answer: Asked[Rest, Result], header: str) -> Asked[Rest, Result]:
    """The same, asked by the host that a trusted proxy tells in `header` in the place of the one it asked itself."""
    variable = variable_of(header)

    def answer_by_told_host(environ: Environ, /, *args: Rest.args, **kwargs: Rest.kwargs) -> Result:
        told = environ.get(variable)
        if told:
            _set_host(environ, told.partition(",")[0].strip())
        return answer(environ, *args, **kwargs)

    return answer_by_told_host


def answer_as_host(answer: Asked[Rest, Result], host: str) -> Asked[Rest, Result]:
    """The same, asked by that host whatever the gateway was asked by."""

    def answer_by_own_host(environ: Environ, /, *args: Rest.args, **kwargs: Rest.kwargs) -> Result:
        _set_host(environ, host)
        return answer(environ, *args, **kwargs)

    return answer_by_own_host


def _set_host(environ: Environ, host: str) -> None:
    environ["HTTP_HOST"] = host
    environ["SERVER_NAME"], port = SERVERS[host or "lambda"]
    environ["SERVER_PORT"] = port or DEFAULT_PORTS[environ["wsgi.url_scheme"]]
