"""Which language the console speaks."""

from __future__ import annotations

import locale
import os
import sys
from collections.abc import Mapping
from typing import Literal

__all__ = ["Lang", "chosen", "default"]

Lang = Literal["zh", "en"]

NAMED = "HALFSTEP_LANG"
"""Environment variable that overrides the locale."""


def chosen(lang: Lang | None) -> Lang:
    """Return the language asked for, or the user's own if the console can show it."""
    if lang is not None:
        return lang
    own = default(os.environ)
    try:
        "半步".encode((own == "zh" and sys.stdout.encoding) or "utf-8")
    except UnicodeEncodeError:
        return "en"
    return own


def default(environment: Mapping[str, str]) -> Lang:
    """Return the language of the user's locale: Chinese in any of its forms, or English.

    `HALFSTEP_LANG` comes first, then the first of LC_ALL, LC_MESSAGES and LANG that is set, then what the operating
    system says (Windows and macOS set none of these).
    """
    for name in (NAMED, "LC_ALL", "LC_MESSAGES", "LANG"):
        if environment.get(name):
            return _of(environment[name])
    return _of(locale.getlocale()[0] or "")


def _of(name: str) -> Lang:
    return "zh" if name.casefold().startswith(("zh", "chinese")) else "en"
