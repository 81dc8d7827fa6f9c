// What the site says for some seconds: flashed messages, copied addresses, requests of a part of a page that failed.

import { takeWords } from "./pieces.js";

const region = document.querySelector("[data-toasts]");
const SECONDS = 5;

const WRITING = "form[data-composer], form[data-write]";
const GAP = 8;

// The region stands at the bottom, above the boxes in which people write, for what covers them is in the way.
function place() {
  region.style.bottom = "";
  if (!region.childElementCount) return;
  const shown = region.getBoundingClientRect();
  let { bottom } = shown;
  const boxes = [...document.querySelectorAll(WRITING)].map((form) => form.getBoundingClientRect());
  for (const box of boxes.sort((one, other) => other.bottom - one.bottom)) {
    const apart = box.top >= bottom || box.bottom <= bottom - shown.height || box.right <= shown.left || box.left >= shown.right;
    if (!apart && box.top - GAP - shown.height > GAP) bottom = box.top - GAP;
  }
  if (bottom !== shown.bottom) region.style.bottom = `${innerHeight - bottom}px`;
}

function leaveLater(toast) {
  let timer = 0;
  const wait = () => { timer = setTimeout(() => toast.remove(), SECONDS * 1000); };
  for (const name of ["pointerenter", "focusin"]) toast.addEventListener(name, () => clearTimeout(timer));
  for (const name of ["pointerleave", "focusout"]) toast.addEventListener(name, wait);
  wait();
}

function bodyOf(text) {
  const body = document.createElement("div");
  body.className = "toast-body";
  body.textContent = text;
  return body;
}

// Text, or the body of a toast as the server has made it; one of the same key takes the place of the one before.
function say(what) {
  const toast = document.createElement("div");
  const body = what instanceof Element ? what : bodyOf(what);
  if (body.dataset.key) region.querySelector(`[data-key="${body.dataset.key}"]`)?.parentElement.remove();
  toast.className = "toast show";
  toast.append(body);
  region.append(toast);
  leaveLater(toast);
  place();
}

// A live region tells what is put into it, not what it held from the beginning.
for (const toast of [...region.children]) {
  region.append(toast);
  leaveLater(toast);
}
const kept = takeWords();
if (kept) say(kept);
place();
for (const name of ["scroll", "resize"]) addEventListener(name, place, { passive: true });
for (const name of ["input", "focusin"]) document.addEventListener(name, place);

document.addEventListener("hanmadi:say", (event) => say(event.detail));

const isPage = (xhr) => (xhr.getResponseHeader("Content-Type") ?? "").startsWith("text/html");

// A refused form comes back as a piece of a page, with its reasons: it takes the form's place.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr } = event.detail;
  if (xhr.status === 422 && isPage(xhr)) {
    event.detail.shouldSwap = true;
    event.detail.isError = false;
  }
});

document.addEventListener("htmx:responseError", (event) => {
  const { xhr } = event.detail;
  const plain = (xhr.getResponseHeader("Content-Type") ?? "").startsWith("text/plain");
  say((plain && xhr.responseText.trim().slice(0, 300)) || document.body.dataset.failed);
});

for (const name of ["htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(name, () => say(document.body.dataset.offline));
}

// Focus stays on the button that was replaced, whatever else arrives between its going and its coming.
let wasInside = false;
document.addEventListener("htmx:beforeSwap", (event) => { wasInside ||= event.detail.target.contains(document.activeElement); });
document.addEventListener("htmx:load", (event) => {
  if (!wasInside || !event.detail.elt.matches?.("form, article, li")) return;
  wasInside = false;
  if (document.activeElement !== document.body) return; // The reader has gone on meanwhile.
  const { elt } = event.detail;
  (elt.querySelector("[data-focus]") ?? elt.querySelector("button, summary, a.when"))?.focus();
});
