// The page of exports: it looks again when there is news of a task, and every few seconds while none come.

import { oneAtATime, pieceOf } from "./pieces.js";

const PAUSE = 250; // Milliseconds between two looks, at least.
const said = document.getElementById("export-said");
let lookedAt = Date.now();

const progress = () => document.getElementById("export-progress");
const part = () => progress() ?? document.getElementById("exports");

// Within one part of the work only the numbers change, so that the bar grows and the wheel turns on.
function goOn(shown, next) {
  for (const from of next.querySelectorAll("[data-live]")) {
    const to = shown.querySelector(`[data-live="${from.dataset.live}"]`);
    to.textContent = from.textContent;
    if ("value" in from) to.value = from.value;
  }
}

// What looks as before stays where it is, for somebody may be about to press a button of it.
function show(next) {
  const shown = next && document.getElementById(next.id);
  if (!shown || (next.dataset.state && next.dataset.state === shown.dataset.state)) return;
  if (next.dataset.step && next.dataset.step === shown.dataset.step) {
    goOn(shown, next);
  } else {
    const hadFocus = shown.contains(document.activeElement);
    shown.replaceWith(next);
    if (hadFocus) next.querySelector("[tabindex]")?.focus();
  }
  // Each part of the work is told once, and each quarter of the whole; the numbers between are not.
  if (said.textContent !== next.dataset.say) said.textContent = next.dataset.say;
}

const look = oneAtATime(async () => {
  lookedAt = Date.now();
  const piece = await pieceOf(part().dataset.look);
  if (piece) show(piece.querySelector("#export-progress, #exports"));
  await new Promise((goOnLater) => { setTimeout(goOnLater, PAUSE); });
});

document.addEventListener("hanmadi:news", (event) => {
  if (event.detail.kind === "task") look();
});

document.addEventListener("hanmadi:catch-up", () => {
  if (progress()) look();
});

setInterval(() => {
  if (progress() && Date.now() - lookedAt >= said.dataset.every * 1000) look();
}, 500);
