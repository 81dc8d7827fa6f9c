"""Draws what needs no picture file: the landscape that a username stands for, and references to icons."""

import hashlib
import re
from functools import lru_cache

from flask import Flask, url_for
from markupsafe import Markup

from app.text import nfc

# Sky, sun, earth and stem of each landscape (LOOK.md, "Avatar and mark").
_PALETTES = (
    ("#F3D9C6", "#D9583B", "#2F4858", "#1C2B36"),
    ("#CFE3D4", "#F2B84B", "#2F6B57", "#173D31"),
    ("#C6D6EA", "#F8F3E6", "#2D4B8E", "#14264F"),
    ("#F5D779", "#C8472F", "#8A6A2A", "#3F2E10"),
    ("#F3C6D3", "#FFF4E6", "#A83866", "#5A1B38"),
    ("#F7C59F", "#B3321F", "#DD7428", "#5B2412"),
    ("#D5CBE8", "#F2C14E", "#54408C", "#2A1E4D"),
    ("#A9D2CC", "#F7F3E8", "#3C8A86", "#17484A"),
    ("#D8DAD6", "#C8472F", "#3A3F3C", "#151917"),
    ("#EBD9BE", "#8C3B1F", "#B9772F", "#4A2C12"),
    ("#35456B", "#F2935C", "#1B2540", "#D9667A"),
    ("#1F3F3D", "#F2DFA0", "#0E2423", "#78BDA3"),
)
SIZES = ("", "xs", "s", "l", "xl")
_FACE = 40
_SCENE_WIDTH, _SCENE_HEIGHT = 600, 136
_ICON_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


def init_app(app: Flask) -> None:
    """Gives the templates ``avatar``, ``scene`` and ``icon``."""
    app.add_template_global(avatar)
    app.add_template_global(scene)
    app.add_template_global(icon)


@lru_cache(maxsize=4096)
def avatar(username: str, size: str = "") -> Markup:
    """Returns a member's picture as inline SVG, hidden from screen readers: the name stands beside it.

    Args:
        username: any text; spellings that differ only in letter case have one picture.
        size: one of ``SIZES``; "" is 44 px (40 on a phone).

    Raises:
        ValueError: there is no such size.
    """
    if size not in SIZES:
        raise ValueError(f"avatars come in the sizes {', '.join(map(repr, SIZES))}, not {size!r}")
    return _svg(f"avatar avatar-{size}" if size else "avatar", _FACE, _FACE, _face(_seed(username)))


@lru_cache(maxsize=512)
def scene(username: str) -> Markup:
    """Returns the band above a profile as inline SVG: the landscape of the member's picture, further away."""
    return _svg("scene", _SCENE_WIDTH, _SCENE_HEIGHT, _view(_seed(username)))


def icon(name: str, small: bool = False) -> Markup:
    """Returns a reference to an icon of our sprite; say in words beside it what it means.

    Args:
        name: a Lucide name, such as ``message-circle``.
        small: 18 px in place of 22 px.

    Raises:
        ValueError: the name cannot be one.
    """
    if not _ICON_NAME.fullmatch(name):
        raise ValueError(f"{name!r} is not the name of an icon")
    size = "icon icon-s" if small else "icon"
    sprite = url_for("static", filename="vendor/icons.svg", _anchor=name)
    return Markup('<svg class="{}" aria-hidden="true" focusable="false"><use href="{}"/></svg>').format(
        size, sprite
    )


def _seed(username: str) -> bytes:
    return hashlib.sha256(nfc(username).casefold().encode("utf-8", "replace")).digest()


