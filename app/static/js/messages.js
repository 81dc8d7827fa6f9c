// The pages of private messages: the list follows the news, an open conversation gets what comes and sends what is written.

import { oneAtATime, pieceOf } from "./pieces.js";
import { Talk } from "./talk.js";
import { prepareWriting } from "./writing.js";

const list = document.getElementById("talks");

// What "more" has brought stays below the first rows; where these are all there are, the others have gone.
function place(fresh) {
  const rows = [...fresh.querySelectorAll("li[id]")];
  const known = new Set(rows.map((row) => row.id));
  const more = fresh.querySelector(".more");
  const below = more ? [...list.querySelectorAll("li[id]")].filter((row) => !known.has(row.id)) : [];
  const link = more && (list.querySelector(".more") ?? (below.length ? null : more));
  const focused = list.contains(document.activeElement) && document.activeElement.closest("li")?.id;
  list.replaceChildren(...rows, ...below, ...(link ? [link] : []));
  for (const here of list.querySelectorAll("a.person")) {
    if (here.pathname === location.pathname) here.setAttribute("aria-current", "page");
  }
  for (const nothing of document.querySelectorAll("[data-no-talks]")) nothing.hidden = rows.length > 0;
  if (focused) document.getElementById(focused)?.querySelector("a")?.focus();
  window.htmx?.process(list);
  window.flask_moment_render_all?.();
}

const refresh = oneAtATime(async () => {
  const fresh = await pieceOf(list.dataset.rows);
  if (fresh) place(fresh);
});

const body = document.querySelector("[data-talk]");
const talk = body && new Talk(body, refresh);
const form = document.querySelector("[data-write]");
if (talk && form) prepareWriting(form, talk);

document.addEventListener("hanmadi:news", ({ detail: { kind, ids } }) => {
  if (kind === "message" || kind === "badges") refresh();
  if (kind === "message") talk?.hear(ids);
  if (kind === "read") talk?.seenBy(ids);
});

document.addEventListener("hanmadi:catch-up", () => {
  refresh();
  talk?.catchUp();
});
