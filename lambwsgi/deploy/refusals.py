"""What AWS answers when it refuses, told as our errors. Pure: codes and texts in, an error out."""

from __future__ import annotations

import re

from lambwsgi.deploy.errors import AccessDeniedError, AwsError, CredentialsError, DeployError

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


def refusal(*, service: str, operation: str, code: str, message: str, resource: str) -> DeployError:
    """The error for one refusal. `resource` is what we asked about, in words, as in `bucket 'x'`."""
    call = f"{service}:{operation}"
    if code in _EXPIRED:
        return CredentialsError(
            f"AWS says that the credentials have expired ({call}); renew them, for example with `aws sso login`"
        )
    if code in _UNKNOWN_KEY:
        return CredentialsError(
            f"AWS does not know these credentials ({call}: {code}); check the profile, AWS_ACCESS_KEY_ID and"
            " AWS_SECRET_ACCESS_KEY"
        )
    if code in _DENIED:
        return _denied(call, message, resource)
    return AwsError(f"{resource}: {call} failed: {message} ({code})", code=code)


def _denied(call: str, message: str, resource: str) -> AccessDeniedError:
    """IAM names action and resource in most of its answers, S3 in none: then we name what we asked for."""
    found = _ACTION_IN_MESSAGE.search(message)
    action = found[1] if found else _IAM_ACTION.get(call, call)
    where = found[2] if found and found[2] else resource
    return AccessDeniedError(
        f"these credentials may not do {action} on {where}; ask for that permission, or choose another profile",
        action=action,
    )
