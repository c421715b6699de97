"""A study without those of its optional tables that are absent: the same settings, less what speaks of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from halfstep.core.config import StudyConfig

__all__ = ["left_without", "without"]

_SECTIONS = {
    "sales": ("columns", "attributes", "demand", "subsidy"), "markets": ("market_columns",), "reach": ("reach_columns",),
    "flow": ("flow_columns",), "second_choices": ("second_choice_columns",), "buyers": ("buyer_columns",),
    "micro": ("micro_columns",), "press": ("press_columns",), "outcomes": ("outcome_columns",),
    "choices": ("choice_columns", "choice"), "beliefs": ("belief_columns",), "lineup": ("lineup_columns",),
    "utterances": ("utterance_columns",), "labels": ("label_columns",), "exposure": ("exposure_columns",),
    "controversies": ("controversy_columns",), "claims": ("claim_columns",), "ramp": ("ramp_columns",),
    "ramps": ("ramps_columns",),
}  # fmt: skip
"""Table -> sections of study.toml that mean nothing without it."""
_BESIDE_SALES = ("markets", "reach", "flow", "second_choices", "buyers", "micro")


def left_without(config: StudyConfig, absent: Iterable[str]) -> dict[str, str]:
    """Return the tables that cannot be read where some are absent -> the table that they hang on, itself if it is absent.

    Tables beside the sales table hang on it (flow on outcomes, where there is no sales table), design, beliefs and line-up on the
    choices, choices of the layout "answers" on their design, labels without a text on the utterances.
    """
    gone = {name: name for name in absent}
    named = set(config.tables)
    layout = config.choice_columns.layout if config.choice_columns is not None else ""
    labels = config.label_columns
    for _ in range(2):
        hanging: list[tuple[Collection[str], str]] = [
            (_BESIDE_SALES, "sales"), (("design", "beliefs", "lineup"), "choices"),
            (("choices",) if layout == "answers" else (), "design"),
            (("labels",) if labels is not None and labels.text is None else (), "utterances"),
            (("flow",) if "sales" not in named else (), "outcomes"),
        ]  # fmt: skip
        for names, on in hanging:
            held = {"flow"} if "outcomes" in named and "outcomes" not in gone else set()
            gone |= {name: gone[on] for name in names if on in gone and name in named - held - set(gone)}
    return gone


def without(config: StudyConfig, gone: Collection[str]) -> StudyConfig:
    """Return the settings without some tables, their columns, and the outcomes, events and ties to claims that were theirs.

    `optional` stays as it is: it tells that the study names more tables than it has.
    """
    if not gone:
        return config
    settings: dict[str, Any] = config.model_dump(exclude_unset=True)
    for key in ("tables", "obtain"):
        if key in settings:
            settings[key] = {name: value for name, value in settings[key].items() if name not in gone}
    for name in gone:
        for section in _SECTIONS.get(name, ()):
            if section != "choice" or config.choice.design is None or config.choice.design.tastes != "stated":
                settings.pop(section, None)
    lost = {outcome.id for outcome in config.outcomes if outcome.table in gone}
    if lost:
        settings["outcomes"] = [one for one in settings["outcomes"] if one["id"] not in lost]
    kept = []
    for event in settings.get("events", ()):
        still = [name for name in event.get("outcomes", ()) if name not in lost]
        if still or not event.get("outcomes"):
            kept.append({**event, "outcomes": still} if event.get("outcomes") else event)
    if "events" in settings:
        settings["events"] = kept
    if "claims" in gone and "docket" in settings:
        docket = {key: value for key, value in settings["docket"].items() if key != "says"}
        forecasts = docket.get("forecasts", ())
        docket["forecasts"] = [{key: v for key, v in one.items() if key != "claim"} for one in forecasts]
        settings["docket"] = docket
    return StudyConfig.model_validate(settings)
