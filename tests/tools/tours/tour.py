"""A tour of a running site with the generated Python client: token, lists by links, a post, a like, a search."""

import os
from base64 import b64encode

from hanmadi_client import AuthenticatedClient
from hanmadi_client.api.entry import get_entry
from hanmadi_client.api.posts import create_post, like_post, list_posts
from hanmadi_client.api.search import search_posts
from hanmadi_client.api.tokens import create_token
from hanmadi_client.api.users import get_user
from hanmadi_client.models import PostOrder, Posts, TokenOrder

site, name, password = (os.environ[key] for key in ("SITE", "NAME", "PASSWORD"))

credentials = b64encode(f"{name}:{password}".encode()).decode()
order = TokenOrder.from_dict({"name": "tour.py", "scopes": ["read", "write"]})
with AuthenticatedClient(site, credentials, prefix="Basic") as basic:
    issued = create_token.sync(client=basic, body=order)
with AuthenticatedClient(site, issued.token) as client:
    entry = get_entry.sync(client=client)
    page = list_posts.sync(client=client, per_page=5)
    assert entry.field_links.posts == "/api/posts" and len(page.items) == 5
    seen = [post.id for post in page.items]
    for _ in range(2):
        page = Posts.from_dict(client.get_httpx_client().get(page.field_links.next_).json())
        seen += [post.id for post in page.items]
    assert len(set(seen)) == 15 and page.items[0].created_at.tzinfo
    made = create_post.sync(client=client, body=PostOrder(body="tour.py"), idempotency_key="tour.py")
    liked = like_post.sync(made.id, client=client)
    assert liked.liked and liked.like_count == 1
    author = get_user.sync("1", client=client)
    found = search_posts.sync(client=client, q=f"from:{author.username}")
    assert {post.author.id for post in found.items} == {author.id}
    print(made.id)
