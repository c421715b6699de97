"""Which of two loops over texts runs: the compiled one where it was built, else NumPy; ``HALFSTEP_KERNEL`` forces one."""

from __future__ import annotations

import os
from functools import cache
from importlib import import_module
from typing import Any

from halfstep.core.errors import MisuseError

__all__ = ["built", "chosen"]


@cache
def built(name: str) -> Any:
    """Return the extension ``halfstep.native.<name>``, None where it was not built."""
    try:
        return import_module(f"halfstep.native.{name}")
    except ImportError:
        return None


def chosen(name: str) -> Any:
    """Return the extension that is to be used, None where NumPy is to run, as the environment says at this moment."""
    wanted = os.environ.get("HALFSTEP_KERNEL", "")
    if wanted not in ("", "native", "numpy"):
        raise MisuseError(f"expected native or numpy in HALFSTEP_KERNEL, got {wanted!r}; set one of them, or unset it")
    if wanted == "numpy":
        return None
    found = built(name)
    if wanted == "native" and found is None:
        raise MisuseError(
            f"HALFSTEP_KERNEL asks for native, but {name} was not built here; install a C compiler and run "
            "pip install --force-reinstall --no-deps halfstep, or set HALFSTEP_KERNEL=numpy"
        )
    return found
