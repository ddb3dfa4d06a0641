"""What AWS answers when it refuses, and what stops us from asking, told as our errors.

Pure: codes, names and texts in, an error out. The names are those of botocore, which this module does not import.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from lambwsgi.deploy.errors import AccessDeniedError, AwsError, CredentialsError, DeployError, RegionError

_EXPIRED = frozenset({"ExpiredToken", "ExpiredTokenException", "RequestExpired", "TokenRefreshRequired"})
_UNKNOWN_KEY = frozenset(
    {
        "AuthFailure",
        "IncompleteSignature",
        "InvalidAccessKeyId",
        "InvalidClientTokenId",
        "SignatureDoesNotMatch",
        "UnrecognizedClientException",
    }
)
# The clock of this machine and AWS's are some minutes apart. Lambda and S3 have a code for it, the others a text.
_SKEWED = frozenset({"InvalidSignatureException", "RequestInTheFuture", "RequestTimeTooSkewed"})
_SKEWED_TEXTS = ("Signature expired", "Signature not yet current")
# What boto3 has tried again for some seconds. S3 answers a HEAD without a body, so with its status only.
_PASSING = frozenset(
    {
        *("500", "502", "503", "504", "InternalError", "InternalFailure", "InternalServerError", "RequestTimeout"),
        *("RequestLimitExceeded", "ServiceException", "ServiceUnavailable", "ServiceUnavailableException", "SlowDown"),
        *("Throttling", "ThrottlingException", "TooManyRequestsException"),
    }
)
# What to do about a refusal, by words of its text.
_ADVICE = {
    "TerminationProtection is enabled": (
        "; if it is really to go, first take that away with `aws cloudformation update-termination-protection"
        " --no-enable-termination-protection --stack-name` and its name"
    )
}
_DENIED = frozenset({"403", "AccessDenied", "AccessDeniedException", "UnauthorizedOperation"})

# Where the IAM action is not named like the operation.
_IAM_ACTION = {
    "s3:HeadObject": "s3:GetObject",
    "s3:HeadBucket": "s3:ListBucket",
    "s3:PutPublicAccessBlock": "s3:PutBucketPublicAccessBlock",
    "s3:PutBucketEncryption": "s3:PutEncryptionConfiguration",
    "s3:CreateMultipartUpload": "s3:PutObject",
    "s3:UploadPart": "s3:PutObject",
    "s3:CompleteMultipartUpload": "s3:PutObject",
    "lambda:Invoke": "lambda:InvokeFunction",
}
_ACTION_IN_MESSAGE = re.compile(r"perform: (\S+?)(?: on resource: (\S+?))?(?:,| because| with|$)")


NO_REGION = "no AWS region: set `region` in the settings file, AWS_REGION, or one for the profile"

# What stops a call before AWS sees it, by the name of botocore's exception or of one of its bases.
NO_CREDENTIALS = (
    "no AWS credentials: run `aws configure`, set AWS_PROFILE or `profile` in the settings file,"
    " or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
)
_SIGNED_OUT = "the sign-in has ended; run `aws sso login` and try again"
_UNKNOWN_PROFILE = "there is no such profile; correct `profile` in the settings file or AWS_PROFILE"
_UNREACHABLE = frozenset({"ConnectionError", "HTTPClientError"})
_STOPS: dict[str, tuple[type[DeployError], str]] = {
    "NoCredentialsError": (CredentialsError, NO_CREDENTIALS),
    "PartialCredentialsError": (CredentialsError, NO_CREDENTIALS),
    "ProfileNotFound": (CredentialsError, _UNKNOWN_PROFILE),
    "SSOError": (CredentialsError, _SIGNED_OUT),
    "TokenRetrievalError": (CredentialsError, _SIGNED_OUT),
    "NoRegionError": (RegionError, NO_REGION),
}


def refusal(*, service: str, operation: str, code: str, message: str, resource: str) -> DeployError:
    """The error for one refusal. `resource` is what we asked about, in words, as in `bucket 'x'`."""
    call = f"{service}:{operation}"
    if code in _EXPIRED:
        return CredentialsError(
            f"AWS says that the credentials have expired ({call}); renew them, for example with `aws sso login`"
        )
    if code in _SKEWED or message.startswith(_SKEWED_TEXTS):
        return CredentialsError(
            f"AWS takes no call of another time ({call}: {code}); set the clock of this machine, and try again"
        )
    if code in _UNKNOWN_KEY:
        return CredentialsError(
            f"AWS does not know these credentials ({call}: {code}); check the profile, AWS_ACCESS_KEY_ID and"
            " AWS_SECRET_ACCESS_KEY"
        )
    if code in _DENIED:
        return _denied(call, message, resource)
    passing = "; that passes: wait a while, then try again" if code in _PASSING else ""
    hint = next((advice for words, advice in _ADVICE.items() if words in message), passing)
    return AwsError(f"{resource}: {call} failed: {message} ({code}){hint}", code=code)


def no_answer(*, service: str, kinds: Sequence[str], message: str) -> DeployError:
    """The error for a call that AWS never answered. `kinds`: names of the exception's class and its bases."""
    for kind in kinds:
        if kind in _STOPS:
            error, what_to_do = _STOPS[kind]
            return error(f"{what_to_do} ({message})")
    hint = "; check network, proxy and region, then try again" if _UNREACHABLE.intersection(kinds) else ""
    return AwsError(f"{service}: {message}{hint}", code=kinds[0])


def no_aws(*, service: str, resource: str, what: str) -> AwsError:
    """The error for an answer that is none of AWS's, though it was taken for one."""
    return AwsError(
        f"{resource}: what answers in place of {service} is not AWS ({what}); look for a proxy, a sign-in page of the"
        " network or a wrong AWS_ENDPOINT_URL in between, then try again",
        code="NoAws",
    )


def _denied(call: str, message: str, resource: str) -> AccessDeniedError:
    """IAM names action and resource in most of its answers, S3 in none: then we name what we asked for."""
    found = _ACTION_IN_MESSAGE.search(message)
    action = found[1] if found else _IAM_ACTION.get(call, call)
    where = found[2] if found and found[2] else resource
    return AccessDeniedError(
        f"these credentials may not do {action} on {where}; ask for that permission, or choose another profile",
        action=action,
    )
