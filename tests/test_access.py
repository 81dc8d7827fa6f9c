"""Who gets which answer where: every route, every kind of reader, against a table written by hand."""

import pytest
from flask import Flask

from tests.cast import Cast, Visitor

READERS = ("stranger", "unconfirmed", "member", "owner", "suspended")

# What each reader gets, in the order above. 303 and 302 lead away (to sign in, or back after a change).
EVERYBODY = (200, 200, 200, 200, 200)
MEMBERS = (303, 200, 200, 200, 303)
WRITERS = (303, 403, 303, 303, 303)
# A text that a redirect would lose is kept on a page.
AUTHORS = (401, 403, 303, 303, 401)
CHECKED_FORM = (303, 422, 422, 422, 303)
TABLE: dict[str, tuple[int, int, int, int, int]] = {
    "GET static": EVERYBODY,
    "GET bootstrap.static": EVERYBODY,
    "GET main.home": EVERYBODY,
    "GET main.explore": EVERYBODY,
    "GET main.tag": EVERYBODY,
    "GET main.search": EVERYBODY,
    "GET main.suggestions": EVERYBODY,
    # Only the door of a process that holds connections asks it for anything.
    "GET main.connect": (404, 404, 404, 404, 404),
    "GET main.news": MEMBERS,
    "GET main.told_now": (303, 404, 404, 404, 303),
    # The owner's own post is not new to them, and nobody follows them.
    "GET main.new_posts": (303, 204, 204, 204, 303),
    "GET main.compose": MEMBERS,
    "POST main.publish": AUTHORS,
    "GET main.post": EVERYBODY,
    "GET main.post_piece": EVERYBODY,
    "POST main.reply": AUTHORS,
    "GET main.edit_post": (303, 403, 403, 200, 303),
    "POST main.edit_post": (401, 403, 403, 303, 401),
    "GET main.delete_post": (303, 403, 403, 200, 303),
    "POST main.delete_post": (303, 403, 403, 303, 303),
    "POST main.like": WRITERS,
    "POST main.unlike": (303, 303, 303, 303, 303),
    "GET main.likers": EVERYBODY,
    # The post is in the readers' own language.
    "POST main.translate": (303, 403, 404, 404, 303),
    "GET main.translation": (303, 403, 404, 404, 303),
    "GET main.profile": EVERYBODY,
    "GET main.profile_replies": EVERYBODY,
    "GET main.profile_likes": EVERYBODY,
    "GET main.followers": EVERYBODY,
    "GET main.following": EVERYBODY,
    "GET main.card": EVERYBODY,
    "POST main.follow": (303, 403, 303, 403, 303),
    "POST main.unfollow": (303, 303, 303, 303, 303),
    "GET main.block": (303, 200, 200, 403, 303),
    "POST main.block": (303, 303, 303, 403, 303),
    "POST main.unblock": (303, 303, 303, 303, 303),
    "POST main.mute": (303, 303, 303, 403, 303),
    "POST main.unmute": (303, 303, 303, 303, 303),
    "GET main.settings_blocks": MEMBERS,
    "GET main.settings_mutes": MEMBERS,
    "GET main.messages": MEMBERS,
    # The owner of the name is the one person to whom they cannot write.
    "GET main.talk": (303, 200, 200, 404, 303),
    "POST main.send_message": (401, 403, 303, 404, 401),
    "GET main.new_messages": (303, 200, 200, 404, 303),
    # There is a conversation only for those who have one; tests/main/test_messages.py has.
    "POST main.read_messages": (303, 404, 404, 404, 303),
    "GET main.delete_talk": (303, 404, 404, 404, 303),
    "POST main.delete_talk": (303, 404, 404, 404, 303),
    "GET main.delete_message": (303, 404, 404, 404, 303),
    "POST main.delete_message": (303, 404, 404, 404, 303),
    "GET main.settings": (303, 302, 302, 302, 303),
    "GET main.settings_profile": MEMBERS,
    "POST main.settings_profile": (401, 303, 303, 303, 401),
    "GET main.settings_display": MEMBERS,
    "POST main.settings_display": (303, 303, 303, 303, 303),
    "GET main.settings_account": MEMBERS,
    "POST main.change_username": CHECKED_FORM,
    "POST main.change_email": CHECKED_FORM,
    "POST main.change_password": CHECKED_FORM,
    "GET main.notifications": MEMBERS,
    "GET main.new_notifications": (303, 400, 400, 400, 303),
    "POST main.read_notifications": (303, 400, 400, 400, 303),
    "POST main.read_notification": (303, 204, 204, 204, 303),
    "GET main.settings_notifications": MEMBERS,
    "POST main.settings_notifications": (303, 303, 303, 303, 303),
    "GET main.settings_sessions": MEMBERS,
    "POST main.end_session": (303, 303, 303, 303, 303),
    "POST main.end_other_sessions": (303, 303, 303, 303, 303),
    "GET main.settings_tokens": MEMBERS,
    "POST main.make_token": CHECKED_FORM,
    "GET main.settings_exports": MEMBERS,
    "POST main.start_export": (303, 303, 303, 303, 303),
    "GET main.export_progress": (303, 404, 404, 303, 303),
    "POST main.cancel_export": (303, 404, 404, 303, 303),
    "GET main.export_file": (303, 404, 404, 200, 303),
    "POST main.end_token": (303, 303, 303, 303, 303),
    # Without the letter's token there is nothing to stop; tests/main/test_letters.py has one.
    "GET main.ask_to_stop_letters": (404, 404, 404, 404, 404),
    "POST main.stop_letters": (404, 404, 404, 404, 404),
    "POST main.set_language": (303, 303, 303, 303, 303),
    "GET main.healthz": EVERYBODY,
    "GET main.readyz": EVERYBODY,
    "GET mailbox.mailbox": EVERYBODY,
    "GET mailbox.letter": (404, 404, 404, 404, 404),
    "GET auth.signup": (200, 302, 302, 302, 200),
    "POST auth.signup": (422, 302, 302, 302, 422),
    "GET auth.login": (200, 302, 302, 302, 200),
    "POST auth.login": (422, 422, 422, 422, 422),
    # Pages ask for the sign-in that they were rendered for; this one names none.
    "GET auth.held": (204, 409, 409, 409, 204),
    "POST auth.logout": (303, 303, 303, 303, 303),
    "GET auth.confirm": (303, 200, 302, 302, 303),
    "POST auth.confirm": (303, 422, 302, 302, 303),
    "POST auth.resend_code": (303, 303, 303, 303, 303),
    "GET auth.forgot": EVERYBODY,
    "POST auth.forgot": (422, 422, 422, 422, 422),
    "GET auth.open_reset": (302, 302, 302, 302, 302),
    "GET auth.reset": (410, 410, 410, 410, 410),
    "POST auth.reset": (410, 410, 410, 410, 410),
    "GET api.entry": EVERYBODY,
    "GET api-docs.openapi_json": EVERYBODY,
    "GET reference.page": EVERYBODY,
    "GET errors.problems": EVERYBODY,
    "GET errors.problem": EVERYBODY,
    # A browser's cookie says nothing to programs; what tokens open is in tests/api.
    "GET api.me": (401, 401, 401, 401, 401),
    "PATCH api.edit_me": (401, 401, 401, 401, 401),
    "POST api.confirm": (401, 401, 401, 401, 401),
    "GET api.home": (401, 401, 401, 401, 401),
    "GET api.explore": EVERYBODY,
    "GET api.tagged": EVERYBODY,
    "GET api.posts_list": EVERYBODY,
    "POST api.publish": (401, 401, 401, 401, 401),
    "GET api.post": EVERYBODY,
    "PATCH api.edit": (401, 401, 401, 401, 401),
    "DELETE api.delete": (401, 401, 401, 401, 401),
    "GET api.translation": (401, 401, 401, 401, 401),
    "PUT api.translate_post": (401, 401, 401, 401, 401),
    "GET api.replies": EVERYBODY,
    "POST api.reply": (401, 401, 401, 401, 401),
    "GET api.thread": EVERYBODY,
    "GET api.likers": EVERYBODY,
    "PUT api.like": (401, 401, 401, 401, 401),
    "DELETE api.unlike": (401, 401, 401, 401, 401),
    "GET api.users_list": EVERYBODY,
    "GET api.user": EVERYBODY,
    "GET api.posts_by": EVERYBODY,
    "GET api.replies_by": EVERYBODY,
    "GET api.liked_by": EVERYBODY,
    "GET api.followers": EVERYBODY,
    "GET api.following": EVERYBODY,
    "POST api.sign_up": (415, 415, 415, 415, 415),
    "PATCH api.edit_profile": (401, 401, 401, 401, 401),
    "PUT api.follow": (401, 401, 401, 401, 401),
    "DELETE api.unfollow": (401, 401, 401, 401, 401),
    "POST api.resend_code": (401, 401, 401, 401, 401),
    "POST api.change_password": (401, 401, 401, 401, 401),
    "POST api.change_email": (401, 401, 401, 401, 401),
    "POST api.change_username": (401, 401, 401, 401, 401),
    "GET api.own_sessions": (401, 401, 401, 401, 401),
    "DELETE api.end_sessions": (401, 401, 401, 401, 401),
    "GET api.session": (401, 401, 401, 401, 401),
    "DELETE api.end_session": (401, 401, 401, 401, 401),
    "GET api.own_blocks": (401, 401, 401, 401, 401),
    "PUT api.block": (401, 401, 401, 401, 401),
    "DELETE api.unblock": (401, 401, 401, 401, 401),
    "GET api.own_mutes": (401, 401, 401, 401, 401),
    "PUT api.mute": (401, 401, 401, 401, 401),
    "DELETE api.unmute": (401, 401, 401, 401, 401),
    "GET api.conversations": (401, 401, 401, 401, 401),
    "POST api.send_message": (401, 401, 401, 401, 401),
    "GET api.conversation": (401, 401, 401, 401, 401),
    "DELETE api.delete_conversation": (401, 401, 401, 401, 401),
    "PUT api.read_conversation": (401, 401, 401, 401, 401),
    "GET api.messages_with": (401, 401, 401, 401, 401),
    "POST api.write_to": (401, 401, 401, 401, 401),
    "GET api.message": (401, 401, 401, 401, 401),
    "DELETE api.delete_message": (401, 401, 401, 401, 401),
    "GET api.search_posts": EVERYBODY,
    "GET api.search_users": EVERYBODY,
    "GET api.search_tags": EVERYBODY,
    "GET api.search_suggestions": EVERYBODY,
    "GET api.own_tasks": (401, 401, 401, 401, 401),
    "POST api.start_task": (401, 401, 401, 401, 401),
    "GET api.task": (401, 401, 401, 401, 401),
    "PUT api.cancel_task": (401, 401, 401, 401, 401),
    "GET api.task_file": (401, 401, 401, 401, 401),
    "GET api.own_notifications": (401, 401, 401, 401, 401),
    "GET api.notification": (401, 401, 401, 401, 401),
    "PUT api.read_notification": (401, 401, 401, 401, 401),
    "PUT api.read_notifications": (401, 401, 401, 401, 401),
    "GET api.notification_settings": (401, 401, 401, 401, 401),
    "PATCH api.edit_notification_settings": (401, 401, 401, 401, 401),
    "GET api.own_tokens": (401, 401, 401, 401, 401),
    "POST api.make_token": (401, 401, 401, 401, 401),
    "GET api.token": (401, 401, 401, 401, 401),
    "PATCH api.rename_token": (401, 401, 401, 401, 401),
    "DELETE api.end_token": (401, 401, 401, 401, 401),
}


