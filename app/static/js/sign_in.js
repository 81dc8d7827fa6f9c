// The sign-in that this page was rendered for: a page that comes back from the browser's back/forward cache, or that stands
// open in another tab, is shown only while that sign-in holds. Unsent texts belong to a sign-in, and end with it.

const { signIn, held } = document.body.dataset;
const PREFIX = "hanmadi:draft:";
const ANSWERS = 150; // Milliseconds that other tabs have to say that they hold an unsent text.
const root = document.documentElement;
let tabs = null; // The channel to the pages in other tabs.

const drafts = () => Object.keys(sessionStorage).filter((key) => key.startsWith(PREFIX));
const mine = (key) => key.startsWith(`${PREFIX}${signIn}:`);
const isUnsent = (key) => mine(key) && !key.endsWith(":sent");
const typed = () => [...document.querySelectorAll("form[data-draft] textarea")].some((box) => box.value.trim());
const removeDrafts = () => drafts().forEach((key) => sessionStorage.removeItem(key));
const hide = () => root.classList.add("is-away");

async function confirm() {
  hide();
  try {
    const answer = await fetch(held, { cache: "no-store" });
    if (answer.ok) { root.classList.remove("is-away"); return; }
  } catch {
    // The site cannot be reached, so nobody can say who looks at the page.
  }
  location.reload();
}

// Hidden when it is put away, so that nothing shows for a moment when it comes back.
addEventListener("pagehide", (event) => { if (event.persisted) hide(); });
addEventListener("pageshow", (event) => { if (event.persisted) { confirm(); listen(); } });
// A browser drops a page from its cache that gets a message there.
addEventListener("pagehide", () => { tabs?.close(); tabs = null; });

// What another member has left in this tab is not theirs who are signed in now.
if (signIn) {
  for (const key of drafts()) if (!mine(key)) sessionStorage.removeItem(key);
}

function listen() {
  if (!("BroadcastChannel" in window)) return;
  tabs = new BroadcastChannel("hanmadi:sign-in");
  tabs.addEventListener("message", ({ data }) => {
    if (data.asks && (typed() || drafts().some(isUnsent))) tabs.postMessage({ hasDraft: true });
    if (data.leaves) { removeDrafts(); hide(); }
    const isHidden = root.classList.contains("is-away");
    if ("opened" in data && (data.opened !== signIn || isHidden)) confirm();
  });
  tabs.postMessage({ opened: signIn });
}

listen();

function othersHaveDrafts() {
  if (!tabs) return Promise.resolve(false);
  return new Promise((answer) => {
    const said = ({ data }) => { if (data.hasDraft) answer(true); };
    tabs.addEventListener("message", said);
    setTimeout(() => { tabs.removeEventListener("message", said); answer(false); }, ANSWERS);
    tabs.postMessage({ asks: true });
  });
}

const dialog = document.getElementById("ask-out");

function leave(form) {
  removeDrafts();
  tabs?.postMessage({ leaves: true });
  HTMLFormElement.prototype.submit.call(form);
}

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.matches("form[data-signs-out]")) return;
  event.preventDefault();
  const asks = dialog?.showModal && !dialog.open && (typed() || drafts().some(isUnsent) || await othersHaveDrafts());
  if (asks) dialog.showModal();
  else leave(form);
}, true);
