"""What tests of an application need: `from lambwsgi.testing import LambdaClient`."""

from lambwsgi.local.client import LambdaClient
from lambwsgi.local.exchange import Exchange, assert_valid_result, assert_within_limits

__all__ = ["Exchange", "LambdaClient", "assert_valid_result", "assert_within_limits"]
