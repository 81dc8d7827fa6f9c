"""Korean particles, chosen and recognised."""

import pytest
from markupsafe import Markup

from app import particles


@pytest.mark.parametrize(
    ("word", "object_", "to", "subject"),
    [
        ("바다", "를", "로", "가"),
        ("한결", "을", "로", "이"),
        ("집", "을", "으로", "이"),
        ("3", "을", "으로", "이"),
        ("2026", "을", "으로", "이"),
        ("8", "을", "로", "이"),
        ("5", "를", "로", "가"),
        ("100", "을", "으로", "이"),
        ("URL", "을", "로", "이"),
        ("SNS", "를", "로", "가"),
        ("PDF", "를", "로", "가"),
        ("R", "을", "로", "이"),
        ("jiwoo", "를", "로", "가"),
        ("Tom", "을", "으로", "이"),
        ("Google", "을", "로", "이"),
        ("king", "을", "으로", "이"),
        ("Chris", "를", "로", "가"),
        ("바다 (제주)", "를", "로", "가"),
        ("‘봄’…", "을", "으로", "이"),
        ("漢字", "을(를)", "(으)로", "이(가)"),
        ("😀", "을(를)", "(으)로", "이(가)"),
        ("", "을(를)", "(으)로", "이(가)"),
    ],
)
def test_particle_fits_the_word_before_it(word: str, object_: str, to: str, subject: str) -> None:
    chosen = [particles.particle(word, pair) for pair in ("을/를", "으로/로", "이/가")]
    assert chosen == [object_, to, subject]


def test_pair_needs_two_forms() -> None:
    with pytest.raises(ValueError, match="not enough values"):
        particles.particle("바다", "을")


def test_translated_sentence_is_settled_after_its_variables() -> None:
    assert particles.settle("‘한글’{을/를} 찾았고 ‘바다’{은/는} 없어요") == "‘한글’을 찾았고 ‘바다’는 없어요"
    assert particles.settle("표시가 없는 {문장}") == "표시가 없는 {문장}"


def test_settled_markup_stays_markup_and_safe() -> None:
    sentence = Markup("<b>{}</b>{{을/를}} 찾았어요").format("<나무>&'")
    settled = particles.settle(sentence)
    assert isinstance(settled, Markup)
    assert settled == Markup("<b>&lt;나무&gt;&amp;&#39;</b>를 찾았어요")


@pytest.mark.parametrize(
    "end",
    "님 씨 가 이 은 는 을 를 에게 한테 께 께서 의 도 와 과 랑 이랑 만 로 으로 아 야 요 입니다 이에요 예요 님께서는 "
    "님이랑 님한테도 님만의 님들은 씨가 이가 이는 까지도 님과의 에게서 님이라면 님입니다 님께 님부터".split(),
)
def test_what_hangs_on_a_name_is_recognised(end: str) -> None:
    assert particles.is_particles(end)


@pytest.mark.parametrize(
    "end", ["", "나무", "지기", "봤어요", "사랑", "님나무", "abc", "는가방", "님" * 11, "이" * 9]
)
def test_words_are_no_particles(end: str) -> None:
    assert not particles.is_particles(end)
