"""What is served beside the page: pictures and files, each to its owner only."""

import json
from collections.abc import Callable
from io import BytesIO

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from viper.curation import PREFIX
from viper.errors import NotFound
from viper.web.site import Site

_MINE = {"Cache-Control": "private, max-age=86400", "X-Content-Type-Options": "nosniff"}
_NOW = {"Cache-Control": "no-store"}
_SMALL = 160
"""Pixels of a small curated picture."""


def routes(site: Site) -> list[Route]:
    """The routes; none of them tells a picture of somebody else from one that never was."""
    smalls: dict[str, bytes] = {}
    return [
        Route("/pictures/{image}.png", _endpoint(lambda r: _picture(site, r))),
        Route("/profiles/{profile}.json", _endpoint(lambda r: _profile(site, r))),
        Route("/my-data.json", _endpoint(lambda r: _everything(site, r))),
        Route("/curated/{image}", _endpoint(lambda r: _curated(site, smalls, r))),
    ]


def _endpoint(answer: Callable[[Request], Response]) -> Callable[[Request], object]:
    async def endpoint(request: Request) -> Response:
        try:
            return await run_in_threadpool(answer, request)
        except NotFound:
            return PlainTextResponse("There is nothing here for you.", 404, headers=_NOW)

    return endpoint


def _owner(site: Site, request: Request) -> str:
    owner = site.owners.of(request)
    if owner is None:
        raise NotFound("Nobody asks.")
    return owner


def _picture(site: Site, request: Request) -> Response:
    image = request.path_params["image"]
    file = site.studio.picture_file(_owner(site, request), image)
    name = f"viper-{image[:8]}.png" if "download" in request.query_params else None
    return FileResponse(file, media_type="image/png", filename=name, headers=_MINE)


def _profile(site: Site, request: Request) -> Response:
    owner, profile = _owner(site, request), request.path_params["profile"]
    preference = site.studio.store.preferences.current(owner, profile).preference
    return _json_file(preference.to_json(), "viper-taste.json")


def _everything(site: Site, request: Request) -> Response:
    everything = site.studio.store.owners.export(_owner(site, request))
    return _json_file(json.dumps(everything, indent=2, ensure_ascii=False), "viper-my-data.json")


def _json_file(text: str, name: str) -> Response:
    headers = {**_NOW, "Content-Disposition": f'attachment; filename="{name}"'}
    return Response(text, media_type=JSONResponse.media_type, headers=headers)


def _curated(site: Site, smalls: dict[str, bytes], request: Request) -> Response:
    reference = PREFIX + request.path_params["image"]
    path = site.studio.curated.path(reference)
    public = {"Cache-Control": "public, max-age=86400"}
    if "small" not in request.query_params:
        return FileResponse(path, headers=public)
    if reference not in smalls:
        picture = site.studio.curated.open(reference)
        if picture is None:
            return FileResponse(path, headers=public)
        picture.thumbnail((_SMALL, _SMALL))
        buffer = BytesIO()
        picture.save(buffer, format="WEBP", quality=82)
        smalls[reference] = buffer.getvalue()
    return Response(smalls[reference], media_type="image/webp", headers=public)
