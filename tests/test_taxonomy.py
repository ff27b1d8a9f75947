"""The taxonomy: what it holds, what its phrases find, and which data it refuses."""

import copy
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import FrozenInstanceError
from typing import Any

import pytest

from viper.taxonomy import fold, load_taxonomy, parse_taxonomy

TAXONOMY = load_taxonomy()

# The names under which the procedural painter labels its paintings.
PAINTED = {
    "art style": "flat design, pixel art, low poly, impressionist, pointillist, expressionist, "
    "cubist, art nouveau, art deco, bauhaus, de stijl, pop art, op art, synthwave, cyberpunk, "
    "vaporwave, glitch art, steampunk, noir, ukiyo-e, naive art, surreal, minimalist, isometric, "
    "graffiti, psychedelic, folk art, abstract",
    "medium": "ink drawing, cross-hatching, woodblock print, linocut, watercolor, gouache, "
    "oil painting, acrylic, pastel drawing, stained glass, mosaic, paper cut, embroidery, "
    "chalk drawing, charcoal drawing, pencil sketch, blueprint, line art, marbling, sumi-e ink, "
    "collage, screen print, digital art, vector art",
    "color palette": "teal, gold, magenta, cyan, navy, crimson, orange, coral, pink, purple, "
    "violet, lavender, blue, sky blue, turquoise, green, emerald, olive, sage green, yellow, "
    "mustard, ochre, terracotta, brown, sepia, beige, cream, black, white, gray, red, silver, "
    "rust, indigo, mint, peach, pastel colors, earth tones, neon colors, monochrome, "
    "black and white, jewel tones",
    "color temperature": "warm colors, cool colors, neutral colors",
    "saturation": "vivid colors, muted colors, desaturated",
    "contrast": "high contrast, low contrast",
    "brightness": "bright, dark",
    "lighting": "flat lighting, golden hour light, moonlight, backlighting, dramatic lighting, "
    "soft light, neon glow, sunlight, candlelight, overcast light, fog-softened light",
    "shadow": "deep shadows, soft shadows, long shadows, no shadows",
    "texture": "smooth texture, paper grain, canvas texture, rough texture, film grain",
    "brushwork": "visible brushstrokes, loose brushwork, impasto, fine brushwork, "
    "no visible brushwork",
    "line": "bold outlines, thin lines, no outlines, sketchy lines",
    "shape language": "geometric shapes, organic shapes, angular shapes, rounded shapes, "
    "curved lines",
    "composition": "minimal composition, cluttered, balanced composition, empty space, "
    "centered composition, off-center composition, dynamic composition",
    "symmetry": "symmetrical, asymmetrical",
    "framing": "close-up, wide shot, decorative border",
    "perspective": "flat perspective, deep perspective, bird's-eye view, isometric perspective",
    "detail": "simple, intricate details, fine details",
    "depth": "flat, layered depth, strong depth, hazy distance",
    "pattern": "dotted pattern, striped pattern, geometric pattern, tiled pattern, "
    "floral pattern, ornamental, no pattern",
    "mood": "calm, dramatic, cheerful, melancholic, mysterious, dreamy, energetic, cozy, "
    "playful, gloomy, nostalgic, serene",
    "era": "retro, vintage, modern, futuristic, art of the 1920s, 1980s look, medieval, "
    "japanese edo period",
    "realism": "stylized, realistic, abstracted, photorealistic",
    "finish": "glossy, matte, glowing",
}

SUBJECTS_AND_VERDICTS = (
    *("boat", "cat", "mountain", "tree", "house", "dog", "flower", "car", "painting", "photo"),
    *("nice", "good", "like", "lovely", "beautiful", "awful", "fine", "boring", "cool", "it"),
    *("light", "colors", "mood", "style", "picture"),
)

