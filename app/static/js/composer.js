// Writing: counts characters as a person does, fills the ring, grows, and never sends twice or by a Korean Enter.

import { length } from "./count.js";

const MOST = 300;
const NEAR = 50; // From here on the number is shown,
const CLOSE = 20; // and from here on it is amber.

function announce(status, words, left) {
  const step = left < 0 ? "over" : left <= CLOSE ? "close" : left <= NEAR ? "near" : "";
  if (status.dataset.step === step) return;
  status.dataset.step = step;
  status.textContent = step ? words.replace("{}", left) : "";
}

function show(form) {
  const { body } = form.elements;
  const counter = form.querySelector("[data-counter]");
  const used = length(body.value);
  const left = MOST - used;
  const fill = counter.querySelector(".fill");
  fill.setAttribute("stroke-dasharray", `${Math.min(used, MOST)} ${MOST}`);
  fill.setAttribute("opacity", used ? "1" : "0");
  counter.classList.toggle("is-near", left >= 0 && left <= CLOSE);
  counter.classList.toggle("is-over", left < 0);
  counter.querySelector("[data-left]").textContent = left <= NEAR ? String(left).replace("-", "\u2212") : "";
  announce(counter.querySelector("[role=status]"), counter.dataset.words, left);
  form.querySelector("button[type=submit]").disabled = !body.value.trim() || left < 0;
}

// Browsers that know field-sizing let the box grow by themselves.
function grow(body) {
  if (CSS.supports("field-sizing", "content")) return;
  body.style.height = "auto";
  body.style.height = `${body.scrollHeight}px`;
}

const keyOf = (form) => form.dataset.draft && `hanmadi:draft:${form.dataset.draft}`;
const sentOf = (form) => `${keyOf(form)}:sent`;

// A text that was sent comes back only when no answer said what became of it: the network, a closed page.
function restore(form) {
  const key = keyOf(form);
  if (!key) return;
  const sent = sessionStorage.getItem(sentOf(form));
  sessionStorage.removeItem(sentOf(form));
  const answered = document.querySelector("[data-flash], [aria-invalid=true]");
  const draft = sessionStorage.getItem(key) ?? (answered ? null : sent);
  if (draft && !form.elements.body.value) form.elements.body.value = draft;
}

function keep(form) {
  const key = keyOf(form);
  if (!key) return;
  const text = form.elements.body.value;
  if (text.trim()) sessionStorage.setItem(key, text);
  else sessionStorage.removeItem(key);
}

function send(form) {
  form.setAttribute("aria-busy", "true");
  form.elements.body.readOnly = true;
  const key = keyOf(form);
  if (!key) return;
  sessionStorage.setItem(sentOf(form), form.elements.body.value);
  sessionStorage.removeItem(key);
}

function rest(form) {
  form.removeAttribute("aria-busy");
  form.elements.body.readOnly = false;
}

function prepare(form) {
  if (form.dataset.ready) return;
  form.dataset.ready = "1";
  const { body } = form.elements;
  restore(form);
  form.querySelector("[data-counter]").hidden = false;
  body.addEventListener("input", () => { keep(form); grow(body); show(form); });
  body.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing || event.keyCode === 229) return;
    if (event.ctrlKey || event.metaKey) {
      event.preventDefault();
      if (!form.querySelector("button[type=submit]").disabled) form.requestSubmit();
    }
  });
  form.addEventListener("submit", (event) => {
    if (form.getAttribute("aria-busy") === "true") { event.preventDefault(); event.stopImmediatePropagation(); return; }
    send(form);
  }, true);
  grow(body);
  show(form);
}

const prepareAll = (root) => root.querySelectorAll?.("form[data-composer]").forEach(prepare);

// The Enter that ends a composition arrives as a key of its own in some browsers; a line of text must not be sent by it.
document.addEventListener("keydown", (event) => {
  const composing = event.isComposing || event.keyCode === 229;
  if (event.key === "Enter" && composing && event.target.matches?.("input")) event.preventDefault();
}, true);

document.addEventListener("htmx:load", (event) => prepareAll(event.detail.elt.parentNode ?? document));
document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.target.closest?.("form[data-composer]");
  if (form) rest(form);
});
addEventListener("pageshow", () => document.querySelectorAll("form[data-composer]").forEach((form) => { rest(form); show(form); }));
prepareAll(document);
