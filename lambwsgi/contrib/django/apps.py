"""What INSTALLED_APPS names. Travels to Lambda, since the project's settings do; the command stays at home."""

from django.apps import AppConfig


class LambwsgiConfig(AppConfig):
    """`lambwsgi.contrib.django`: brings `manage.py lambwsgi`."""

    name = "lambwsgi.contrib.django"
    label = "lambwsgi"
    verbose_name = "lambwsgi"