GOOD: dict[str, Any] = {
    "facets": [
        {"name": "hue", "description": "Which.", "generic": ["color"], "polar": False},
        {"name": "light", "description": "How much.", "generic": ["glow"], "polar": True},
    ],
    "attributes": [
        {"name": "teal", "facet": "hue", "synonyms": ["blue-green"], "opposite": None},
        {"name": "bright", "facet": "light", "synonyms": ["brighter"], "opposite": "dark"},
        {"name": "dark", "facet": "light", "synonyms": ["darker"], "opposite": "bright"},
    ],
}


def test_breadth() -> None:
    assert len(TAXONOMY.facets) >= 22
    assert len(TAXONOMY.attributes) >= 520
    assert len(TAXONOMY.in_facet("color palette")) >= 70
    assert min(len(TAXONOMY.in_facet(facet)) for facet in TAXONOMY.facets) >= 5


def test_facets_partition_the_attributes() -> None:
    listed = Counter(a.name for facet in TAXONOMY.facets for a in TAXONOMY.in_facet(facet))
    assert listed == Counter(TAXONOMY.attributes.keys())
    assert all(a.facet == f for f in TAXONOMY.facets for a in TAXONOMY.in_facet(f))
    with pytest.raises(KeyError, match="boats"):
        TAXONOMY.in_facet("boats")


@pytest.mark.parametrize("facet", PAINTED)
def test_every_name_of_the_painter_is_known_in_its_facet(facet: str) -> None:
    assert {n: TAXONOMY.attributes[n].facet for n in PAINTED[facet].split(", ")} == dict.fromkeys(
        PAINTED[facet].split(", "), facet
    )


def test_every_phrase_finds_its_attribute_however_it_is_typed() -> None:
    for attribute in TAXONOMY.attributes.values():
        for phrase in (attribute.name, *attribute.synonyms):
            for typed in (phrase, phrase.upper(), "  " + phrase.replace(" ", " \n\t") + " "):
                assert TAXONOMY.find(typed) is attribute, typed


def test_phrases_are_the_names_and_synonyms_and_nothing_else() -> None:
    pairs = [(p, a.name) for a in TAXONOMY.attributes.values() for p in (a.name, *a.synonyms)]
    assert dict(TAXONOMY.phrases()) == dict(pairs)
    assert len(TAXONOMY.phrases()) == len(pairs) == len({fold(p) for p, _ in pairs})


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("too much going on", "cluttered"),
        ("busy", "cluttered"),
        ("colourful", "vivid colors"),
        ("Grey", "gray"),
        ("darker", "dark"),
        ("off-centre", "off-center composition"),
        ("bird\u2019s eye view", "bird's-eye view"),
        ("cross hatching", "cross-hatching"),
        ("cosier", "cozy"),
        ("symmetry", "symmetrical"),
        ("watercolours", "watercolor"),
        ("80s", "1980s look"),
        ("negative space", "empty space"),
    ],
)
def test_people_are_understood(typed: str, name: str) -> None:
    found = TAXONOMY.find(typed)
    assert found is not None
    assert found.name == name


@pytest.mark.parametrize(
    "phrase",
    [*SUBJECTS_AND_VERDICTS, "", "  ", "teal boats"],
)
def test_subjects_verdicts_and_facets_are_not_attributes(phrase: str) -> None:
    assert TAXONOMY.find(phrase) is None


def test_opposites_are_mutual() -> None:
    opposed = [a for a in TAXONOMY.attributes.values() if a.opposite is not None]
    assert len(opposed) > 200
    for a in opposed:
        assert TAXONOMY.opposite(a.opposite or "") == a.name != a.opposite
    assert TAXONOMY.opposite("bright") == "dark"
    assert TAXONOMY.opposite("minimal composition") == "cluttered"
    assert TAXONOMY.opposite("teal") is None
    assert TAXONOMY.opposite("boats") is None


