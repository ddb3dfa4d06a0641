"""Secrets as the function reads them: against a real emulator of both services, and small fakes for what fails."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import snapshot_restore_py
from botocore.exceptions import ClientError

from lambwsgi.adapter.errors import SecretError
from lambwsgi.deploy.aws.calls import Aws
from lambwsgi.events.configure import build_handler
from lambwsgi.events.secrets import Secrets, read_references
from tests.events.cases import event_of

APP = """
import os
found = os.environ["DATABASE_URL"]

def app(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [found.encode()]
"""


class FakeParameters:
    """What boto3's client for Systems Manager is to us; counts the calls."""

    def __init__(self, values: dict[str, str]) -> None:
        self.values = values
        self.calls: list[list[str]] = []

    def get_parameters(self, **given: Any) -> dict[str, Any]:
        assert given["WithDecryption"]
        names = given["Names"]
        self.calls.append(names)
        known = [name for name in names if name in self.values]
        return {
            "Parameters": [{"Name": name, "Value": self.values[name]} for name in known],
            "InvalidParameters": sorted(set(names) - set(known)),
        }


class FakeSecrets:
    """What boto3's client for Secrets Manager is to us; a text is a secret, bytes are a binary one."""

    def __init__(self, values: dict[str, str | bytes]) -> None:
        self.values = values
        self.calls: list[str] = []

    def get_secret_value(self, **given: Any) -> dict[str, Any]:
        self.calls.append(given["SecretId"])
        value = self.values[given["SecretId"]]
        return {"SecretString": value} if isinstance(value, str) else {"SecretBinary": value}


def secrets_of(environ: dict[str, str], **clients: Any) -> Secrets:
    return Secrets(list(environ), environ, lambda service: clients[service])


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    (tmp_path / "app_with_secrets.py").write_text(APP)
    monkeypatch.syspath_prepend(tmp_path)
    yield tmp_path
    sys.modules.pop("app_with_secrets", None)


@pytest.mark.embedded
def test_both_services_are_read_as_they_are(aws: Aws) -> None:
    parameters, secrets = aws.client("ssm"), aws.client("secretsmanager")
    parameters.put_parameter(Name="/shop/key", Value="first", Type="SecureString")
    parameters.put_parameter(Name="/shop/key", Value="second", Type="SecureString", Overwrite=True)
    secrets.create_secret(Name="shop/db", SecretString=json.dumps({"user": "shop", "port": 5432}))
    environ = {
        "KEY": "${ssm:/shop/key}",
        "OLD_KEY": "${ssm:/shop/key:1}",
        "URL": "db://${secret:shop/db:user}@db:${secret:shop/db:port}/",
        "WHOLE": "${secret:shop/db}",
        "PLAIN": "kept",
    }

    Secrets(["KEY", "OLD_KEY", "URL", "WHOLE"], environ, aws.client).read()

    assert environ == {
        "KEY": "second",
        "OLD_KEY": "first",
        "URL": "db://shop@db:5432/",
        "WHOLE": '{"user": "shop", "port": 5432}',
        "PLAIN": "kept",
    }


@pytest.mark.embedded
def test_what_is_not_there_is_named_by_variable_and_reference(aws: Aws) -> None:
    environ = {"KEY": "${ssm:/nowhere}", "URL": "${secret:nowhere:password}"}

    with pytest.raises(SecretError) as caught:
        Secrets(list(environ), environ, aws.client).read()

    key, url = str(caught.value).splitlines()
    assert key == "KEY: ${ssm:/nowhere} cannot be read: there is no such parameter"
    assert url.startswith("URL: ${secret:nowhere:password} cannot be read: ")
    assert "ResourceNotFoundException" in url


def test_parameters_are_read_ten_at_a_time_and_each_once() -> None:
    fake = FakeParameters({f"/p{number}": str(number) for number in range(12)})
    environ = {f"P{number}": f"${{ssm:/p{number}}}${{ssm:/p0}}" for number in range(12)}

    secrets_of(environ, ssm=fake).read()

    assert [len(names) for names in fake.calls] == [10, 2]
    assert environ["P11"] == "110"


def test_a_secret_is_read_once_however_many_of_its_keys_are_wanted() -> None:
    fake = FakeSecrets({"db": '{"user": "u", "password": "p"}'})
    environ = {"URL": "${secret:db:user}:${secret:db:password}"}

    secrets_of(environ, secretsmanager=fake).read()

    assert (environ["URL"], fake.calls) == ("u:p", ["db"])


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("hunter2", "it is no JSON, so it has no keys"),
        ('{"user": "hunter2"}', "it has no key 'password'"),
        ('["hunter2"]', "it has no key 'password'"),
        (b"hunter2", "it is binary, and text was expected"),
    ],
    ids=["no JSON", "another key", "a list", "binary"],
)
def test_a_message_never_holds_the_secret(value: str | bytes, reason: str) -> None:
    environ = {"PASSWORD": "${secret:db:password}"}

    with pytest.raises(SecretError) as caught:
        secrets_of(environ, secretsmanager=FakeSecrets({"db": value})).read()

    assert str(caught.value) == f"PASSWORD: ${{secret:db:password}} cannot be read: {reason}"
    assert environ == {"PASSWORD": "${secret:db:password}"}


