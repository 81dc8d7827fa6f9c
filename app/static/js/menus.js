// Menus close when one clicks beside them or presses Esc; the question before a post is deleted; copying an address.

const opened = () => document.querySelectorAll("details.pop[open]");
const say = (text) => document.dispatchEvent(new CustomEvent("hanmadi:say", { detail: text }));

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

const dialog = document.getElementById("ask");
let asked = null;

function ask(link) {
  const form = dialog.querySelector("form");
  asked = link;
  form.action = link.href;
  form.elements.next.value = link.dataset.ask;
  dialog.showModal();
}

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[data-ask]");
  if (!link || !dialog?.showModal || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  link.closest("details")?.removeAttribute("open");
  ask(link);
});

dialog?.addEventListener("click", (event) => {
  if (event.target === dialog || event.target.closest("[data-close]")) dialog.close();
});

dialog?.addEventListener("close", () => {
  asked?.closest("details")?.querySelector("summary").focus();
  asked = null;
});

// In a timeline the post goes alone; elsewhere the page is loaded anew, because what stands around it changes too.
dialog?.addEventListener("submit", (event) => {
  const article = asked?.closest("article");
  if (!article || !("live" in asked.dataset) || !window.htmx) return;
  event.preventDefault();
  const next = article.nextElementSibling ?? article.previousElementSibling;
  const { action, elements } = event.target;
  dialog.close();
  const values = { csrf_token: elements.csrf_token.value };
  window.htmx.ajax("POST", action, { source: article, target: article, swap: "outerHTML", values }).then(() => {
    if (!article.isConnected) (next?.querySelector("a.when, a.btn") ?? document.getElementById("main")).focus();
  });
});
