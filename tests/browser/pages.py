"""The small site that tests of all pages look at, and the addresses of its pages."""

from tests.cast import Cast

STRANGERS = (
    "/",
    "/explore",
    "/auth/signup",
    "/auth/login",
    "/auth/forgot",
    "/auth/reset",
    "/nothing",
    "/@바다",
    "/posts/{post}",
    "/search",
    "/search?q=답글",
    "/api/docs",
)
MEMBERS = (
    "/",
    "/explore",
    "/compose",
    "/posts/{post}",
    "/posts/{reply}",
    "/posts/{post}/edit",
    "/posts/{post}/delete",
    "/posts/{post}/likes",
    "/tags/태그",
    "/tags/없는태그",
    "/@바다",
    "/@바다/replies",
    "/@하늘/likes",
    "/@바다/followers",
    "/@바다/following",
    "/settings/profile",
    "/settings/display",
    "/settings/account",
    "/settings/sessions",
    "/settings/tokens",
    "/notifications",
    "/notifications?tab=likes",
    "/messages",
    "/messages?q=",
    "/messages/하늘",
    "/messages/물결",
    "/@물결",
    "/messages/하늘/delete",
    "/search",
    "/search?q=답글",
    "/search?q=하늘&tab=people",
    "/search?q=태그&tab=tags",
    "/search?q=없는말",
    "/nothing",
    "/settings/notifications",
    "/settings/exports",
    "/settings/blocks",
    "/settings/mutes",
    "/@하늘/block",
    "/@구름",
    "/@구름/followers",
    "/@안개",
    "/@노을",
    "/dev/mailbox",
    "/api/docs",
)


class Site:
    """Posts, a conversation, a like, a follower, messages, and people who are apart.

    Args:
        cast: makes the people.
    """

    def __init__(self, cast: Cast) -> None:
        self.bada = cast.member("바다", about_me="파도를 보아요", location="강릉", link="https://example.org")
        self.haneul = cast.member("하늘", display_name="높은 하늘")
        bada, haneul = self.bada, self.haneul
        self.post = cast.post(bada, "링크 https://example.org/아주/긴/주소 와 @하늘님 그리고 #태그\n둘째 줄")
        self.reply = cast.post(haneul, "답글이에요 #태그", parent=self.post)
        cast.post(bada, "답글의 답글이에요", parent=self.reply)
        gone = cast.post(haneul, "지울 글", parent=self.post)
        cast.post(bada, "지운 글에 단 답글", parent=gone)
        haneul.post(f"/posts/{self.post}/like")
        haneul.post("/@바다/follow")
        haneul.post(f"/posts/{gone}/delete")
        cast.message(haneul, bada, "쪽지예요")
        cast.message(bada, haneul, "답장이에요 https://example.org")
        waves = cast.member("물결", display_name="🌊" * 30)
        rows = cast.member(
            "줄줄이", display_name="가나다라마바사아자차카타파하거너더러머버서어저처커터퍼허고노"
        )
        for person in (waves, rows):
            person.post("/@바다/follow")
            person.post(f"/posts/{self.post}/like")
            cast.post(person, "이름이 길어요", parent=self.post)
            cast.message(person, bada, "이름이 길어요")
        for name in ("구름", "안개"):
            cast.member(name, about_me="떠다녀요", location="하늘 어딘가")
        bada.post("/@구름/block")
        bada.post("/@안개/mute")
        cast.member("노을").post("/@바다/block")
        bada.letters()  # What was written is found by the search.

    def paths(self, paths: tuple[str, ...]) -> list[str]:
        """Returns the addresses with the ids of this site's posts in them."""
        return [path.format(post=self.post, reply=self.reply) for path in paths]
