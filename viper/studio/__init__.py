"""The use cases: what a person does with ViPer, each a call.

    elicit.py       comment, skip ──► what they like, read once and kept with its evidence
    profiles.py     edit, delete, restore, undo, import ──► the profile as they want it
    personalize.py  draw ──► personalized pictures, kept and scored
        drawing.py      which of them, with how much of the taste (strength.py), without what the
                        prompt speaks against (contradictions.py), or in its words (fusion.py)
    feedback.py     rate, comment on a result ──► both teach the profile

What a person typed is stored before anything that can fail. Every call takes the owner first and
sees only what is theirs. Nothing here knows a page, a command line or a table.
"""

from viper.studio.drawing import Choosing, Chosen, check_choosing, draw_best
from viper.studio.elicit import GOOD_COMMENTS, USEFUL_COMMENTS, Knowledge
from viper.studio.feedback import FeedBack
from viper.studio.parts import IMAGE_PREFIX
from viper.studio.personalize import Drawn, Personalize
from viper.studio.profiles import Manage

__all__ = [
    "GOOD_COMMENTS",
    "IMAGE_PREFIX",
    "USEFUL_COMMENTS",
    "Choosing",
    "Chosen",
    "Drawn",
    "Knowledge",
    "Studio",
    "check_choosing",
    "draw_best",
]


class Studio(FeedBack, Manage, Personalize):
    """All use cases over the same parts."""
