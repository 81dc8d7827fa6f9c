// The small card of a person over their name: after a moment of hovering or focus, never on touch, never the only way.

const WAIT = 400;
const LEAVE = 250;
const cards = new Map();
let link = null;
let card = null;
let timer = 0;

const canHover = matchMedia("(hover: hover) and (pointer: fine)");

function close() {
  clearTimeout(timer);
  card?.remove();
  card = null;
  link = null;
}

function place() {
  const around = link.getBoundingClientRect();
  const edge = 8;
  const width = card.offsetWidth;
  const left = Math.max(edge, Math.min(around.left, document.documentElement.clientWidth - width - edge));
  const below = around.bottom + edge + card.offsetHeight <= innerHeight;
  const top = below ? around.bottom + edge : Math.max(edge, around.top - card.offsetHeight - edge);
  card.style.left = `${left + scrollX}px`;
  card.style.top = `${top + scrollY}px`;
}

async function fetchCard(url) {
  const answer = await fetch(url, { headers: { "HX-Request": "true" }, credentials: "same-origin" });
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.text();
}

async function open(wanted) {
  const url = wanted.dataset.card;
  try {
    if (!cards.has(url)) cards.set(url, await fetchCard(url));
  } catch {
    return; // The card is a convenience; the profile is one click away.
  }
  if (link !== wanted || !wanted.isConnected) return;
  card?.remove();
  card = document.createElement("div");
  card.className = "hover-card";
  card.innerHTML = cards.get(url);
  document.getElementById("main").append(card);
  window.htmx?.process(card);
  place();
}

function soon(wanted) {
  if (wanted === link) { clearTimeout(timer); return; }
  close();
  link = wanted;
  timer = setTimeout(() => open(wanted), WAIT);
}

function later() {
  clearTimeout(timer);
  timer = setTimeout(close, LEAVE);
}

document.addEventListener("pointerover", (event) => {
  if (event.pointerType !== "mouse" || !canHover.matches) return;
  const wanted = event.target.closest?.("[data-card]");
  if (wanted) soon(wanted);
  else if (card?.contains(event.target)) clearTimeout(timer);
  else if (link) later();
});
document.addEventListener("focusin", (event) => {
  if (!canHover.matches) return;
  const wanted = event.target.closest?.("[data-card]");
  if (wanted?.matches(":focus-visible")) soon(wanted);
  else if (card?.contains(event.target)) clearTimeout(timer);
  else if (link) close();
});
document.addEventListener("keydown", (event) => { if (event.key === "Escape") close(); });
document.addEventListener("pointerdown", (event) => { if (card && !card.contains(event.target)) close(); });
// Following changes what a card says; the next look fetches it anew.
document.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.requestConfig?.verb === "post") cards.clear();
});
