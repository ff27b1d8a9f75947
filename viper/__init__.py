"""ViPer: pictures that follow one person's taste.

    comments ──extraction──► VisualPreference ──┐
                                                ├──generation──► pictures ──judging──► scores
                              prompt, degrees ──┘                    │
                                                                     └──► store, gallery, feedback

`preference` and `taxonomy` are the words, `extraction`, `generation` and `judging` the three
stages, `store` the memory, `studio` the use cases; `web` and `cli` are the two ways in. Public
names are imported on first use, so that `import viper` costs nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from viper.errors import BadInput, ViperError
    from viper.preference import VisualPreference
    from viper.preference.attribute import Attribute
    from viper.preference.evidence import Evidence
    from viper.preference.said import Comment, parse_comments
    from viper.settings import Settings, load_settings

__version__ = "0.1.0"

_HOME = {
    "Attribute": "viper.preference.attribute",
    "BadInput": "viper.errors",
    "Comment": "viper.preference.said",
    "Evidence": "viper.preference.evidence",
    "Settings": "viper.settings",
    "ViperError": "viper.errors",
    "VisualPreference": "viper.preference",
    "load_settings": "viper.settings",
    "parse_comments": "viper.preference.said",
}
"""Where each public name lives."""

__all__ = [
    "Attribute",
    "BadInput",
    "Comment",
    "Evidence",
    "Settings",
    "ViperError",
    "VisualPreference",
    "load_settings",
    "parse_comments",
]


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module 'viper' has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
