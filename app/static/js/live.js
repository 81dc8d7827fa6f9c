// Keeps an open page current: the site says that something is new, and the page asks what; where no connection can be
// had, it asks now and then.

import { io } from "../vendor/socket.io-client/socket.io.esm.min.js";
import { showNumbers } from "./badges.js";

const { news, held, every, leave } = document.querySelector("[data-news]").dataset;
const TOGETHER = 30; // Milliseconds: what comes within them is asked for once.
const NUMBERS = new Set(["notification", "badges", "message"]);

const wait = (seconds) => seconds * 1000 * (0.75 + Math.random() / 2);
const tell = (name, detail) => document.dispatchEvent(new CustomEvent(name, { detail }));

let asking = false;
let soon = 0;
let poll = 0;
let leaving = 0;

async function ask() {
  soon = 0;
  if (asking) { askSoon(); return; }
  asking = true;
  try {
    const answer = await fetch(news, { headers: { Accept: "application/json" } });
    if (answer.ok) showNumbers(await answer.json());
    // The session has ended: nothing is told here any more until somebody signs in.
    if (answer.status === 401) end();
  } catch {
    // The site cannot be reached; the connection's return, or the next turn, asks again.
  } finally {
    asking = false;
  }
}

function askSoon() {
  soon ||= setTimeout(ask, TOGETHER);
}

// What was told while nobody listened is lost, so everything is asked for.
function catchUp() {
  askSoon();
  tell("hanmadi:catch-up");
}

function pollLater() {
  clearTimeout(poll);
  poll = setTimeout(() => { catchUp(); pollLater(); }, wait(document.hidden ? every * 10 : every));
}

// After a restart of the site all pages come back, so they do not come in the same moment.
const socket = io({
  transports: ["websocket"],
  autoConnect: false,
  reconnectionDelay: 2000,
  reconnectionDelayMax: 60_000,
  randomizationFactor: 0.8,
  timeout: 10_000,
});

socket.on("connect", () => {
  clearTimeout(poll);
  const timeline = document.querySelector("[data-timeline]")?.dataset.timeline;
  if (timeline) socket.emit("watch", { timeline });
  catchUp();
});
socket.on("disconnect", pollLater);
socket.on("connect_error", askSoon);
socket.onAny((kind, ids) => {
  // The site has lost what was told for a while; not every page has to ask in the same moment.
  if (kind === "catch-up") { setTimeout(catchUp, Math.random() * 2000); return; }
  if (NUMBERS.has(kind)) askSoon();
  tell("hanmadi:news", { kind, ids });
});

function open() {
  pollLater();
  if (held) socket.connect();
}

function end() {
  socket.disconnect();
  clearTimeout(poll);
}

// A try that waits for its turn makes way for one at once.
function again() {
  if (socket.connected) return;
  socket.disconnect();
  open();
}

document.addEventListener("visibilitychange", () => {
  clearTimeout(leaving);
  if (document.hidden) leaving = setTimeout(() => { socket.disconnect(); pollLater(); }, leave * 1000);
  else if (!socket.connected) { again(); catchUp(); }
});
addEventListener("online", again);
// A page that is put aside for "back" keeps no connection; when it is shown again it is as old as it looks.
addEventListener("pagehide", end);
addEventListener("pageshow", (event) => { if (event.persisted) { open(); catchUp(); } });

open();
