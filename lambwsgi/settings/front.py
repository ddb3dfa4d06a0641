"""What stands in front of the function: who may call it, from which pages, under which name, how often, and its log."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, field_validator, model_validator

from lambwsgi.settings.arn import arn_of
from lambwsgi.settings.frozen import FrozenModel, Texts, one_or_more, switch_or_map

# Not OPTIONS, by which browsers ask what else they may. Source: Lambda API reference, 'Cors'.
Method = Literal["*", "DELETE", "GET", "HEAD", "PATCH", "POST", "PUT"]
Methods = Annotated[tuple[Method, ...], BeforeValidator(one_or_more), Field(strict=False, min_length=1)]


class Jwt(FrozenModel):
    """Tokens that the gateway checks itself. Source: API Gateway developer guide, 'JWT authorizers'."""

    issuer: str = Field(pattern=r"^https://", description="Who issues them, as in the token's `iss`.")
    audience: Texts = Field(description="For whom, as in the token's `aud` or `client_id`.")
    scopes: tuple[str, ...] = Field(default=(), strict=False, description="One of these has to be in the token.")


class Cognito(FrozenModel):
    """Tokens of user pools."""

    pools: tuple[Annotated[str, arn_of("cognito-idp")], ...] = Field(
        strict=False, min_length=1, description="ARNs of the user pools."
    )
    scopes: tuple[str, ...] = Field(default=(), strict=False, description="One of these has to be in the token.")


class Authorizer(FrozenModel):
    """A function that says who may."""

    function: Annotated[str, arn_of("lambda")] = Field(description="ARN of the function.")
    headers: tuple[str, ...] = Field(
        default=("Authorization",), strict=False, description="What it goes by, and what its answer is kept for."
    )
    cache_seconds: int = Field(default=300, ge=0, le=3600, description="How long an answer is kept.")


class Auth(FrozenModel):
    """Who may call: one of these ways."""

    iam: bool = Field(default=False, description="Requests that AWS credentials signed.")
    jwt: Jwt | None = Field(default=None, description="`{issuer: https://..., audience: [...]}`.")
    cognito: Cognito | None = Field(default=None, description="`{pools: [ARN]}`.")
    authorizer: Authorizer | None = Field(default=None, description="`{function: ARN}`.")

    @property
    def way(self) -> str:
        """The name of the one way that is given."""
        return next(name for name in type(self).model_fields if getattr(self, name))

    @model_validator(mode="after")
    def _is_one(self) -> Self:
        given = [name for name in type(self).model_fields if getattr(self, name)]
        if len(given) != 1:
            raise ValueError(f"is one way of {', '.join(type(self).model_fields)}, not {' and '.join(given) or 'none'}")
        return self


class Cors(FrozenModel):
    """Which pages of other origins a browser lets call the application; the gateway tells it, not the application."""

    origins: Texts = Field(description="As in `https://example.org`; `*` for all.")
    methods: Methods = Field(default=("*",), description="As in `GET`.")
    headers: Texts = Field(default=("*",), description="Headers that a page may send.")
    expose_headers: tuple[str, ...] = Field(default=(), strict=False, description="Headers that a page may read.")
    credentials: bool = Field(default=False, description="Let it send cookies.")
    max_age_seconds: int = Field(default=3600, ge=0, le=86_400, description="How long a browser need not ask again.")

    @model_validator(mode="after")
    def _names_whom_it_trusts(self) -> Self:
        if self.credentials and "*" in self.origins:
            raise ValueError("browsers send `credentials` to no page of `origins: '*'`; name the origins")
        if self.credentials and "*" in {*self.methods, *self.headers, *self.expose_headers}:
            # Source: Fetch standard, 'CORS protocol and credentials'.
            raise ValueError("with `credentials`, browsers take `*` at its word; name the `methods` and the `headers`")
        return self


class Domain(FrozenModel):
    """A name of one's own. Without a certificate it has to be there already, and is given one more mapping."""

    name: str = Field(pattern=r"^(\*\.)?([a-z0-9-]+\.)+[a-z]{2,}$", description="As in `api.example.org`.")
    certificate: Annotated[str, arn_of("acm")] | None = Field(default=None, description="ARN of its certificate.")
    zone: str | None = Field(default=None, description="Id of the Route 53 zone that gets its record.")
    truststore: str | None = Field(
        default=None, pattern=r"^s3://", description="Certificates of those whose clients may connect (mutual TLS)."
    )
    default_endpoint: bool = Field(default=True, description="Whether the gateway's own address answers as well.")
    ipv6: bool = Field(default=True, description="Whether a domain that is made is reached by IPv6 as well.")

    @model_validator(mode="after")
    def _is_made_here_or_elsewhere(self) -> Self:
        if self.certificate is None and (self.zone or self.truststore):
            raise ValueError("`zone` and `truststore` belong to who makes the domain; give its `certificate` as well")
        if self.truststore and self.default_endpoint:
            raise ValueError("the gateway's own address asks for no certificate; set `default_endpoint: false`")
        return self


