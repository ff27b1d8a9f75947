"""The page and its server."""

from pathlib import Path
from typing import Any

import gradio as gr
from starlette.middleware import Middleware

from viper.errors import BadInput
from viper.settings import Settings, secret
from viper.studio import Studio
from viper.web import api, create, discover, gallery, taste
from viper.web.owners import OwnerCookie, Owners
from viper.web.routes import routes
from viper.web.site import PRIVATE, Screen, Site

_FOLDER = Path(__file__).parent
_MAX_UPLOAD = "20mb"
_CACHE = (3600, 3600)
"""Uploads are deleted when they are read; style pictures, which every drawing reads, and what is
left over go after an hour."""
_HEADER = """
<header class="vp-header"><span class="vp-logo">ViPer</span>
<span class="vp-claim">Say once what you like to look at. From then on, every picture is
yours.</span>
</header>"""


def launch(
    studio: Studio,
    settings: Settings,
    *,
    host: str | None = None,
    port: int | None = None,
    share: bool = False,
) -> tuple[gr.Blocks, str]:
    """Starts to serve, and returns the page and its address at once.

    Raises:
        BadInput: The port is taken, or signing in needs a package that is not installed.
    """
    owners = Owners(secret(settings), auth=settings.auth)
    site = Site(studio, owners, takes_style=bool(settings.ip_adapter))
    page = build(site)
    try:
        _, local, public = page.launch(
            server_name=host,
            server_port=port,
            share=share,
            quiet=True,
            prevent_thread_lock=True,
            ssr_mode=False,
            footer_links=["api"],
            run_history=False,
            max_file_size=_MAX_UPLOAD,
            blocked_paths=[str(settings.data_dir.absolute())],
            theme=_theme(),
            css_paths=_FOLDER / "style.css",
            head=f"<script>{(_FOLDER / 'keys.js').read_text(encoding='utf-8')}</script>",
            app_kwargs={
                "routes": routes(site),
                "middleware": [Middleware(OwnerCookie, owners=site.owners)],
            },
        )
    except OSError as error:
        raise BadInput(f"Port {port or 7860} cannot be used: {error}") from error
    except ImportError as error:
        raise BadInput(
            "VIPER_AUTH=huggingface needs the packages of gradio[oauth]: install them."
        ) from error
    return page, public or local


def build(site: Site) -> gr.Blocks:
    """The page."""
    with gr.Blocks(title="ViPer", analytics_enabled=False, delete_cache=_CACHE) as blocks:
        page: gr.Blocks = blocks
        # Only the id of a profile, which says nothing to anybody else; hence no real secret.
        profile = gr.BrowserState("", storage_key="viper.profile", secret="viper")
        gr.HTML(_HEADER)
        if site.owners.by_account:
            gr.LoginButton()
        with gr.Tabs(elem_id="vp-tabs") as tabs:
            with gr.Tab("Discover", id="discover") as discover_tab:
                screens: dict[gr.Tab, Screen] = {discover_tab: discover.build(site, profile)}
            with gr.Tab("My taste", id="taste") as taste_tab:
                screens[taste_tab] = taste.build(site, profile)
            with gr.Tab("Create", id="create") as create_tab:
                screens[create_tab], controls = create.build(site, profile)
            with gr.Tab("Gallery", id="gallery") as gallery_tab:
                screens[gallery_tab] = gallery.build(
                    site, profile, controls=controls, tabs=tabs, to_create=_to_create
                )
        for tab, screen in screens.items():
            tab.select(screen.show, profile, screen.outputs, **PRIVATE)
        first = screens[discover_tab]
        page.load(first.show, profile, first.outputs, **PRIVATE)
        api.build(site)
    page.queue(max_size=64, default_concurrency_limit=8)
    return page


def _to_create() -> Any:
    return gr.update(selected="create")


def _theme() -> gr.themes.Base:
    """Only fonts of the reader's own system; the colors are those of style.css."""
    return gr.themes.Base(
        primary_hue=gr.themes.colors.emerald,
        neutral_hue=gr.themes.colors.stone,
        radius_size=gr.themes.sizes.radius_md,
        font=["system-ui", "-apple-system", "Segoe UI", "sans-serif"],
        font_mono=["ui-monospace", "monospace"],
    ).set(
        body_background_fill="var(--vp-paper)",
        body_background_fill_dark="var(--vp-paper)",
        body_text_color="var(--vp-ink)",
        body_text_color_dark="var(--vp-ink)",
        body_text_color_subdued="var(--vp-soft)",
        body_text_color_subdued_dark="var(--vp-soft)",
        block_background_fill="transparent",
        block_background_fill_dark="transparent",
        block_border_width="0px",
        block_shadow="none",
        block_label_text_color="var(--vp-soft)",
        block_title_text_color="var(--vp-ink)",
        block_title_text_color_dark="var(--vp-ink)",
        block_title_text_weight="600",
        input_background_fill="var(--vp-card)",
        input_background_fill_dark="var(--vp-card)",
        input_border_width="1px",
        input_border_width_dark="1px",
        input_border_color="var(--vp-line)",
        input_border_color_dark="var(--vp-line)",
        input_border_color_focus="var(--vp-green)",
        input_border_color_focus_dark="var(--vp-green)",
        border_color_primary="var(--vp-line)",
        border_color_primary_dark="var(--vp-line)",
        background_fill_primary="var(--vp-card)",
        background_fill_primary_dark="var(--vp-card)",
        background_fill_secondary="var(--vp-paper)",
        background_fill_secondary_dark="var(--vp-paper)",
        button_primary_background_fill="var(--vp-green)",
        button_primary_background_fill_dark="var(--vp-green)",
        button_primary_background_fill_hover="var(--vp-green-deep)",
        button_primary_background_fill_hover_dark="var(--vp-green-deep)",
        button_primary_text_color="var(--vp-on-green)",
        button_primary_text_color_dark="var(--vp-on-green)",
        button_secondary_background_fill="var(--vp-card)",
        button_secondary_background_fill_dark="var(--vp-card)",
        button_secondary_border_color="var(--vp-line)",
        button_border_width="1px",
        slider_color="var(--vp-green)",
        slider_color_dark="var(--vp-green)",
        color_accent="var(--vp-green)",
        panel_background_fill="transparent",
        panel_background_fill_dark="transparent",
    )
