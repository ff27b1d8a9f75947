"""Sections of text, tables and pictures as Markdown and as HTML."""

import html
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

_TITLE = "Does it make pictures theirs?"

_STYLE = """body{font:16px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem}
table{border-collapse:collapse;display:block;overflow-x:auto}td,th{border:1px solid #ccc;
padding:.2rem .6rem;text-align:left}img{max-width:100%}"""


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and what stands below it."""

    title: str
    paragraphs: Sequence[str] = ()
    header: Sequence[str] = ()
    rows: Sequence[Sequence[str]] = ()
    pictures: Sequence[tuple[str, str]] = ()
    """File, relative to the report, and what it shows."""


def markdown(sections: Iterable[Section]) -> str:
    """As Markdown."""
    return "\n".join(line for part in (_heading(), *map(_as_markdown, sections)) for line in part)


def page(sections: Iterable[Section]) -> str:
    """As one HTML page; everything that is not ours is escaped."""
    body = "\n".join(line for section in sections for line in _as_html(section))
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{html.escape(_TITLE)}</title><style>{_STYLE}</style></head>\n"
        f"<body><h1>{html.escape(_TITLE)}</h1>\n{body}\n</body></html>\n"
    )


def _heading() -> list[str]:
    return [f"# {_TITLE}", ""]


def _as_markdown(section: Section) -> Iterator[str]:
    yield from (f"## {section.title}", "")
    for text in section.paragraphs:
        yield from (text, "")
    if section.header:
        rows = (section.header, ["---"] * len(section.header), *section.rows)
        yield from ("| " + " | ".join(c.replace("|", "\\|") for c in row) + " |" for row in rows)
        yield ""
    for file, text in section.pictures:
        yield from (f"![{text}]({file})", "")


def _as_html(section: Section) -> Iterator[str]:
    yield f"<h2>{html.escape(section.title)}</h2>"
    yield from (f"<p>{html.escape(text)}</p>" for text in section.paragraphs)
    if section.header:
        yield f"<table>{_row(section.header, 'th')}{''.join(map(_row, section.rows))}</table>"
    for file, text in section.pictures:
        shown = html.escape(text, quote=True)
        yield f'<figure><img loading="lazy" src="{html.escape(file)}" alt="{shown}"></figure>'


def _row(cells: Sequence[str], kind: str = "td") -> str:
    return "<tr>" + "".join(f"<{kind}>{html.escape(cell)}</{kind}>" for cell in cells) + "</tr>"