def test_a_refusal_names_the_permission_that_is_missing() -> None:
    class RefusingSecrets(FakeSecrets):
        def get_secret_value(self, **given: Any) -> dict[str, Any]:
            message = f"no access to {given['SecretId']}"
            raise ClientError({"Error": {"Code": "AccessDeniedException", "Message": message}}, "GetSecretValue")

    with pytest.raises(SecretError, match=r"no access to db; who reads it needs secretsmanager:GetSecretValue on it"):
        secrets_of({"A": "${secret:db}"}, secretsmanager=RefusingSecrets({})).read()


def test_none_is_filled_in_unless_all_are_read() -> None:
    environ = {"GOOD": "${ssm:/good}", "BAD": "${ssm:/bad}"}

    with pytest.raises(SecretError):
        secrets_of(environ, ssm=FakeParameters({"/good": "value"})).read()

    assert environ["GOOD"] == "${ssm:/good}"


def test_they_are_read_once_and_anew_after_a_restore() -> None:
    fake = FakeParameters({"/key": "old"})
    environ = {"KEY": "${ssm:/key}"}
    secrets = secrets_of(environ, ssm=fake)
    secrets.read()
    fake.values["/key"] = "new"

    secrets.read()
    before = environ["KEY"]
    secrets.refresh()

    assert (before, environ["KEY"], len(fake.calls)) == ("old", "new", 2)


def test_those_of_the_snapshot_are_kept_where_a_restore_cannot_read_them(caplog: pytest.LogCaptureFixture) -> None:
    fake = FakeParameters({"/key": "old"})
    environ = {"KEY": "${ssm:/key}"}
    secrets = secrets_of(environ, ssm=fake)
    secrets.read()
    fake.values.clear()

    secrets.refresh()

    assert environ["KEY"] == "old"
    assert "those of the snapshot are kept" in caplog.text


def test_nothing_is_asked_where_nothing_is_wanted() -> None:
    def no_client(service: str) -> Any:
        raise AssertionError(service)

    assert read_references([], no_client) == {}


@pytest.mark.embedded
def test_the_application_finds_them_while_it_is_imported(
    aws: Aws, endpoint: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    aws.client("ssm").put_parameter(Name="/import/url", Value="db://here", Type="SecureString")
    as_in_the_embedded_aws(monkeypatch, endpoint)
    monkeypatch.setenv("DATABASE_URL", "${ssm:/import/url}")
    monkeypatch.setenv("LAMBWSGI_SECRETS", "DATABASE_URL")
    monkeypatch.setenv("LAMBWSGI_APP", "app_with_secrets:app")

    import os

    answer = build_handler(os.environ)(event_of("function_url/captured_request"), None)

    assert answer["body"] == "db://here"


@pytest.mark.embedded
def test_a_function_without_its_secret_answers_500_and_mends_itself(
    aws: Aws, endpoint: str, folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    as_in_the_embedded_aws(monkeypatch, endpoint)
    monkeypatch.setenv("DATABASE_URL", "${ssm:/late/url}")
    monkeypatch.setenv("LAMBWSGI_SECRETS", "DATABASE_URL")
    monkeypatch.setenv("LAMBWSGI_APP", "app_with_secrets:app")

    import os

    handler = build_handler(os.environ)
    first = handler(event_of("function_url/captured_request"), None)
    aws.client("ssm").put_parameter(Name="/late/url", Value="db://here", Type="SecureString")
    second = handler(event_of("function_url/captured_request"), None)

    assert (first["statusCode"], second["body"]) == (500, "db://here")
    assert "DATABASE_URL: ${ssm:/late/url} cannot be read: there is no such parameter" in caplog.text
    assert [record.levelno for record in caplog.records] == [logging.ERROR, logging.ERROR]


def test_a_restore_reads_them_before_the_applications_own_hooks(folder: Path) -> None:
    kept = list(snapshot_restore_py._after_restore_registry)
    snapshot_restore_py._after_restore_registry.clear()
    try:
        build_handler(
            {
                "AWS_LAMBDA_INITIALIZATION_TYPE": "snap-start",
                "LAMBWSGI_APP": "app_with_secrets:app",
                "LAMBWSGI_SECRETS": "DATABASE_URL",
            }
        )
        hooks = [function.__name__ for function, _, _ in snapshot_restore_py.get_after_restore()]
    finally:
        snapshot_restore_py._after_restore_registry[:] = kept

    assert hooks == ["_start_afresh", "refresh"]


def as_in_the_embedded_aws(monkeypatch: pytest.MonkeyPatch, endpoint: str) -> None:
    """The variables by which boto3 finds the embedded AWS, as it would find AWS in Lambda."""
    for name, text in {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
    }.items():
        monkeypatch.setenv(name, text)
