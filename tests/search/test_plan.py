"""What queries ask of the engines."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.search.plan import (
    ALONE,
    BEGINNING,
    EVERYTHING,
    HALF_LIFE,
    MATCHED,
    NEARLY_ALL,
    NOTHING,
    PIECE,
    RECENCY,
    TOGETHER,
    Enough,
    Every,
    Initials,
    Lemmas,
    No,
    Node,
    Part,
    Plan,
    Run,
    Some,
    Start,
    Term,
    Verb,
    named,
    near,
    recency,
    strict,
    together,
    word_gate,
)
from app.search.query import Filter, parse
from tests.search.conftest import filtered, near_plan_of, plan_of

WINTER, WALK = Some((Lemmas("겨울"), Part("겨울"))), Some((Lemmas("산책"), Part("산책")))


@pytest.mark.parametrize(
    ("word", "gate"),
    [
        ("겨울", WINTER),
        ("물", Some((Lemmas("물"), Part("물"), Part("^물")))),
        ("강아지", Some((Lemmas("강아지"), Run("강아지")))),
        ("먹다", Some((Lemmas("먹다"), Part("먹다"), Verb("먹다")))),
        ("예쁘다", Some((Lemmas("예쁘다"), Run("예쁘다"), Verb("예쁘다")))),
        ("감동의", Some((Lemmas("감동의"), Run("감동의"), Lemmas("감동"), Part("감동")))),
        ("flask", Some((Lemmas("flask"), Run("flask")))),
        ("C++로", Some((Lemmas("C++로"), Run("C++로")))),
        ("ㅎㄱ", Initials("ㅎㄱ")),
        ("ㅋㅋ", Some((Lemmas("ㅋㅋ"), Part("ㅋㅋ")))),
        ("!!!", None),
        ("", None),
    ],
)
def test_word_matches_by_its_lemmas_or_by_its_letters(word: str, gate: Node | None) -> None:
    assert word_gate(word) == gate


def test_words_all_match_or_stand_together_however_they_are_spaced() -> None:
    asked = plan_of("겨울 산책")
    assert asked.gate == Some((Every((WINTER, WALK)), Run("겨울 산책")))
    assert asked.text == "겨울 산책"
    assert asked.boosts == ((Some((Lemmas("겨울 산책"), Run("겨울 산책"))), TOGETHER),)


def test_filter_and_exclusion_stand_beside_the_words() -> None:
    asked = plan_of("겨울 lang:ko -산책")
    assert asked.gate == Every((WINTER, Term("lang:ko"), No(WALK))) and asked.text == "겨울"
    assert plan_of("겨울 산책 lang:ko").gate == Every((WINTER, WALK, Term("lang:ko")))


def test_single_syllable_counts_more_as_a_word_or_at_the_beginning_of_one() -> None:
    assert plan_of("물").boosts == ((Part("=물"), ALONE), (Lemmas("물"), PIECE), (Part("^물"), BEGINNING))


def test_phrase_is_a_run_of_letters_and_a_syllable_a_part() -> None:
    assert plan_of('"배가 고프다"').gate == Run("배가 고프다")
    assert plan_of('"물"').gate == Some((Part("물"), Part("^물")))
    assert plan_of('"?!"').gate == NOTHING


def test_alternatives_are_enough_one_by_one() -> None:
    assert plan_of("겨울 OR 산책").gate == Some((WINTER, WALK))
    assert plan_of("겨울 OR !!!").gate == Some((WINTER,))
    assert plan_of("?? OR !!!").gate == NOTHING


@pytest.mark.parametrize("text", ["", " ", "!!!", "-!!!", '-"?!"', '"'])
def test_query_without_anything_to_look_for_finds_nothing(text: str) -> None:
    assert plan_of(text).gate == NOTHING
    assert near_plan_of(text).gate in (Every((NOTHING, No(NOTHING))), NOTHING)


def test_several_signs_alone_are_a_run_without_letters() -> None:
    assert plan_of("... ???").gate == Some((NOTHING, Run("... ???")))
    assert near_plan_of("... ???").gate == Every((NOTHING, No(plan_of("... ???").gate)))


def test_filters_alone_are_a_query_and_have_no_near_matches() -> None:
    assert plan_of("lang:ko").gate == Term("lang:ko")
    assert plan_of("-lang:ko").gate == No(Term("lang:ko"))
    assert plan_of("lang:ko #제주").gate == Every((Term("lang:ko"), Term("tag:제주")))
    assert near_plan_of("lang:ko").gate == Every((Term("lang:ko"), NOTHING, No(Term("lang:ko"))))


def test_filter_that_asks_for_nothing_or_everything_is_taken_at_its_word() -> None:
    def resolve(asked: Filter) -> Node:
        return NOTHING if asked.value == "none" else EVERYTHING

    operators = {"lang": "lang"}
    assert strict(parse("겨울 lang:all", operators), resolve, {}).gate == WINTER
    assert strict(parse("lang:all", operators), resolve, {}).gate == EVERYTHING
    assert strict(parse("lang:none", operators), resolve, {}).gate == NOTHING
    assert strict(parse("겨울 lang:none", operators), resolve, {}).gate == Every((WINTER, NOTHING))


def test_near_matches_hold_any_word_or_most_letters_but_not_what_is_strict() -> None:
    asked = near_plan_of("겨울 산책 lang:ko -눈")
    assert isinstance(asked.gate, Every)
    fixed, excluded, loose, exact = asked.gate.nodes
    assert (
        fixed == Term("lang:ko")
        and isinstance(excluded, No)
        and exact == No(plan_of("겨울 산책 lang:ko -눈").gate)
    )
    assert loose == Some((WINTER, WALK, Enough("겨울"), Enough("산책"), Enough("겨울 산책")))
    assert not asked.fades and plan_of("겨울 산책").fades
    assert asked.boosts[-4:-2] == ((WINTER, MATCHED), (WALK, MATCHED))
    assert asked.boosts[-2:] == (
        (Enough("겨울 산책"), TOGETHER),
        (Enough("겨울 산책", NEARLY_ALL), TOGETHER),
    )


def test_synonyms_are_searched_for_with_a_word_but_not_within_phrases() -> None:
    synonyms = {"겨울": ("산책", "!!!"), "flask": ("겨울",)}
    assert plan_of("겨울", synonyms).gate == Some((WINTER, WALK))
    assert plan_of("ＦＬＡＳＫ", synonyms).gate == Some(
        (Some((Lemmas("ＦＬＡＳＫ"), Run("ＦＬＡＳＫ"))), WINTER)
    )
    assert plan_of("-겨울 flask", {"겨울": ("산책",)}).gate == Every(
        (No(Some((WINTER, WALK))), Some((Lemmas("flask"), Run("flask"))))
    )
    assert plan_of('"겨울 산"', synonyms).gate == Run("겨울 산")
    assert near(parse("겨울", {}), filtered, synonyms).gate != near_plan_of("겨울").gate


def test_text_standing_together_and_names_have_plans_of_their_own() -> None:
    assert together(parse("겨울 산책", {})) == Plan(
        Some((Lemmas("겨울 산책"), Run("겨울 산책"))), "겨울 산책"
    )
    assert named("바다") == Plan(Start("바다"))
    assert named("바다", Term("lang:ko")) == Plan(Every((Start("바다"), Term("lang:ko"))))


def test_recency_fades_to_a_share_and_never_below() -> None:
    assert recency(-5) == recency(0) == 1
    assert recency(HALF_LIFE) == pytest.approx(1 - RECENCY / 2)
    assert recency(10**12) == pytest.approx(1 - RECENCY)


@settings(deadline=None)
@given(st.text(max_size=60))
def test_every_text_has_plans(text: str) -> None:
    for made in (plan_of(text), near_plan_of(text), together(parse(text, {}))):
        assert isinstance(made.gate, Node) and all(weight > 0 for _, weight in made.boosts)
