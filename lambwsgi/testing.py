"""What tests of an application need: `from lambwsgi.testing import LambdaClient`."""

from lambwsgi.local.client import LambdaClient

__all__ = ["LambdaClient"]
