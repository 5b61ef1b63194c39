"""The commands of the service: ``cleanclaim serve``, ``keys`` and ``audit``.

The command line finds them by the entry points ``cleanclaim.commands``. What a command needs is imported when it runs:
the command line starts without FastAPI, and without the extra ``api`` each of these commands says how to get it.
"""
