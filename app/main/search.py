"""The page of the search, and the suggestions under the search box."""

from typing import Any

from flask import Response, make_response, render_template, request

from app import limits
from app.main import bp
from app.main.timelines import beside
from app.main.viewer import viewer, wanted, wants_piece
from app.services import search

TABS = ("posts", "people", "tags")
SUGGESTIONS_LAST = 10  # Seconds: as long as somebody types, deletes and types again.


@bp.get("/search", endpoint="search")
@limits.searches
def results() -> str:
    """Shows what is found for a text: posts, people or tags."""
    tab, sort = chosen_tab(), chosen_sort()
    budget = search.Budget()
    found = find(request.args.get("q", ""), tab, sort, budget)
    shown = {"results": found, "tab": tab, "sort": sort.value}
    if wants_piece():
        return render_template("parts/search_page.html", **shown)
    numbers = search.numbers(found.text, viewer(), budget)
    return render_template("main/search.html", **shown, numbers=numbers, **beside())


def find(text: str, tab: str, sort: search.Sort, budget: search.Budget) -> search.Results[Any]:
    """Returns what is found in a tab of the page."""
    if tab == "people":
        return search.people(text, viewer(), wanted(), budget)
    if tab == "tags":
        return search.tags(text, viewer(), wanted(), budget)
    return search.posts(text, viewer(), wanted(), sort, budget)


def chosen_tab() -> str:
    """Returns the tab that the address names, or the first one."""
    tab = request.args.get("tab", "")
    return tab if tab in TABS else TABS[0]


def chosen_sort() -> search.Sort:
    """Returns the order that the address names, or what fits best first."""
    try:
        return search.Sort(request.args.get("sort"))
    except ValueError:
        return search.Sort.RELEVANCE


@bp.get("/search/suggestions")
@limits.suggestions
def suggestions() -> Response:
    """Returns what may be meant by the text that is being typed."""
    text = request.args.get("q", "")
    found = search.suggest(text, viewer())
    page = render_template("parts/suggestions.html", found=found, typed=lambda word: search.typed(word, text))
    answer = make_response(page)
    answer.cache_control.private = True
    answer.cache_control.max_age = SUGGESTIONS_LAST
    return answer
