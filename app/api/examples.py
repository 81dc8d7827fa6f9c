"""What requests and answers look like, for the description; tests hold them against schemas and real answers."""

from typing import Any

WHEN = "2026-11-21T05:03:07.000000Z"
PER_PAGE = 20


def _page(here: str, item: Any, **meta: Any) -> dict[str, Any]:
    links = {"self": here, "first": here, "prev": None, "next": None}
    if "/search/" not in here:
        links["newer"] = f"{here}?cursor=PDE3OTYwODQ1MjUzODI3ODQuMgKoikvXQ5"
    return {"items": [item], "_links": links, "_meta": {"per_page": PER_PAGE, **meta}}


CARD = {
    "id": 7,
    "username": "바다",
    "display_name": "김바다",
    "_links": {"self": "/api/users/7", "html": "/@%EB%B0%94%EB%8B%A4"},
}
TAG = {"name": "산책", "_links": {"self": "/api/timelines/tags/%EC%82%B0%EC%B1%85"}}
POST = {
    "id": 42,
    "body": "첫눈이 오면 #산책",
    "language": "ko",
    "created_at": WHEN,
    "edited_at": None,
    "like_count": 3,
    "reply_count": 1,
    "liked": False,
    "tags": [TAG],
    "author": CARD,
    "_links": {
        "self": "/api/posts/42",
        "html": "/posts/42",
        "author": "/api/users/7",
        "replies": "/api/posts/42/replies",
        "thread": "/api/posts/42/thread",
        "likes": "/api/posts/42/likes",
        "parent": None,
        "reply": "/api/posts/42/replies",
        "like": "/api/posts/42/likes",
    },
}
PROFILE = {
    "display_name": "김바다",
    "about_me": "바다를 보며 걷습니다.",
    "location": "강릉",
    "link": "https://example.org/bada",
}
COUNTS = {"created_at": WHEN, "post_count": 12, "follower_count": 5, "following_count": 8}
PERSON = {
    **CARD,
    **PROFILE,
    **COUNTS,
    "followed": True,
    "follows_viewer": False,
    "blocked": False,
    "muted": False,
    "is_apart": False,
    "_links": {
        "self": "/api/users/7",
        "html": "/@%EB%B0%94%EB%8B%A4",
        "posts": "/api/users/7/posts",
        "replies": "/api/users/7/replies",
        "likes": "/api/users/7/likes",
        "followers": "/api/users/7/followers",
        "following": "/api/users/7/following",
        "follow": "/api/users/7/followers",
        "message": "/api/messages/7/messages",
        "block": "/api/users/7/block",
        "mute": "/api/users/7/mute",
    },
}
ME = {
    "id": 7,
    "username": "바다",
    **PROFILE,
    "locale": "ko",
    "timezone": "Asia/Seoul",
    "is_confirmed": True,
    **COUNTS,
    "_links": {
        "self": "/api/me",
        "edit": "/api/me",
        "profile": "/api/users/7",
        "html": "/@%EB%B0%94%EB%8B%A4",
        "home": "/api/timelines/home",
        "tokens": "/api/tokens",
        "messages": "/api/messages",
        "notifications": "/api/notifications",
        "notification_settings": "/api/me/notification-settings",
        "tasks": "/api/tasks",
        "blocks": "/api/me/blocks",
        "mutes": "/api/me/mutes",
        "sessions": "/api/me/sessions",
        "change_password": "/api/me/password",
        "change_email": "/api/me/email",
        "change_username": "/api/me/username",
    },
}
TOKEN = {
    "id": 3,
    "name": "내 셸",
    "scopes": ["read", "write"],
    "created_at": WHEN,
    "expires_at": "2026-11-21T06:03:07.000000Z",
    "used_at": None,
    "is_current": False,
    "_links": {"self": "/api/tokens/3", "edit": "/api/tokens/3", "delete": "/api/tokens/3"},
}
SESSION = {
    "id": 5,
    "device": "Firefox Mobile · Android",
    "user_agent": "Mozilla/5.0 (Android 14; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0",
    "address": "192.0.2.7",
    "created_at": WHEN,
    "seen_at": WHEN,
    "expires_at": "2026-11-22T05:03:07.000000Z",
    "_links": {"self": "/api/me/sessions/5", "delete": "/api/me/sessions/5"},
}
TASK = {
    "id": 11,
    "kind": "export",
    "state": "done",
    "progress": {"step": "packing", "done": 37, "total": 37, "percent": 100},
    "result": {
        "name": "hanmadi-바다-20261121.zip",
        "size": 48213,
        "counts": {
            "posts": 12,
            "replies": 4,
            "likes": 8,
            "following": 8,
            "followers": 5,
            "muted": 0,
            "blocked": 0,
            "messages": 0,
        },
    },
    "error": None,
    "created_at": WHEN,
    "begun_at": "2026-11-21T05:03:08.000000Z",
    "ended_at": "2026-11-21T05:03:10.000000Z",
    "expires_at": "2026-11-28T05:03:08.000000Z",
    "_links": {"self": "/api/tasks/11", "html": "/settings/exports", "file": "/api/tasks/11/file"},
}
MESSAGE = {
    "id": 91,
    "body": "토요일 3시에 난로 옆에서 봬요.",
    "created_at": WHEN,
    "is_mine": False,
    "is_read": False,
    "sender": CARD,
    "_links": {
        "self": "/api/messages/7/messages/91",
        "conversation": "/api/messages/7",
        "delete": "/api/messages/7/messages/91",
    },
}
CONVERSATION = {
    "id": 5,
    "person": CARD,
    "unread_count": 1,
    "last_message": MESSAGE,
    "_links": {
        "self": "/api/messages/7",
        "html": "/messages/%EB%B0%94%EB%8B%A4",
        "person": "/api/users/7",
        "messages": "/api/messages/7/messages",
        "read": "/api/messages/7/read",
        "delete": "/api/messages/7",
        "send": "/api/messages/7/messages",
    },
}
NOTED: dict[str, Any] = {
    "notes": [],
    "did_you_mean": None,
    "other_keyboard": None,
    "fewer": [],
    "is_resting": False,
}
FOUND = "/api/search/posts?q=%EC%B2%AB%EB%88%88"