def routes(app: Flask) -> set[str]:
    """Returns every route as the table names it."""
    shown = {"GET", "POST", "PUT", "PATCH", "DELETE"}
    return {
        f"{method} {rule.endpoint}"
        for rule in app.url_map.iter_rules()
        for method in shown & (rule.methods or set())
    }


def test_table_names_every_route_and_no_other(app: Flask) -> None:
    assert routes(app) == set(TABLE)


@pytest.mark.parametrize("route", TABLE)
def test_readers_get_what_the_table_says(app: Flask, cast: Cast, route: str) -> None:
    method, endpoint = route.split()
    got = tuple(ask(app, Cast(app), reader, method, endpoint) for reader in READERS)
    assert got == TABLE[route]


def ask(app: Flask, cast: Cast, reader: str, method: str, endpoint: str) -> int:
    """Returns the status a reader gets for somebody's post, profile or form."""
    owner = cast.member(f"주인_{reader}")
    post = cast.post(owner, "누구의 글")
    who = {
        "stranger": lambda: Visitor(app),
        "unconfirmed": lambda: cast.member(f"새내기_{reader}", confirmed=False),
        "member": lambda: cast.member(f"손님_{reader}"),
        "owner": lambda: owner,
        "suspended": lambda: cast.member(f"정지_{reader}"),
    }[reader]()
    if reader == "suspended":
        app.test_cli_runner().invoke(args=["users", "suspend", who.username])
    values = {"id": post, "username": owner.username, "name": "태그", "who": owner.username, "target": "en"}
    values |= {"timeline": "home", "kind": "not-found"}
    if "export" in endpoint:
        values["id"] = cast.export(owner)
    if endpoint.endswith("static"):
        values = {"filename": "css/hanmadi.css" if endpoint == "static" else "css/bootstrap.min.css"}
    rule = next(rule for rule in app.url_map.iter_rules(endpoint) if method in (rule.methods or set()))
    path = app.url_map.bind("localhost").build(endpoint, {name: values[name] for name in rule.arguments})
    return who.client.open(
        path, method=method, data={"body": "고친 글"} if method == "POST" else None
    ).status_code
