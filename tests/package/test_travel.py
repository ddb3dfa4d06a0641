from __future__ import annotations

from lambwsgi.package.travel import travelling_files


def test_only_the_rooms_that_run_in_lambda_travel() -> None:
    names = travelling_files()

    tops = {name.split("/")[1] for name in names}
    assert tops == {"__init__.py", "adapter", "contrib", "entrypoint.py", "events", "runtime"}


def test_of_contrib_only_what_installed_apps_names_travels() -> None:
    names = [name for name in travelling_files() if name.startswith("lambwsgi/contrib/")]

    assert names == [
        "lambwsgi/contrib/__init__.py",
        "lambwsgi/contrib/django/__init__.py",
        "lambwsgi/contrib/django/apps.py",
    ]
