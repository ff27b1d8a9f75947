"""HTML that we write ourselves. Whatever people typed passes through `esc`."""

import base64
import html
from collections import defaultdict
from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import TYPE_CHECKING

from viper.curation import CuratedImage
from viper.judging import Score
from viper.preference import SIDES, Attribute, Side, VisualPreference
from viper.studio import GOOD_COMMENTS, USEFUL_COMMENTS, Knowledge

if TYPE_CHECKING:
    from PIL.Image import Image

_TITLES: Mapping[Side, str] = {"liked": "You like", "disliked": "You dislike"}
# The page's HTML component is a template: these would be read as its placeholders.
_TEMPLATE = str.maketrans({"{": "&#123;", "}": "&#125;", "$": "&#36;", "`": "&#96;"})


def esc(text: object) -> str:
    """Text that is safe anywhere in HTML, also in an attribute."""
    return html.escape(str(text), quote=True).translate(_TEMPLATE)


def data(**values: object) -> str:
    """`data-` attributes; `do` names what a click on the element does."""
    return " ".join(f'data-{name}="{esc(value)}"' for name, value in values.items())


def notice(text: str, kind: str = "note") -> str:
    """One sentence in a box; nothing for an empty one."""
    return f'<p class="vp-notice vp-{kind}" role="status">{esc(text)}</p>' if text else ""


def empty(title: str, text: str) -> str:
    """What stands where nothing is yet."""
    return f'<div class="vp-empty"><h3>{esc(title)}</h3><p>{esc(text)}</p></div>'


def chip(attribute: Attribute, side: Side, *, chosen: bool = False, button: bool = True) -> str:
    """One attribute; how much of it is filled says how strong it is."""
    percent = round(attribute.strength * 100)
    marks = "".join(
        f'<span class="vp-mark">{mark}</span>'
        for mark, shown in (("pinned", attribute.pinned), ("muted", attribute.muted))
        if shown
    )
    classes = f"vp-chip vp-{side}{' vp-muted' if attribute.muted else ''}"
    inside = f"<span>{esc(attribute.attribute)}</span>{marks}<b>{percent}</b>"
    style = f'style="--fill:{percent}%"'
    if not button:
        return f'<span class="{classes}" {style} title="strength {percent} of 100">{inside}</span>'
    act = data(do="choose", side=side, attribute=attribute.attribute)
    return (
        f'<button type="button" class="{classes}" {style} aria-pressed="{str(chosen).lower()}" '
        f"{act}>{inside}</button>"
    )


def facets(preference: VisualPreference, chosen: tuple[str, str] | None = None) -> str:
    """Both sides as chips, grouped by facet, the strongest facet first."""
    return f'<div class="vp-sides">{"".join(_side(preference, s, chosen) for s in SIDES)}</div>'


def _side(preference: VisualPreference, side: Side, chosen: tuple[str, str] | None) -> str:
    groups: dict[str, list[Attribute]] = defaultdict(list)
    for attribute in preference.side(side):
        groups[attribute.facet or "in your words"].append(attribute)
    rows = "".join(
        f'<div class="vp-facet"><h4>{esc(facet)}</h4><div class="vp-chips">'
        + "".join(chip(a, side, chosen=chosen == (side, a.attribute)) for a in group)
        + "</div></div>"
        for facet, group in groups.items()
    )
    rows = rows or '<p class="vp-quiet">Nothing yet.</p>'
    return f'<section class="vp-card vp-side-{side}"><h3>{_TITLES[side]}</h3>{rows}</section>'


def known(knowledge: Knowledge) -> str:
    """The meter, and what is known so far."""
    rows = "".join(
        f'<p class="vp-label">{_TITLES[side]}</p><div class="vp-chips">'
        + "".join(chip(a, side, button=False) for a in knowledge.preference.active(side)[:12])
        + "</div>"
        for side in SIDES
        if knowledge.preference.active(side)
    )
    rows = rows or (
        '<p class="vp-quiet">Nothing yet. Say what you see: colors, light, mood, how it is '
        "painted, how much is in it.</p>"
    )
    clashes = "".join(notice(str(conflict), "clash") for conflict in knowledge.conflicts)
    warnings = "".join(notice(text) for text in knowledge.preference.warnings)
    return (
        f'{meter(knowledge)}<section class="vp-known"><h3>What we know so far</h3>'
        f"{rows}{clashes}{warnings}</section>"
    )


def meter(knowledge: Knowledge) -> str:
    """How well the taste is known."""
    percent = round(knowledge.level * 100)
    count = knowledge.comments
    said = f"{count} comment{'' if count == 1 else 's'}"
    if knowledge.preference.is_empty:
        words = f"{said}, no taste found in them yet" if count else "Your taste is unknown so far"
    elif count < USEFUL_COMMENTS:
        words = f"{said}: a first idea, {USEFUL_COMMENTS} make it useful"
    elif count < GOOD_COMMENTS:
        words = f"{said}: useful already, {GOOD_COMMENTS} make it good"
    else:
        words = f"{said}: well known"
    return (
        f'<div class="vp-meter" role="meter" aria-label="How well your taste is known" '
        f'aria-valuemin="0" aria-valuemax="100" aria-valuenow="{percent}">'
        f'<div style="width:{percent}%"></div></div><p class="vp-quiet">{words}.</p>'
    )


def curated_address(image: CuratedImage) -> str:
    """Where a curated picture is served."""
    return f"curated/{esc(image.id)}"


def picture_address(image: str) -> str:
    """Where a person's picture is served to them, and to nobody else."""
    return f"pictures/{esc(image)}.png"


def score_line(score: Score | None) -> str:
    """The predicted liking with its strongest reasons."""
    if score is None:
        return ""
    reasons = ", ".join(
        f"{esc(r.attribute)}&nbsp;{'+' if r.contribution >= 0 else '−'}"
        for r in score.reasons[:4]
        if abs(r.contribution) >= 0.005
    )
    sure = "" if score.enough_evidence else " <i>(little is known yet)</i>"
    because = f'<span class="vp-quiet">{reasons}</span>' if reasons else ""
    value = f"<b>{round(score.value * 100)}</b> predicted liking{sure}"
    return f'<p class="vp-score">{value} {because}</p>'


def stars(image: str, rating: int | None) -> str:
    """Five buttons; the one that is set takes the rating back."""
    buttons = "".join(
        f'<button type="button" class="vp-star{" vp-on" if rating and n <= rating else ""}" '
        f'aria-label="Rate {n} of 5" aria-pressed="{str(n == rating).lower()}" '
        f"{data(do='rate', image=image, rating='' if n == rating else n)}>★</button>"
        for n in range(1, 6)
    )
    return f'<div class="vp-stars" role="group" aria-label="Your rating">{buttons}</div>'


def inline(picture: "Image") -> str:
    """A small picture as an address of its own: it is nowhere but in the page."""
    buffer = BytesIO()
    picture.save(buffer, format="PNG")
    return f"data:image/png;base64,{base64.b64encode(buffer.getvalue()).decode()}"


def table(rows: Sequence[tuple[str, object]]) -> str:
    """Names and values."""
    body = "".join(f"<dt>{esc(name)}</dt><dd>{esc(value)}</dd>" for name, value in rows)
    return f'<dl class="vp-table">{body}</dl>'
