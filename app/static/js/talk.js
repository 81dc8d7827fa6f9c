// An open conversation: takes in what comes, keeps the place where one reads, says what was read, and deletes for oneself.

import { oneAtATime, pieceOf, say, sayAfterReload, send } from "./pieces.js";

const NEAR = 48; // Pixels from the end that count as the end.
const idOf = (row) => Number(row.id.slice("message-".length));

export class Talk {
  constructor(body, changed) {
    this.body = body;
    this.changed = changed;
    this.scroller = body.parentElement;
    this.link = document.querySelector(".new-said");
    this.seen = Number(body.dataset.seen);
    this.isLatest = !("older" in body.dataset);
    this.catchUp = oneAtATime(() => this.ask());
    this.listen();
    body.dataset.ready = "";
    this.markRead();
  }

  listen() {
    const { body, scroller, link } = this;
    document.addEventListener("visibilitychange", () => this.markRead());
    scroller.addEventListener("scroll", () => { if (this.isAtEnd()) this.reach(); }, { passive: true });
    link.addEventListener("click", (event) => {
      if (!this.isLatest) return;
      event.preventDefault();
      scroller.scrollTop = 0;
      this.reach();
    });
    body.addEventListener("click", (event) => this.pick(event.target));
    body.addEventListener("toggle", (event) => this.place(event.target), true);
    document.addEventListener("htmx:load", () => this.tidyDays());
    document.getElementById("ask-message")?.addEventListener("submit", (event) => this.remove(event));
  }

  rows(which = "") { return [...this.body.querySelectorAll(`.talk-row[id]${which}`)]; }

  get last() { return this.rows().at(-1)?.dataset.place ?? ""; }

  // The end stands at the bottom; what lies above it has negative places.
  isAtEnd() { return Math.abs(this.scroller.scrollTop) < NEAR; }

  reach() {
    if (this.isLatest) this.link.hidden = true;
    this.markRead();
  }

  isIts(conversation) {
    const { talk } = this.body.dataset;
    return !talk || Number(talk) === conversation;
  }

  hear({ conversation }) {
    if (!this.isIts(conversation)) return;
    if (this.isLatest) this.catchUp();
    else this.link.hidden = false;
  }

  seenBy({ conversation }) { if (this.isIts(conversation)) this.catchUp(); }

  async ask() {
    if (!this.isLatest) return;
    for (let more = true; more;) {
      const fresh = await pieceOf(`${this.body.dataset.new}&${new URLSearchParams({ after: this.last })}`);
      more = fresh !== null && this.take(fresh);
    }
  }

  // Puts in what is not there yet, and tells whether there is more to ask for.
  take(fresh) {
    const wasAtEnd = this.isAtEnd();
    const state = fresh.querySelector("[data-state]");
    const waiting = this.body.querySelector(".is-sending");
    let theirs = false;
    for (const row of [...fresh.children]) {
      const { day } = row.dataset;
      const known = day ? this.body.querySelector(`[data-day="${day}"]`) : row.id && document.getElementById(row.id);
      if (known || row === state) continue;
      this.body.querySelector(".talk-none")?.remove();
      this.body.insertBefore(row, waiting);
      theirs ||= row.matches(".talk-row:not(.is-mine)");
    }
    if (state) this.know(state.dataset);
    if (wasAtEnd) this.scroller.scrollTop = 0;
    else if (theirs) this.link.hidden = false;
    window.flask_moment_render_all?.();
    this.markRead();
    return state ? "more" in state.dataset : false;
  }

  know({ state, read }) {
    this.body.dataset.talk = state;
    const mine = this.rows(".is-mine");
    const last = mine.filter((row) => idOf(row) <= Number(read)).at(-1);
    for (const row of mine) row.classList.toggle("is-last-read", row === last);
    // What has been shown goes with the conversation when it is deleted, and nothing else.
    const until = document.querySelector("#ask-talk [name=until]");
    const end = this.rows().at(-1);
    if (until && end) until.value = idOf(end);
  }

  async markRead() {
    const last = this.rows(":not(.is-mine)").at(-1);
    const before = this.seen;
    if (!last || document.hidden || !this.isLatest || !this.isAtEnd() || idOf(last) <= before) return;
    this.seen = idOf(last);
    const fields = new FormData();
    fields.set("csrf_token", document.querySelector("[name=csrf_token]").value);
    fields.set("person", this.body.dataset.person);
    fields.set("last_id", this.seen);
    try {
      await send(this.body.dataset.readAt, fields);
      this.changed();
    } catch {
      this.seen = before; // It is said again with whatever comes next.
    }
  }

  // Where nothing hovers, a touch on a message shows its menu.
  pick(target) {
    const row = target.closest("a, summary") ? null : target.closest(".bubble")?.closest(".talk-row");
    if (!row) return;
    for (const other of this.rows(".is-picked")) if (other !== row) other.classList.remove("is-picked");
    row.classList.toggle("is-picked");
  }

  // A menu opens upwards where there is no room below.
  place(menu) {
    menu.classList.remove("is-up");
    if (!menu.open) return;
    const below = menu.querySelector(".menu").getBoundingClientRect().bottom;
    menu.classList.toggle("is-up", below > this.scroller.getBoundingClientRect().bottom);
  }

  // What "earlier messages" brought may end with the day that stood above the first message until then.
  tidyDays() {
    const days = new Set();
    for (const line of this.body.querySelectorAll("[data-day]")) {
      if (days.has(line.dataset.day)) line.remove();
      days.add(line.dataset.day);
    }
  }

  async remove(event) {
    const form = event.target;
    const row = this.rows().find((one) => one.querySelector(".talk-menu a").href === form.action);
    if (!row) return;
    event.preventDefault();
    const { done } = event.currentTarget.dataset;
    event.currentTarget.close();
    try {
      await send(form.action, new FormData(form));
    } catch (error) {
      say(error.message);
      return;
    }
    const next = row.nextElementSibling ?? row.previousElementSibling;
    const day = row.previousElementSibling;
    if (day?.dataset.day && !row.nextElementSibling?.matches(".talk-row")) day.remove();
    row.remove();
    if (!this.rows().length) { sayAfterReload(done); return; }
    (next?.querySelector("summary") ?? this.scroller).focus();
    say(done);
    this.changed();
  }
}
