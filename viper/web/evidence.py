"""Where an attribute comes from: markup of quotes, comments and versions."""

from collections.abc import Mapping, Sequence

from viper.errors import NotFound
from viper.preference import SIDES, Attribute, Conflict, Evidence, Side, VisualPreference
from viper.store import PreferenceVersion, StoredComment
from viper.studio import IMAGE_PREFIX, Studio
from viper.web.markup import chip, curated_address, data, esc, picture_address
from viper.web.site import Visit

_PULLS: Mapping[Side, str] = {"liked": "You like", "disliked": "You dislike"}
_STANCES = {"like": "liked", "dislike": "disliked", "mixed": "mixed"}


def comment(studio: Studio, visit: Visit, number: int) -> StoredComment:
    """One comment of this profile.

    Raises:
        NotFound: It was deleted, or is not theirs.
    """
    for stored in studio.store.comments.list(visit.owner, visit.id):
        if stored.id == number:
            return stored
    raise NotFound("This comment is not there any more.")


def panel(studio: Studio, side: Side, attribute: Attribute | None) -> str:
    """The chosen attribute: its evidence and what can be done with it."""
    if attribute is None:
        return (
            '<h3>Why?</h3><p class="vp-quiet">Choose an attribute to see the words and pictures '
            "it came from, and to change it.</p>"
        )
    quotes = "".join(f"<li>{thumb(studio, e.image)}{words(e)}</li>" for e in attribute.evidence)
    alone = "You added it yourself." if attribute.pinned else "Nothing you said stands behind it."
    quotes = quotes or f'<li class="vp-quiet">{alone}</li>'
    mute = ("unmute", "Use again") if attribute.muted else ("mute", "Mute")
    pin = ("unpin", "Unpin") if attribute.pinned else ("pin", "Pin")
    buttons = "".join(
        f'<button type="button" class="vp-small" {data(do=do)}>{label}</button>'
        for do, label in (mute, pin, ("remove", "Delete"))
    )
    where = f"{attribute.facet or 'in your words'}, {side}"
    return (
        f"<h3>{esc(attribute.attribute)}</h3><p class='vp-quiet'>{esc(where)}</p>"
        f'<ul class="vp-quotes">{quotes}</ul><div class="vp-actions">{buttons}</div>'
    )


def words(found: Evidence) -> str:
    """What was said, and whether it was said at all."""
    if found.kind == "click":
        return "<span>a click, no words</span>"
    if not found.quote:
        return '<span class="vp-quiet">no words kept</span>'
    where = ' <span class="vp-quiet">in a chat</span>' if found.kind == "chat" else ""
    return f"<span><q>{esc(found.quote)}</q>{where}</span>"


def conflict(studio: Studio, clash: Conflict) -> str:
    """A contradiction: both sides, and why each is there."""
    sides = "".join(
        f"<li><span>{_PULLS[side]}</span>{chip(attribute, side, button=False)}</li>"
        + "".join(f"<li>{thumb(studio, e.image)}{words(e)}</li>" for e in attribute.evidence)
        for side, attribute in clash.sides
    )
    weak = " One side rests on clicks or chats alone, and counts for little." * clash.is_weak
    return (
        f'<section class="vp-notice vp-clash" role="status">{esc(clash)}.{weak}'
        f'<ul class="vp-quotes">{sides}</ul></section>'
    )


def deleted(preference: VisualPreference) -> str:
    """What the person deleted; what was said about it since, and a way back."""
    rows = "".join(
        f"<li><div>{chip(attribute, side, button=False)}"
        + (f"<p>Mentioned again: {said}</p>" if (said := _said(attribute.mentions)) else "")
        + '</div><div class="vp-actions"><button type="button" class="vp-small" '
        f"{data(do='restore', side=side, attribute=attribute.attribute)}>Restore</button>"
        "</div></li>"
        for side in SIDES
        for attribute in preference.deleted.side(side)
    )
    if not rows:
        return ""
    return (
        '<section class="vp-card" style="margin-top:16px"><h3>Deleted</h3>'
        '<p class="vp-quiet">No comment brings these back.</p>'
        f'<ul class="vp-comments">{rows}</ul></section>'
    )


def _said(mentions: Sequence[Evidence]) -> str:
    return ", ".join(words(found) for found in mentions)


def thumb(studio: Studio, image: str | None) -> str:
    """The picture a quote is about, small; nothing where it is gone."""
    known = {c.reference: c for c in studio.curated.images}
    if image in known:
        source, alt = f"{curated_address(known[image])}?small", known[image].title
    elif image is not None and image.startswith(IMAGE_PREFIX):
        source, alt = picture_address(image.removeprefix(IMAGE_PREFIX)), "one of your pictures"
    else:
        return '<span class="vp-noimage" aria-hidden="true"></span>'
    return f'<img src="{source}" alt="{esc(alt)}" loading="lazy">'


def history(versions: Sequence[PreferenceVersion]) -> str:
    """The newest versions."""
    rows = "".join(
        f"<li><b>{version.number}</b> {esc(version.note or 'first')}"
        + (f" <time>{version.created:%d %b, %H:%M}</time>" if version.created else "")
        + "</li>"
        for version in versions
    )
    rows = rows or '<li class="vp-quiet">No version yet.</li>'
    return f'<h3>Versions</h3><ol class="vp-versions">{rows}</ol>'


def comments(studio: Studio, visit: Visit) -> str:
    """Everything this person said, the newest first."""
    stored = studio.store.comments.list(visit.owner, visit.id)
    rows = "".join(_row(studio, one) for one in reversed(stored))
    rows = rows or '<li class="vp-quiet">No comments yet: Discover is where they come from.</li>'
    return (
        f'<section class="vp-card"><h3>Your comments</h3><ul class="vp-comments">{rows}</ul>'
        "</section>"
    )


def _row(studio: Studio, stored: StoredComment) -> str:
    stance = stored.comment.stance
    badge = f'<span class="vp-badge vp-{stance}">{_STANCES[stance]}</span>' if stance else ""
    words = esc(stored.comment.text) if stored.comment.text else "<i>no words</i>"
    ask = "Delete this comment, and what was learned from it?"
    return (
        f"<li>{thumb(studio, stored.comment.image)}<div><p>{words}</p>{badge}</div>"
        f'<div class="vp-actions">'
        f'<button type="button" class="vp-small" {data(do="edit", comment=stored.id)}>Edit</button>'
        f'<button type="button" class="vp-small" '
        f"{data(do='delete', comment=stored.id, confirm=ask)}>Delete</button></div></li>"
    )
