"""Who is there on the site of the made-up requests, and what they have.

It imports nothing: Hypothesis makes up requests from the constants of all our modules it finds in its process, so with
more of them any change elsewhere would change the requests.
"""

NAME, PASSWORD = "casewriter", "four plain words together"
# Whom the member writes to, with whom no conversation is kept, and who gets blocked; the first two are not among the
# people of schemathesis.toml. The others are, and are followed and muted.
PARTNER, FORGOTTEN, BLOCKED, OTHERS = "4", "6", "8", ("1", "2", "3", "5")
MESSAGES = 40  # So many were exchanged with each of the first two.
POSTS = 60
# The member's own posts, by what is done to them; they come behind those of the others.
OWN = {"DELETE": range(POSTS + 1, POSTS + 21), "PATCH": range(POSTS + 21, POSTS + 41)}