def _face(seed: bytes) -> str:
    """Returns the shapes of an avatar; each byte of the seed decides one thing (LOOK.md, "Avatar and mark")."""
    x, y, radius = (11, 20, 29)[seed[1] % 3], (11, 14, 17)[seed[2] % 3], (5, 7, 9)[seed[3] % 3]
    top = _FACE - (9, 13, 17)[seed[4] % 3]
    lean = 5 if seed[6] & 1 else -5
    ground = (
        f'<path fill="{{earth}}" d="M0 {top}h40v40H0z"/>',
        f'<circle fill="{{earth}}" cx="{(6, 20, 34)[seed[6] % 3]}" cy="{top + 28}" r="30"/>',
        f'<path fill="{{earth}}" d="M0 {top + lean}L40 {top - lean}V40H0z"/>',
    )[seed[5] % 3]
    return _landscape(seed, _FACE, _FACE, (x, y, radius), ground, _stems(seed, x))


def _stems(seed: bytes, sun: int) -> str:
    """Returns the path of the avatar's one or two stems, which stand opposite the sun."""
    place = {11: 28, 20: 6 if seed[7] & 1 else 30, 29: 8}[sun]
    inward = 6 if place < 20 else -6
    segment = (9, 11)[seed[11] & 1]
    tops = [(8, 13, 18)[(seed[9] + nth * (1 + seed[10] % 2)) % 3] for nth in range(1 + (seed[8] % 3 > 0))]
    return "".join(_stem(place + nth * inward, 4, top, segment, 1.25, _FACE) for nth, top in enumerate(tops))


def _view(seed: bytes) -> str:
    """Returns the shapes of a profile's band, from the same bytes as the avatar and those after them."""
    sun = (380, 420, 460)[seed[1] % 3], (42, 50, 58)[seed[2] % 3], (18, 24, 30)[seed[3] % 3]
    top = _SCENE_HEIGHT - (28, 38, 48)[seed[4] % 3]
    lean = 16 if seed[6] & 1 else -16
    ground = (
        f'<path fill="{{earth}}" d="M0 {top}h600v136H0z"/>',
        f'<path fill="{{earth}}" d="M0 {top + 24}Q{(180, 300, 420)[seed[6] % 3]} {top - 38} 600 {top + 22}V136H0z"/>',
        f'<path fill="{{earth}}" d="M0 {top + lean}L600 {top - lean}V136H0z"/>',
    )[seed[5] % 3]
    return _landscape(seed, _SCENE_WIDTH, _SCENE_HEIGHT, sun, ground, _grove(seed))


def _grove(seed: bytes) -> str:
    """Returns the path of the band's five stems."""
    x, path = 210 + seed[7] % 40, ""
    for nth in range(5):
        width = (5, 7, 9)[seed[8 + nth] % 3]
        segment = (24, 30, 36)[seed[18 + nth] % 3]
        path += _stem(x, width, 12 + seed[13 + nth] % 56, segment, 2.5, _SCENE_HEIGHT)
        x += width + (8, 14, 22)[seed[23 + nth] % 3]
    return path


def _stem(x: int, width: int, top: int, segment: int, gap: float, bottom: int) -> str:
    """Returns the path of a bar with a joint, which is a gap, after every segment."""
    path, y = "", float(top)
    while y < bottom:
        end = min(y + segment, bottom)
        path += f"M{x} {y:g}h{width}v{end - y:g}h-{width}z"
        y = end + gap
    return path


def _landscape(
    seed: bytes, width: int, height: int, sun: tuple[int, int, int], ground: str, stems: str
) -> str:
    sky, light, earth, bark = _PALETTES[seed[0] % len(_PALETTES)]
    x, y, radius = sun
    return (
        f'<path fill="{sky}" d="M0 0h{width}v{height}H0z"/><circle fill="{light}" cx="{x}" cy="{y}" r="{radius}"/>'
        f'{ground.format(earth=earth)}<path fill="{bark}" d="{stems}"/>'
    )


def _svg(name: str, width: int, height: int, shapes: str) -> Markup:
    return Markup(
        f'<svg class="{name}" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'preserveAspectRatio="xMidYMid slice" aria-hidden="true" focusable="false">{shapes}</svg>'
    )