NOTIFICATION = {
    "id": 64,
    "kind": "like",
    "people": [CARD],
    "people_count": 4,
    "created_at": WHEN,
    "updated_at": "2026-11-21T05:41:52.000000Z",
    "read_at": None,
    "_links": {
        "self": "/api/notifications/64",
        "html": "/posts/42",
        "post": "/api/posts/42",
        "conversation": None,
        "task": None,
        "read": "/api/notifications/64/read",
    },
}
TOLD, UNMAILED = {"on_site": True, "by_mail": True}, {"on_site": True, "by_mail": False}

EXAMPLES: dict[str, Any] = {
    "Entry": {
        "name": "한마디",
        "_links": {
            "self": "/api",
            "tokens": "/api/tokens",
            "posts": "/api/posts",
            "users": "/api/users",
            "explore": "/api/timelines/explore",
            "search": "/api/search/posts",
            "search_users": "/api/search/users",
            "search_tags": "/api/search/tags",
            "suggestions": "/api/search/suggestions",
            "describedby": "/api/openapi.json",
            "service-doc": "/api/docs",
            "me": "/api/me",
            "home": "/api/timelines/home",
            "tasks": "/api/tasks",
            "messages": "/api/messages",
            "notifications": "/api/notifications",
        },
    },
    "TokenOrder": {"name": "내 셸", "scopes": ["read", "write"], "expires_in": 3600},
    "TokenName": {"name": "부엌 화면"},
    "AccessToken": TOKEN,
    "IssuedToken": {**TOKEN, "token": "eyJhbGciOiJIUzI1NiIsImtpZCI6IjRmIn0.eyJzdWIiOiI3In0.c2lnbmVk"},
    "Tokens": _page("/api/tokens", TOKEN),
    "TaskOrder": {"kind": "export"},
    "TaskShown": TASK,
    "Tasks": _page("/api/tasks", TASK),
    "MessageText": {"body": "토요일에 책방에 들를게요."},
    "MessageOrder": {"to": "하늘", "body": "토요일에 책방에 들를게요."},
    "MessageShown": MESSAGE,
    "Messages": _page("/api/messages/7/messages", MESSAGE),
    "ReadMark": {"last_id": 91},
    "ConversationShown": CONVERSATION,
    "Conversations": _page("/api/messages", CONVERSATION),
    "Me": ME,
    "MeChange": {"about_me": "바다를 보며 걷습니다.", "timezone": "Asia/Seoul"},
    "Code": {"code": "042137"},
    "PasswordChange": {"current": "대나무 숲에서 한마디", "password": "새로 정한 긴 비밀번호"},
    "EmailChange": {"email": "bada@example.org", "password": "대나무 숲에서 한마디"},
    "UsernameChange": {"username": "바닷가", "password": "대나무 숲에서 한마디"},
    "Session": SESSION,
    "Sessions": _page("/api/me/sessions", SESSION),
    "Newcomer": {"username": "파도", "email": "pado@example.org", "password": "고요한 아침의 파도"},
    "Welcome": {
        "username": "파도",
        "detail": "메일함을 확인해 주세요. 숫자 여섯 자리를 보내 드렸어요.",
        "_links": {"tokens": "/api/tokens", "me": "/api/me", "confirm": "/api/me/confirmation"},
    },
    "ProfileChange": {"display_name": "김바다", "location": "강릉"},
    "Person": PERSON,
    "People": _page("/api/users", PERSON),
    "PostOrder": {"body": "첫눈이 오면 #산책", "parent_id": None},
    "PostText": {"body": "첫눈이 오면 함께 #산책"},
    "PostShown": POST,
    "Posts": _page("/api/timelines/explore?total=true", POST, total=1),
    "ReadUntil": {"until": "2026-11-21T05:41:52.000000Z"},
    "NotificationShown": NOTIFICATION,
    "Notifications": _page("/api/notifications", NOTIFICATION, unread=1),
    "NotificationChange": {"like": {"on_site": False}, "message": {"by_mail": False}},
    "NotificationChoices": {
        "reply": TOLD,
        "mention": TOLD,
        "like": UNMAILED,
        "follow": UNMAILED,
        "message": TOLD,
        "task": {"on_site": True},
        "_links": {"self": "/api/me/notification-settings", "edit": "/api/me/notification-settings"},
    },
    "TranslationShown": {
        "state": "done",
        "target": "ko",
        "source": "en",
        "body": "바다 소리가 커서 좋아요.",
        "translator": "Papago",
        "error": None,
        "_links": {"self": "/api/posts/43/translations/ko", "post": "/api/posts/43"},
    },
    "Thread": {
        "items": [{"id": 42, "post": POST, "_links": {"self": "/api/posts/42"}}],
        "_links": {
            "self": "/api/posts/42/thread",
            "first": "/api/posts/42/thread",
            "prev": None,
            "next": None,
            "post": "/api/posts/42",
            "replies": "/api/posts/42/replies",
            "above": None,
        },
        "_meta": {"per_page": PER_PAGE},
    },
    "FoundPosts": _page(FOUND, {**POST, "highlights": [{"start": 0, "end": 2}], "is_near": False}, **NOTED),
    "FoundPeople": _page("/api/search/users?q=bada", PERSON, **NOTED),
    "FoundTags": _page("/api/search/tags?q=%EC%82%B0", TAG, **NOTED),
    "Suggested": {
        "words": ["산책"],
        "users": [CARD],
        "tags": [TAG],
        "_links": {"self": "/api/search/suggestions?q=%EC%82%B0"},
    },
}
"""By the names of the schemas."""
