// Menus close when one clicks beside them or presses Esc; the questions before a post is deleted and before somebody is
// blocked; copying an address.

import { say, sayAfterReload } from "./pieces.js";

const opened = () => document.querySelectorAll("details.pop[open]");

document.addEventListener("click", (event) => {
  for (const menu of opened()) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of opened()) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

// A menu that was left with the keyboard closes too.
document.addEventListener("focusout", (event) => {
  const menu = event.target.closest?.("details.pop[open]");
  if (menu && event.relatedTarget && !menu.contains(event.relatedTarget)) menu.open = false;
});

document.addEventListener("click", async (event) => {
  const link = event.target.closest?.("a[data-copy]");
  if (!link || !navigator.clipboard || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  try {
    await navigator.clipboard.writeText(link.href);
    link.closest("details").open = false;
    link.closest("details").querySelector("summary").focus();
    say(link.dataset.copy);
  } catch {
    location.assign(link.href);
  }
});

// Says what was done. A list that has lost its last post is loaded again, for the words that stand in an empty one.
function settle(next, words) {
  if (!document.querySelector(".feed > article, .feed > .more")) { sayAfterReload(words); return; }
  (next?.querySelector("a.when, a.btn") ?? document.getElementById("main")).focus();
  say(words);
}

// What the muted wrote leaves a timeline at once.
document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.target.closest?.("form[data-leaves]");
  if (!form || !event.detail.successful) return;
  const face = (article) => article.querySelector(".post-face").href;
  const author = face(form.closest("article"));
  const articles = [...document.querySelectorAll(".feed > article")];
  const next = articles.slice(articles.indexOf(form.closest("article"))).find((article) => face(article) !== author);
  for (const article of articles) {
    if (face(article) === author) article.remove();
  }
  settle(next, event.detail.xhr.responseText);
});

const dialogOf = (link) => document.getElementById(link.dataset.dialog ?? "ask");
let asked = null;

function ask(link) {
  const dialog = dialogOf(link);
  const form = dialog.querySelector("form");
  const title = dialog.querySelector("[data-words]");
  asked = link;
  form.action = link.href;
  form.elements.next.value = link.dataset.ask;
  if (link.dataset.person) form.elements.person.value = link.dataset.person;
  if (title) title.textContent = title.dataset.words.replace("{}", () => link.dataset.name);
  dialog.showModal();
}

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[data-ask]");
  if (!link || !dialogOf(link)?.showModal || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  link.closest("details")?.removeAttribute("open");
  ask(link);
});

for (const dialog of document.querySelectorAll("dialog.dialog")) {
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog || event.target.closest("[data-close]")) dialog.close();
  });
  dialog.addEventListener("close", () => {
    asked?.closest("details")?.querySelector("summary").focus();
    asked = null;
  });
}

// In a timeline the post goes alone; elsewhere the page is loaded anew, because what stands around it changes too.
document.getElementById("ask")?.addEventListener("submit", (event) => {
  const article = asked?.closest("article");
  if (!article || !("live" in asked.dataset) || !window.htmx) return;
  event.preventDefault();
  const next = article.nextElementSibling ?? article.previousElementSibling;
  const { action, elements } = event.target;
  const { done } = event.currentTarget.dataset;
  event.currentTarget.close();
  const values = { csrf_token: elements.csrf_token.value };
  window.htmx.ajax("POST", action, { source: article, target: article, swap: "outerHTML", values }).then(() => {
    if (!article.isConnected) settle(next, done);
  });
});