class Quota(FrozenModel):
    """How many requests a key is good for."""

    limit: int = Field(ge=1, description="Requests in the period.")
    period: Literal["day", "week", "month"] = Field(description="After which all of them are there again.")


class ApiKey(FrozenModel):
    """The key that requests need in the header `x-api-key`."""

    quota: Quota | None = Field(default=None, description="`{limit: 10000, period: month}`.")


class Throttle(FrozenModel):
    """How many requests the gateway lets through, those of all clients together."""

    rate: float = Field(gt=0, strict=False, description="Requests a second.")
    burst: int = Field(ge=0, description="Requests at once.")


class LoadBalancer(FrozenModel):
    """The listener of a load balancer that is there, and what of its traffic is this stage's; `base_path` as well."""

    listener: Annotated[str, arn_of("elasticloadbalancing")] = Field(description="ARN of the listener.")
    priority: int = Field(ge=1, le=50_000, description="Place of the rule among the listener's; each has its own.")
    hosts: Texts = Field(description="Names that clients ask for; the first is the public address.")
    scheme: Literal["https", "http"] = Field(default="https", description="How the listener is spoken to.")

    @field_validator("hosts")
    @classmethod
    def _first_is_an_address(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if "*" in value[0] or "?" in value[0]:
            raise ValueError(f"{value[0]!r} is no address; let a name without wildcards stand first")
        return value


class FrontSettings(FrozenModel):
    """What a gateway does before the function is asked; every field's default adds nothing to the template."""

    auth: Auth | None = Field(
        default=None, description="Who may call: `iam`, `{jwt: ...}`, `{cognito: ...}` or `{authorizer: ...}`."
    )
    cors: Cors | None = Field(default=None, description="Pages of other origins: `{origins: [https://example.org]}`.")
    domain: Domain | None = Field(default=None, description="`{name: api.example.org, certificate: ARN, zone: Z0}`.")
    gateway_log: bool = Field(default=False, description="A line of JSON for each request, written by the gateway.")
    throttle: Throttle | None = Field(default=None, description="`{rate: 100, burst: 50}`.")
    api_key: ApiKey | Literal[False] = Field(
        default=False,
        description="Requests need the header `x-api-key`: `true`, or `{quota: {limit: 10000, period: month}}`.",
    )
    load_balancer: LoadBalancer | None = Field(
        default=None, description="With `gateway: alb`: `{listener: ARN, priority: 10, hosts: [shop.example.org]}`."
    )

    @field_validator("api_key", mode="before")
    @classmethod
    def _true_is_a_key_without_quota(cls, value: object) -> object:
        return switch_or_map(value, ApiKey, "a map with a `quota`")

    @field_validator("auth", mode="before")
    @classmethod
    def _iam_is_a_word(cls, value: object) -> object:
        if value == "iam":
            return {"iam": True}
        if value is None or isinstance(value, dict | Auth):
            return value
        raise ValueError(f"{value!r} is neither `iam` nor a map of jwt, cognito or authorizer")
