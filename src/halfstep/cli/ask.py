"""Questions on a terminal: a number, a name, or nothing for the guess."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable

from halfstep.cli.console import Fact, Out

__all__ = ["any_text", "can_ask", "choose", "multiple", "nothing_else"]

SHOWN = 12
"""Options that are listed; more are counted and may be written out."""


def can_ask(out: Out) -> bool:
    """Whether somebody is there to answer."""
    return not out.as_json and sys.stdin.isatty() and sys.stdout.isatty()


def choose(question: str, options: dict[str, str], out: Out, *, many: bool, free: Callable[[str], bool]) -> str:
    """Return the option chosen, the first where nothing is written; several are parted by line ends.

    Parameters
    ----------
    options
        Option -> how it is listed, the guess first; "" stands for none of them.
    many
        Whether several may be chosen.
    free
        Whether a text that is no option may be written.
    """
    out.text()
    shown, known = list(options.values()), tuple(options)
    for n, option in enumerate(shown[:SHOWN], start=1):
        out.line("new.options", ("n", str(n)), ("option", option))
    if len(shown) > SHOWN:
        out.line("new.more", ("n", len(shown) - SHOWN))
    while True:
        facts: tuple[tuple[str, Fact], ...] = (("question", question), ("guess", known[0] or out.say("new.none")))
        out.text(out.say("new.ask", *facts), end=" ")
        try:
            answer = input().strip()
        except EOFError:
            answer = ""
        if not answer:
            return known[0]
        parts = answer.replace("，", ",").replace("、", ",").split(",") if many else [answer]
        found = [_one(part.strip(), known) for part in parts if part.strip()]
        if found and all(one is not None for one in found):
            return "\n".join(dict.fromkeys(one for one in found if one is not None))
        if free(answer):
            return answer
        out.line("new.again", ("answer", answer))


def nothing_else(_: str) -> bool:
    """Whether a text may be written: none may but the options."""
    return False


def any_text(_: str) -> bool:
    """Whether a text may be written: any may."""
    return True


def multiple(answer: str) -> bool:
    """Whether a text is a number from 0."""
    return re.fullmatch(r"\d+(\.\d+)?|\.\d+", answer) is not None


def _one(answer: str, options: tuple[str, ...]) -> str | None:
    """Return the option of a number or a name; None where there is none."""
    if answer in options:
        return answer
    if answer.isdecimal() and 1 <= int(answer) <= len(options):
        return options[int(answer) - 1]
    folded = [option for option in options if option.casefold() == answer.casefold()]
    return folded[0] if len(folded) == 1 else None