def test_the_vague_words_of_a_facet_name_that_facet_only() -> None:
    words = Counter(fold(w) for f in TAXONOMY.facets.values() for w in f.generic)
    assert set(words.values()) == {1}
    for facet, word in {
        "color palette": "colours",
        "lighting": "light",
        "brushwork": "strokes",
        "mood": "vibe",
        "art style": "style",
    }.items():
        assert word in TAXONOMY.facets[facet].generic


def test_names_can_stand_in_a_prompt() -> None:
    for name in TAXONOMY.attributes:
        assert name == name.strip().lower()
        assert not re.search(r"[,;:()\[\]\"]|\s\s", name), name
        assert len(name) <= 40


def test_only_axes_are_polar() -> None:
    polar = {f.name for f in TAXONOMY.facets.values() if f.polar}
    assert {"color temperature", "saturation", "contrast", "brightness"} <= polar
    assert not polar & {"art style", "medium", "color palette", "mood", "era", "pattern"}


def test_the_taxonomy_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        TAXONOMY.attributes["teal"].name = "boats"  # type: ignore[misc]
    with pytest.raises(TypeError):
        TAXONOMY.attributes["boats"] = TAXONOMY.attributes["teal"]  # type: ignore[index]
    assert load_taxonomy() is TAXONOMY


def test_nothing_is_read_at_import_and_nothing_heavy_is_imported() -> None:
    code = (
        "import sys, viper.taxonomy as t; "
        "assert t.load_taxonomy.cache_info().currsize == 0; "
        "assert not {'torch', 'numpy', 'transformers', 'gradio'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_good_data_is_accepted() -> None:
    small = parse_taxonomy(GOOD)
    found = small.find("Blue Green")
    assert found is not None
    assert found.name == "teal"
    assert small.opposite("dark") == "bright"


def _attribute(number: int, **changes: object) -> Callable[[dict[str, Any]], None]:
    return lambda data: data["attributes"][number].update(changes)


@pytest.mark.parametrize(
    ("spoil", "culprit"),
    [
        (_attribute(0, facet="boats"), "'teal'.*unknown facet.*'boats'"),
        (_attribute(0, name="dark"), "'dark' occurs twice"),
        (_attribute(0, name="Teal"), "'Teal'.*lower case"),
        (_attribute(0, synonyms=["darker"]), "'darker' occurs twice: 'teal' and 'dark'"),
        (_attribute(0, synonyms=["Dark"]), "'dark' occurs twice: 'teal' and 'dark'"),
        (_attribute(0, synonyms=["aqua", "aqua"]), "'aqua' occurs twice: 'teal' and 'teal'"),
        (_attribute(0, synonyms=["glow"]), "'glow'.*'light'.*'teal'"),
        (_attribute(0, opposite="dark"), "'teal' is 'dark'.*'dark' is 'bright'"),
        (_attribute(1, opposite=None), "'dark' is 'bright'.*'bright' is None"),
        (_attribute(1, opposite="dim"), "'bright' is missing: 'dim'"),
        (_attribute(0, opposite="teal"), "'teal' is its own opposite"),
        (_attribute(0, name=" "), "Attribute ' ' has an empty string"),
        (_attribute(0, synonyms=["aqua", ""]), "'teal' has an empty string"),
        (_attribute(0, synonyms=[3]), "'teal'"),
        (_attribute(0, colour="blue"), "colour.*'teal'"),
        (lambda data: data["facets"][0].update(name="light"), "'light' occurs twice"),
        (lambda data: data["facets"][0].update(description=""), "'hue' has an empty string"),
        (lambda data: data["facets"][0].update(generic=[""]), "'hue' has an empty string"),
        (lambda data: data["facets"][0].update(generic=["glow"]), "'glow'.*'hue' and 'light'"),
        (lambda data: data.pop("facets"), "facets"),
    ],
)
def test_bad_data_is_refused_by_name(spoil: Callable[[dict[str, Any]], None], culprit: str) -> None:
    data = copy.deepcopy(GOOD)
    spoil(data)
    with pytest.raises(ValueError, match=culprit):
        parse_taxonomy(data)
