"""The styles a scene can be rendered in."""

from viper.atelier.styles import flat, lines, strokes, tiles, wet
from viper.atelier.styles.style import Render, Style

__all__ = ["STYLES", "Style"]


def _style(name: str, render: Render, words: str, **facets: str) -> Style:
    # Facets as keywords, an underscore for a space; names and words separated by commas.
    attributes = {
        facet.replace("_", " "): tuple(part.strip() for part in names.split(","))
        for facet, names in facets.items()
    }
    return Style(name, attributes, (name, *(part.strip() for part in words.split(","))), render)


_ALL = (
    _style(
        "flat design", flat.flat_design, "flat vector illustration, clean flat illustration",
        art_style="flat design", medium="vector illustration", line="no outlines",
        shape_language="simple shapes", texture="smooth", depth="flat", realism="stylized",
        era="contemporary", finish="matte", detail="minimal detail",
    ),
    _style(
        "pixel art", tiles.pixel_art, "8-bit pixel art, retro video game picture",
        art_style="pixel art", medium="digital art", line="no outlines",
        shape_language="geometric shapes, angular shapes", depth="flat", realism="stylized",
        era="retro", detail="low detail",
    ),
    _style(
        "low poly", tiles.low_poly, "low poly art, faceted triangle art",
        art_style="low poly", medium="digital art", line="no outlines",
        shape_language="geometric shapes, angular shapes", texture="faceted",
        realism="stylized", era="contemporary",
    ),
    _style(
        "impressionism", strokes.impressionist, "impressionist painting, impressionist picture",
        art_style="impressionism", medium="oil painting", brushwork="visible brushstrokes",
        line="no outlines", shape_language="organic shapes", texture="painterly texture",
        realism="painterly", era="19th century",
    ),
    _style(
        "pointillism", strokes.pointillist, "pointillist painting, picture of many small dots",
        art_style="pointillism", medium="oil painting", brushwork="stippling",
        line="no outlines", pattern="dots", texture="grainy", realism="painterly",
        era="19th century",
    ),
    _style(
        "expressionism", strokes.expressionist, "expressionist painting, wild swirling painting",
        art_style="expressionism", medium="oil painting", brushwork="bold brushstrokes",
        line="bold outlines", shape_language="distorted shapes, curved shapes",
        realism="distorted", pattern="swirls", era="early 20th century",
    ),
    _style(
        "cubism", tiles.cubist, "cubist painting, fractured cubist picture",
        art_style="cubism", medium="oil painting", line="thin lines",
        shape_language="fragmented shapes, angular shapes", depth="flattened space",
        perspective="multiple viewpoints", realism="abstracted", era="early 20th century",
    ),
    _style(
        "art deco", flat.art_deco, "art deco poster, elegant art deco design",
        art_style="art deco", medium="poster", line="thin lines, clean lines",
        shape_language="geometric shapes", pattern="sunburst", realism="stylized",
        era="1920s", finish="metallic",
    ),
    _style(
        "pop art", flat.pop_art, "comic pop art, halftone pop art print",
        art_style="pop art", medium="screen print", line="bold outlines",
        pattern="halftone dots", depth="flat", realism="stylized", era="1960s",
    ),
    _style(
        "ink drawing", lines.ink_drawing, "ink wash drawing, brush and ink drawing",
        art_style="sketch", medium="ink", brushwork="loose brushwork, ink wash",
        line="expressive lines", texture="paper texture", realism="stylized",
    ),
    _style(
        "cross-hatching", lines.hatching, "cross-hatched drawing, etching with fine hatching",
        art_style="engraving", medium="pen drawing", brushwork="hatching",
        line="fine lines, thin lines", texture="paper texture", pattern="stripes",
        era="vintage", detail="fine detail",
    ),
    _style(
        "woodblock print", flat.woodblock, "japanese woodblock print, woodcut print",
        art_style="ukiyo-e", medium="woodblock print", line="bold outlines",
        texture="wood grain", depth="flat", realism="stylized", era="edo period",
    ),
    _style(
        "watercolor", wet.watercolor, "watercolor painting, soft watercolor",
        art_style="watercolor style", medium="watercolor", brushwork="wet washes",
        line="no outlines", shape_language="soft shapes", texture="paper texture",
        realism="painterly", finish="translucent",
    ),
    _style(
        "oil painting", strokes.oil_painting, "thick oil painting, impasto oil painting",
        art_style="painterly", medium="oil painting", brushwork="impasto, visible brushstrokes",
        line="no outlines", texture="rough texture", realism="painterly", era="classical",
        finish="glossy",
    ),
    _style(
        "stained glass", tiles.stained_glass, "stained glass window, leaded glass picture",
        art_style="stained glass", medium="glass", line="bold outlines",
        shape_language="geometric shapes", pattern="mosaic pattern", depth="flat",
        realism="stylized", era="medieval", finish="translucent",
    ),
    _style(
        "mosaic", tiles.mosaic, "stone mosaic, mosaic of small tiles",
        art_style="mosaic", medium="tiles", line="no outlines", texture="tiled texture",
        pattern="mosaic pattern", depth="flat", realism="stylized", era="ancient",
    ),
    _style(
        "paper cut", flat.paper_cut, "layered paper cut, paper collage",
        art_style="paper cut", medium="paper", line="no outlines",
        shape_language="simple shapes", texture="paper texture", depth="layered depth",
        realism="stylized", finish="matte",
    ),
    _style(
        "embroidery", strokes.embroidery, "embroidered picture, needlework on cloth",
        art_style="embroidery", medium="textile", texture="fabric texture", line="no outlines",
        depth="flat", realism="stylized", era="folk",
    ),
    _style(
        "chalk drawing", lines.chalk, "chalk on blackboard, pastel chalk drawing",
        art_style="sketch", medium="chalk", brushwork="rough strokes", line="rough lines",
        texture="grainy", realism="stylized", finish="matte",
    ),
    _style(
        "line art", lines.line_art, "minimal line art, one line drawing with a spot of color",
        art_style="line art", medium="vector illustration", line="clean lines, even lines",
        texture="smooth", depth="flat", realism="stylized", era="contemporary",
        detail="minimal detail",
    ),
    _style(
        "glitch art", wet.glitch, "digital glitch art, broken video signal",
        art_style="glitch art", medium="digital art", texture="noisy", pattern="scan lines",
        realism="distorted", era="futuristic",
    ),
    _style(
        "psychedelic art", wet.psychedelic, "psychedelic poster, trippy wavy picture",
        art_style="psychedelic art", medium="poster", line="bold outlines",
        shape_language="curved shapes", pattern="wavy lines", depth="flat",
        realism="stylized", era="1960s",
    ),
)  # fmt: skip

STYLES: dict[str, Style] = {style.name: style for style in _ALL}
"""All styles by name, in a fixed order."""
