"""Pictures that names draw, and the references to icons."""

import hashlib
import xml.etree.ElementTree as ElementTree

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st

from app import drawing

CAST = "바다 jiwoo 한결 나래 도담 서하 가람 old_books Sora_W İstanbul".split()
NAMES = [*CAST, *(f"name{number}" for number in range(190))]


def digest(drawings: list[str]) -> str:
    """Returns a fingerprint of drawings without the attribute that the sketch of the look does not have."""
    return hashlib.sha256("".join(drawings).replace(' focusable="false"', "").encode()).hexdigest()


def test_pictures_are_those_of_the_look() -> None:
    """The fingerprints were made with sketches/look/avatar.py: every member keeps the picture for good."""
    assert (
        digest([drawing.avatar(name) for name in NAMES])
        == "a8acea781a4a4fa5c8e1b8b0ec31a9cad5380d3d19f404e90940281d9b5a93aa"
    )
    assert (
        digest([drawing.scene(name) for name in NAMES])
        == "99ec56cf443c3766b41035037a579e6844898e483d0247d1f47a7b33f7645206"
    )


def test_picture_of_one_name() -> None:
    assert drawing.avatar("바다", "s") == (
        '<svg class="avatar avatar-s" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 40" '
        'preserveAspectRatio="xMidYMid slice" aria-hidden="true" focusable="false">'
        '<path fill="#D5CBE8" d="M0 0h40v40H0z"/><circle fill="#F2C14E" cx="11" cy="11" r="9"/>'
        '<path fill="#54408C" d="M0 26L40 36V40H0z"/>'
        '<path fill="#2A1E4D" d="M28 13h4v11h-4zM28 25.25h4v11h-4zM28 37.5h4v2.5h-4z'
        'M22 18h4v11h-4zM22 30.25h4v9.75h-4z"/>'
        "</svg>"
    )


def test_letter_case_and_normal_form_draw_the_same() -> None:
    assert drawing.avatar("JIWOO") == drawing.avatar("jiwoo")
    assert drawing.scene("\u1107\u1161\u1103\u1161") == drawing.scene("바다")


@settings(deadline=None)
@given(st.text(st.characters(exclude_categories=())), st.sampled_from(drawing.SIZES))
def test_any_name_draws_a_picture_without_showing_through(name: str, size: str) -> None:
    for svg in (drawing.avatar(name, size), drawing.scene(name)):
        root = ElementTree.fromstring(svg)
        assert root.get("aria-hidden") == "true" and not "".join(root.itertext())
        assert {child.tag.rpartition("}")[2] for child in root} <= {"path", "circle"}


def test_unknown_size_is_refused() -> None:
    with pytest.raises(ValueError, match="'xxl'"):
        drawing.avatar("바다", "xxl")


def test_pictures_are_kept_by_name() -> None:
    drawing.avatar("기억")
    before = drawing.avatar.cache_info().hits
    drawing.avatar("기억")
    assert drawing.avatar.cache_info().hits == before + 1


@pytest.fixture
def templates() -> Flask:
    """An application whose templates can draw."""
    app = Flask("drawing")
    drawing.init_app(app)
    return app


def test_icon_refers_to_the_sprite(templates: Flask) -> None:
    with templates.test_request_context():
        assert drawing.icon("message-circle") == (
            '<svg class="icon" aria-hidden="true" focusable="false">'
            '<use href="/static/vendor/icons.svg#message-circle"/></svg>'
        )
        assert 'class="icon icon-s"' in drawing.icon("heart", small=True)


@pytest.mark.parametrize("name", ["", "Heart", "a b", '"><script>', "a#b", "-a", "하트"])
def test_what_cannot_be_an_icon_is_refused(templates: Flask, name: str) -> None:
    with templates.test_request_context(), pytest.raises(ValueError, match="icon"):
        drawing.icon(name)


def test_templates_can_draw(templates: Flask) -> None:
    template = templates.jinja_env.from_string("{{ avatar(name, 'xl') }}{{ scene(name) }}{{ icon('heart') }}")
    with templates.test_request_context():
        assert template.render(name="바다").count("<svg") == 3
