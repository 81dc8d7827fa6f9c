"""How a member wants to be told of each kind: on the site, by mail."""

from typing import Any

from flask_login import login_required

from app.main import bp
from app.main.forms import NotificationsForm
from app.main.settings import page, saved
from app.main.viewer import viewer
from app.services.notifications import choices


@bp.route("/settings/notifications", methods=["GET", "POST"])
@login_required
def settings_notifications() -> Any:
    """Changes what a member is told on the site, and by mail."""
    kept = choices.chosen(viewer())
    form = NotificationsForm(
        data={
            "on_site": [kind for kind, choice in kept.items() if choice.on_site],
            "by_mail": [kind for kind, choice in kept.items() if choice.by_mail],
        }
    )
    if not form.validate_on_submit():
        return page("notifications", form.is_submitted(), form=form)
    on_site, by_mail = form.on_site.data, form.by_mail.data
    wishes = {kind: choices.Choice(kind in on_site, kind in by_mail) for kind in choices.KINDS}
    choices.choose(viewer(), wishes)
    return saved("main.settings_notifications")
