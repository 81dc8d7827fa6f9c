"""Hashtags: which are shown as much used, and what belongs to one."""

from tests.cast import Cast, Visitor, words


def trending(reader: Visitor) -> list[str]:
    """Returns the tags beside a timeline, in their order."""
    aside = words(reader.get("/explore").text.partition("<aside")[2])
    return [word for word in aside.split() if word.startswith("#")]


def test_much_used_tags_are_those_of_many_people(cast: Cast, stranger: Visitor) -> None:
    bada, haneul, byeol = (cast.member(name) for name in ("바다", "하늘", "별님"))
    for _ in range(5):
        cast.post(bada, "#혼자")
    for person in (bada, haneul):
        cast.post(person, "#둘이")
    for person in (bada, haneul, byeol):
        cast.post(person, "#셋이")
    assert trending(stranger) == ["#셋이", "#둘이", "#혼자"]
    byeol.post("/@하늘/block")
    assert trending(byeol) == ["#셋이", "#혼자", "#둘이"], "To 별님 only 바다 uses the last two."


def test_tags_of_a_suspended_member_are_not_much_used(cast: Cast, stranger: Visitor) -> None:
    bada, haneul = cast.member("바다"), cast.member("하늘")
    cast.post(bada, "#남는태그")
    for _ in range(3):
        cast.post(haneul, "#사라질태그 #남는태그")
    assert trending(stranger) == ["#남는태그", "#사라질태그"]
    cast.app.test_cli_runner().invoke(args=["users", "suspend", "하늘"])
    assert trending(stranger) == trending(bada) == ["#남는태그"]
    stranger.letters()
    assert "#사라질태그" not in stranger.get("/search/suggestions?q=%23사라질").text
