"""The gallery's markup: a card for each picture, and the open one with its recipe."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from viper.store import StoredPicture
from viper.web.markup import data, empty, esc, picture_address, stars, table


def grid(page: Sequence[StoredPicture], *, offset: int, size: int, count: int) -> str:
    """One page of the gallery."""
    if not page:
        return empty("Nothing here yet.", "What you make in Create is kept here, for you alone.")
    cards = "".join(map(_card, page))
    pages = ""
    if count > size:
        pages = (
            '<nav class="vp-pages" aria-label="Pages of the gallery">'
            + _turn("Newer", offset - size, offset > 0)
            + f'<span class="vp-quiet">{offset + 1} to {offset + len(page)} of {count}</span>'
            + _turn("Older", offset + size, offset + size < count)
            + "</nav>"
        )
    return f'<div class="vp-grid">{cards}</div>{pages}'


def _turn(label: str, offset: int, possible: bool) -> str:
    off = "" if possible else " disabled"
    return (
        f'<button type="button" class="vp-small" {data(do="page", offset=offset)}{off}>'
        f"{label}</button>"
    )


def _card(stored: StoredPicture) -> str:
    picture = stored.picture
    score = "" if picture.score is None else f"<b>{round(picture.score * 100)}</b>"
    return (
        f'<article class="vp-picture"><button type="button" class="vp-open" '
        f'aria-label="Open: {esc(picture.prompt)}" {data(do="open", image=stored.id)}>'
        f'<img src="{picture_address(stored.id)}" alt="{esc(picture.prompt)}" loading="lazy">'
        f"</button><p>{esc(picture.prompt)}</p>"
        f'<div class="vp-line">{stars(stored.id, _rating(stored))}'
        f'<span class="vp-score">{score}</span></div></article>'
    )


def _rating(stored: StoredPicture) -> int | None:
    return stored.feedback.rating if stored.feedback else None


def detail(stored: StoredPicture, names: Mapping[str, str]) -> str:
    """The open picture: large, with its recipe and what can be done with it."""
    picture = stored.picture
    address = picture_address(stored.id)
    ask = "Delete this picture for good?"
    return (
        f'<article class="vp-card vp-detail"><a href="{address}" target="_blank" rel="noopener">'
        f'<img src="{address}" alt="{esc(picture.prompt)}"></a><div>'
        f"<h3>{esc(picture.prompt)}</h3>{stars(stored.id, _rating(stored))}"
        f"{table(_recipe(stored, names))}"
        f'<div class="vp-actions"><a class="vp-small" download href="{address}?download">'
        "Download PNG</a>"
        f'<button type="button" class="vp-small" {data(do="recipe")}>Use this recipe</button>'
        f'<button type="button" class="vp-small" {data(do="close", image="")}>Close</button>'
        f'<button type="button" class="vp-small vp-danger" '
        f"{data(do='delete', image=stored.id, confirm=ask)}>Delete</button></div>"
        f'<details><summary>Recipe as JSON</summary><pre class="vp-json">'
        f"{esc(json.dumps(json.loads(picture.recipe), indent=2, ensure_ascii=False))}</pre>"
        "</details></div></article>"
    )


def _recipe(stored: StoredPicture, names: Mapping[str, str]) -> Sequence[tuple[str, object]]:
    recipe = json.loads(stored.picture.recipe)
    taste = recipe["preference"] or {"liked": (), "disliked": ()}
    degrees = f"{recipe['liked_degree']:g}"
    if recipe["liked_degree"] != recipe["disliked_degree"]:
        degrees = f"{degrees} liked, {recipe['disliked_degree']:g} disliked"
    if not recipe["liked_degree"] and not recipe["disliked_degree"]:
        taste = {"liked": (), "disliked": ()}
    rows: list[tuple[str, object]] = [
        ("Profile", names.get(stored.picture.profile or "", "")),
        ("Personalization", f"{degrees}{_why(recipe)}, rule {recipe['rule']}"),
        ("Drawn as", (recipe.get("fused") or {"prompt": ""})["prompt"]),
        ("Liked", ", ".join(a["attribute"] for a in taste["liked"])),
        ("Disliked", ", ".join(a["attribute"] for a in taste["disliked"])),
        ("Contradict the prompt", ", ".join(recipe.get("contradicted", ()))),
        ("Left out", recipe["negative_prompt"]),
        ("In the style of", _styled(recipe.get("style"))),
        ("Seed", recipe["seed"]),
        ("Steps, guidance", f"{recipe['steps']}, {recipe['guidance_scale']:g}"),
        ("Size", "{} × {}".format(*recipe["size"])),
        # A folder's name is enough: where it lies is the server's business.
        ("Model", recipe["model_id"].rpartition("/")[2]),
        ("Predicted liking", "" if stored.picture.score is None else f"{stored.picture.score:.0%}"),
        ("Tokens read", _meter(recipe.get("tokens", {}))),
        ("Did not fit", ", ".join(recipe["dropped_attributes"])),
        ("Made", f"{stored.created:%d %B %Y, %H:%M} UTC"),
    ]
    return [(name, value) for name, value in rows if value != ""]


def _meter(tokens: Mapping[str, tuple[int, int]]) -> str:
    return ", ".join(f"{name} {read} of {room}" for name, (read, room) in tokens.items() if read)


def _styled(style: Mapping[str, Any] | None) -> str:
    if style is None:
        return ""
    count = len(style["images"])
    return f"{count} picture{'' if count == 1 else 's'}, weight {style['weight']:g}"


def _why(recipe: Mapping[str, object]) -> str:
    """Why a degree is another one than a person set."""
    if recipe.get("explored"):
        return " (explores)"
    return " (chosen for you)" if recipe.get("chosen_degree") else ""
