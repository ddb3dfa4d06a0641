"""The WSGI application that lambwsgi.yml names."""

import os

from django.core.management import call_command
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings")

application = get_wsgi_application()

if os.environ.get("NOTES_DATABASE", "").startswith("/tmp/"):
    # Each of Lambda's environments begins with an empty /tmp. A site with a database server migrates once per deploy:
    # `lambwsgi manage STAGE migrate`.
    call_command("migrate", interactive=False, verbosity=0)
