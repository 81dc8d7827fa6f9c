// How much is new above a list, posts or notifications: a link, which the reader follows when it suits; nothing moves
// by itself.

const place = document.querySelector(".new-place");
const SOON = 1500; // Milliseconds: many pages hear of a post, and need not all ask at once.
const FRESH = 2000; // A younger page does not ask: what it may have missed is told with what comes next.
let timer = 0;
let askedAt = -Infinity;

async function ask() {
  timer = 0;
  askedAt = performance.now();
  try {
    const answer = await fetch(place.dataset.new, { headers: { "HX-Request": "true" } });
    if (answer.ok) show(answer.status === 204 ? "" : await answer.text());
  } catch {
    // The number is a convenience; the next post asks again.
  }
}

// What is said already is not said again, and a link that somebody is about to press stays.
function show(html) {
  const said = document.createElement("template");
  said.innerHTML = html;
  if (said.content.textContent.trim() !== place.textContent.trim()) place.replaceChildren(said.content);
}

function askSoon() {
  if (timer) return;
  const rest = askedAt + place.dataset.gap * 1000 - performance.now();
  timer = setTimeout(ask, Math.max(rest, Math.random() * SOON));
}

if (place) {
  document.addEventListener("hanmadi:news", (event) => { if (event.detail.kind === (place.dataset.kind ?? "post")) askSoon(); });
  document.addEventListener("hanmadi:catch-up", () => { if (performance.now() > FRESH) askSoon(); });
}
