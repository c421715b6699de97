"""`python -m halfstep.cli`."""

from __future__ import annotations

from halfstep.cli.entry import main

main()
