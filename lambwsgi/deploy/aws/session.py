"""boto3's sessions: that of a profile of this machine, and that of the embedded AWS; how patient their clients are."""

from __future__ import annotations

import os
from typing import Any

import boto3
import botocore.session
from botocore.config import Config

from lambwsgi.deploy.aws.refusals import NO_CREDENTIALS, NO_REGION
from lambwsgi.deploy.errors import RegionError

PATIENT = Config(connect_timeout=10, read_timeout=60, retries={"mode": "standard", "total_max_attempts": 5})
# An invocation may last as long as Lambda lets a function run, and must never be made twice.
INVOKE = Config(connect_timeout=10, read_timeout=910, retries={"total_max_attempts": 1}, tcp_keepalive=True)
# The embedded AWS takes this key and no other, has one address for all buckets, and is never behind a proxy.
EMBEDDED = Config(retries={"total_max_attempts": 1}, proxies={}, s3={"addressing_style": "path"})
EMBEDDED_KEY = "test"
_EMBEDDED_REGION = "us-east-1"
# Profiles and configuration files of this machine are none of its business.
_NO_FILES: dict[str, Any] = {
    "profile": (None, None, None, None),
    "config_file": (None, None, os.devnull, None),
    "credentials_file": (None, None, os.devnull, None),
}


def open_session(region: str | None, profile: str | None, *, embedded: bool) -> boto3.Session:
    """The session of a profile and region; for the embedded AWS one that has its own, and never those of this machine.

    Raises botocore's errors, and RegionError where no region is named anywhere.
    """
    if embedded:
        return _embedded_session(region or _EMBEDDED_REGION)
    # boto3 reads AWS_DEFAULT_REGION alone, every other SDK of AWS's reads AWS_REGION first.
    session = boto3.Session(region_name=region or os.environ.get("AWS_REGION"), profile_name=profile)
    if session.region_name is None:
        # Both are missing on a machine that has never seen AWS; told one by one they would take two attempts.
        raise RegionError(NO_REGION if session.get_credentials() else f"{NO_REGION}; and {NO_CREDENTIALS}")
    return session


def _embedded_session(region: str) -> boto3.Session:
    return boto3.Session(
        botocore_session=botocore.session.Session(session_vars=_NO_FILES),
        region_name=region,
        aws_access_key_id=EMBEDDED_KEY,
        aws_secret_access_key=EMBEDDED_KEY,
    )
