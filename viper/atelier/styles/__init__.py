"""The styles a scene can be rendered in."""

from viper.atelier.styles import flat, lines, strokes, tiles, wet
from viper.atelier.styles.style import Render, Style

__all__ = ["STYLES", "Style"]


def _style(name: str, render: Render, words: str, **facets: str) -> Style:
    # Facets as keywords, an underscore for a space; names and words separated by commas.
    attributes = {
        facet.replace("_", " "): tuple(names.split(", ")) for facet, names in facets.items()
    }
    return Style(name, attributes, tuple(words.split(", ")), render)


_ALL = (
    _style(
        "flat design", flat.flat_design,
        "flat design, flat vector illustration, clean flat illustration",
        art_style="flat design", medium="vector art", brushwork="no visible brushwork",
        line="no outlines", shape_language="simplified shapes", texture="textureless",
        depth="flat", realism="stylized", pattern="no pattern", era="modern",
        finish="clean finish", detail="simple",
    ),
    _style(
        "pixel art", tiles.pixel_art,
        "pixel art, 8-bit pixel art, retro video game picture",
        art_style="pixel art", medium="digital art", line="no outlines",
        shape_language="geometric shapes, angular shapes, rectangular shapes", depth="flat",
        realism="stylized", pattern="grid pattern", era="retro", detail="coarse details",
    ),
    _style(
        "low poly", tiles.low_poly,
        "low poly art, low poly illustration, faceted triangle art",
        art_style="low poly", medium="digital art", line="no outlines, hard edges",
        shape_language="geometric shapes, angular shapes, triangular shapes, crystalline shapes",
        realism="stylized", pattern="triangle pattern", era="modern", finish="crisp",
        detail="simple",
    ),
    _style(
        "impressionist", strokes.impressionist,
        "impressionist painting, impressionist picture, painting in the impressionist style",
        art_style="impressionist", brushwork="visible brushstrokes, short brushstrokes, "
        "loose brushwork, unblended strokes", line="no outlines, soft edges",
        shape_language="organic shapes", texture="textured", realism="handmade authenticity",
    ),
    _style(
        "pointillist", strokes.pointillist,
        "pointillist painting, pointillist picture, painting of many small dots",
        art_style="pointillist", brushwork="unblended strokes", line="no outlines",
        texture="speckled texture", pattern="dotted pattern", realism="handmade authenticity",
    ),
    _style(
        "expressionist", strokes.expressionist,
        "expressionist painting, wild expressionist painting, expressionist picture",
        art_style="expressionist", brushwork="expressive brushwork, swirling brushwork",
        line="bold outlines, thick lines, flowing lines", shape_language="exaggerated shapes",
        perspective="warped perspective", realism="stylized", finish="raw finish",
    ),
    _style(
        "cubist", tiles.cubist,
        "cubist painting, cubist picture, fractured cubist painting",
        art_style="cubist", line="thin lines",
        shape_language="fragmented shapes, angular shapes, straight lines", depth="shallow space",
        perspective="warped perspective", realism="abstracted", pattern="geometric pattern",
    ),
    _style(
        "art deco", flat.art_deco,
        "art deco poster, art deco illustration, elegant art deco design",
        art_style="art deco, poster art", line="thin lines, clean lines, colored outlines",
        shape_language="geometric shapes, streamlined shapes", pattern="ornamental",
        realism="stylized", era="art of the 1920s", finish="metallic",
    ),
    _style(
        "pop art", flat.pop_art,
        "pop art, comic pop art, halftone pop art print",
        art_style="pop art, comic book style", medium="screen print",
        line="bold outlines, thick lines", shape_language="bold shapes",
        texture="halftone texture", pattern="dotted pattern", depth="flat",
        realism="stylized", era="1960s look",
    ),
    _style(
        "ink drawing", lines.ink_drawing,
        "ink drawing, ink wash drawing, brush and ink drawing",
        medium="ink drawing, ink wash", brushwork="loose brushwork, washy brushwork",
        line="varied line weight, hand-drawn lines", texture="paper grain",
        realism="handmade authenticity",
    ),
    _style(
        "cross-hatching", lines.hatching,
        "cross-hatched drawing, drawing with cross-hatching, fine hatched pen drawing",
        medium="cross-hatching", line="thin lines, dense linework, diagonal lines",
        texture="paper grain", pattern="hatched pattern", era="vintage",
        detail="fine details",
    ),
    _style(
        "woodblock print", flat.woodblock,
        "woodblock print, japanese woodblock print, woodcut print",
        art_style="ukiyo-e", medium="woodblock print", line="bold outlines",
        texture="wood grain", depth="flat", realism="stylized", era="japanese edo period",
    ),
    _style(
        "watercolor", wet.watercolor,
        "watercolor painting, soft watercolor, watercolor on paper",
        medium="watercolor", brushwork="wet brushwork, washy brushwork",
        line="no outlines, soft edges", shape_language="soft blobs",
        texture="paper grain, watery texture, translucent", realism="handmade authenticity",
        finish="soft",
    ),
    _style(
        "oil painting", strokes.oil_painting,
        "oil painting, thick oil painting, impasto oil painting",
        medium="oil painting", brushwork="impasto, visible brushstrokes, long brushstrokes",
        line="no outlines", texture="rough texture, raised texture",
        realism="handmade authenticity",
    ),
    _style(
        "stained glass", tiles.stained_glass,
        "stained glass window, stained glass, leaded glass picture",
        medium="stained glass", line="bold outlines, thick lines",
        shape_language="geometric shapes, interlocking shapes", texture="glassy texture",
        depth="flat", realism="stylized", era="medieval", finish="glowing",
    ),
    _style(
        "mosaic", tiles.mosaic,
        "mosaic, stone mosaic, mosaic of small tiles",
        medium="mosaic", line="no outlines", shape_language="interlocking shapes",
        texture="stone texture", pattern="tiled pattern", depth="flat", realism="stylized",
        era="ancient",
    ),
    _style(
        "paper cut", flat.paper_cut,
        "paper cut, layered paper cut, paper craft picture",
        medium="paper cut", line="no outlines, hard edges", shape_language="simplified shapes",
        texture="layered texture, paper grain", depth="layered depth", realism="stylized",
        finish="matte", detail="simple",
    ),
    _style(
        "embroidery", strokes.embroidery,
        "embroidery, embroidered picture, needlework on cloth",
        medium="embroidery", texture="fabric texture, raised texture",
        pattern="textile pattern", depth="flat", realism="stylized, handmade authenticity",
        finish="satin finish",
    ),
    _style(
        "chalk drawing", lines.chalk,
        "chalk drawing, chalk drawing on a blackboard, colored chalk drawing",
        medium="chalk drawing", line="sketchy lines, hand-drawn lines",
        texture="powdery texture, rough texture", realism="handmade authenticity",
        finish="matte",
    ),
    _style(
        "line art", lines.line_art,
        "line art, minimal line art, line drawing with a spot of color",
        art_style="minimalist", medium="line art", brushwork="no visible brushwork",
        line="clean lines, uniform line weight, sparse linework", texture="textureless",
        depth="flat", realism="stylized", pattern="no pattern", era="modern",
        finish="clean finish", detail="simple, blank background",
    ),
    _style(
        "glitch art", wet.glitch,
        "glitch art, digital glitch art, picture of a broken video signal",
        art_style="glitch art", medium="digital art", line="horizontal lines",
        texture="noisy texture", realism="artificial look", era="vhs look",
        finish="chromatic aberration",
    ),
    _style(
        "psychedelic", wet.psychedelic,
        "psychedelic art, psychedelic poster, trippy wavy picture",
        art_style="psychedelic", line="bold outlines, wavy lines", shape_language="curved lines",
        pattern="wave pattern, concentric pattern", depth="flat",
        perspective="warped perspective", realism="stylized", era="1960s look",
    ),
)  # fmt: skip

STYLES: dict[str, Style] = {style.name: style for style in _ALL}
"""All styles by name, in a fixed order."""
