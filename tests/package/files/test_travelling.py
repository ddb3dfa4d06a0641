from __future__ import annotations

from lambwsgi.package.files.travelling import travelling_files


def test_only_the_rooms_that_run_in_lambda_travel() -> None:
    names = travelling_files()

    tops = {name.split("/")[1] for name in names}
    assert tops == {"__init__.py", "adapter", "contrib", "entrypoint.py", "events"}


def test_the_runtime_travels_with_what_streams_and_its_wrapper_can_be_executed() -> None:
    more = travelling_files(streaming=True).keys() - travelling_files().keys()

    assert {name.rpartition("/")[0] for name in more} == {"lambwsgi/adapter", "lambwsgi/runtime"}
    assert {name for name in more if name.startswith("lambwsgi/adapter/")} == {
        "lambwsgi/adapter/compress_stream.py",
        "lambwsgi/adapter/stream.py",
        "lambwsgi/adapter/stream_handler.py",
    }
    assert travelling_files(streaming=True)["lambwsgi/runtime/bootstrap"].stat().st_mode & 0o111


def test_of_contrib_only_what_django_imports_travels() -> None:
    names = [name for name in travelling_files() if name.startswith("lambwsgi/contrib/")]

    assert names == [
        "lambwsgi/contrib/__init__.py",
        "lambwsgi/contrib/django/__init__.py",
        "lambwsgi/contrib/django/apps.py",
        "lambwsgi/contrib/django/checks.py",
    ]
