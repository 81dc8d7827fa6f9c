// Shows what the member is told the moment it happens, for some seconds; it stands on the page of notifications too.

import { pieceOf, say } from "./pieces.js";

const { told } = document.querySelector("[data-told]").dataset;
const addressOf = (id) => told.replace(/0$/, id);

// Where the link would lead to what is open already, or the list itself is, there is nothing to tell.
function isHere(toast) {
  const { pathname } = new URL(toast.querySelector("a").getAttribute("href"), location.href);
  return pathname === location.pathname || document.querySelector("[data-notices], [data-kind=notification]");
}

const SEEN = "hanmadi:told";
const MOST = 200;

// A like that was taken back and given again is shown once in a tab.
function isAgain({ dataset: { once } }) {
  if (!once) return false;
  const seen = JSON.parse(sessionStorage.getItem(SEEN) ?? "[]");
  if (seen.includes(once)) return true;
  sessionStorage.setItem(SEEN, JSON.stringify([...seen, once].slice(-MOST)));
  return false;
}

document.addEventListener("hanmadi:news", async ({ detail: { kind, ids } }) => {
  if (kind !== "notification" || document.hidden) return;
  const toast = (await pieceOf(addressOf(ids.id)))?.querySelector("[data-key]");
  if (toast && !isHere(toast) && !isAgain(toast)) say(toast);
});

// Whoever goes on to it has read it; the link itself stays a plain link.
document.addEventListener("click", (event) => {
  const toast = event.target.closest?.(".toast [data-read] a")?.closest("[data-read]");
  const proof = document.querySelector("[name=csrf_token]");
  if (!toast || !proof) return;
  const form = new FormData();
  form.set("csrf_token", proof.value);
  navigator.sendBeacon(toast.dataset.read, form);
});
