"""The language of short posts, told by their letters."""

import pytest

from app.language import detect

# From the Naver sentiment movie corpus (CC0), and from songys' chatbot data (MIT, © 2018 songys).
KOREAN = """
아 더빙.. 진짜 짜증나네요 목소리
너무재밓었다그래서보는것을추천한다
3D만 아니었어도 별 다섯 개 줬을텐데.. 왜 3D로 나와서 제 심기를 불편하게 하죠??
디렉터스컷으로봐서 거의 3시간짜리인데 참 흡인력있다
12시 땡!
하루가 또 가네요.
1지망 학교 떨어졌어
SNS 맞팔 왜 안하지ㅠㅠ
PPL 심하네
잘 모르고 있을 수도 있어요.
ㅋㅋㅋㅋ
굿 good
OST가 좋다 the best
""".strip().split("\n")


@pytest.mark.parametrize("post", KOREAN)
def test_real_korean_posts_are_korean(post: str) -> None:
    assert detect(post) == "ko"


@pytest.mark.parametrize(
    ("post", "language"),
    [
        ("It's very good, because not gross and pretty funny.", "en"),
        ("good", "en"),
        ("lol so funny ㅋㅋ", "en"),
        ("I learned to say 안녕하세요 from a drama yesterday evening with friends", "en"),
        ("OK ㅋㅋ", "ko"),
        ("Flask로 만든 microblog", "ko"),
        ("한국어(韓國語)와 漢字", "ko"),
        ("大韓民國은 民主共和國이다", "ko"),
        ("今日はいい天気ですね", "ja"),
        ("今日はJavaScriptの勉強", "ja"),
        ("ありがとう 감사해요", "ja"),
        ("感動そのものでござる", "ja"),
        ("真的有意思啊", "zh"),
        ("我在首尔学韩语, 한", "zh"),
        ("Привет, как дела?", "ru"),
        ("สวัสดีครับ", "th"),
        ("مرحبا بالعالم", "ar"),
        ("שלום עולם", "he"),
        ("Καλημέρα", "el"),
        ("नमस्ते दुनिया", "hi"),
        ("café au lait, s'il vous plaît", ""),
        ("", ""),
        ("2026.11.21 ♥♥ 😀 ...", ""),
        ("https://www.naver.com/good", ""),
        ("@jiwoo", ""),
        ("#서울 #카페", "ko"),
        ("#photography 오늘의 산책", "ko"),
        ("@jiwoo https://example.com/very/long/english/address 봤어요", "ko"),
    ],
)
def test_language_of_a_post(post: str, language: str) -> None:
    assert detect(post) == language
