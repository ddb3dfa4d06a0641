"""`python -m lambwsgi.cli`."""

from lambwsgi.cli.launch import main

main()
