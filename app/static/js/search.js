// The search box: suggestions while one types, with the keyboard and the pointer, and in the middle of a Korean syllable.

const WAIT = 120;
const composing = (event) => event.isComposing || event.keyCode === 229;

class SearchBox {
  constructor(form) {
    this.form = form;
    this.input = form.elements.q;
    this.list = form.querySelector("[role=listbox]");
    this.status = form.querySelector("[role=status]");
    this.clear = form.querySelector("[data-clear]");
    this.options = [];
    this.at = -1;
    this.timer = 0;
    this.asking = null;
    this.prepare();
    this.listen();
  }

  prepare() {
    const { input } = this;
    input.setAttribute("role", "combobox");
    input.setAttribute("aria-autocomplete", "list");
    input.setAttribute("aria-expanded", "false");
    const key = this.form.querySelector("kbd");
    key.setAttribute("aria-hidden", "true");
    key.hidden = !matchMedia("(hover: hover) and (pointer: fine)").matches;
    this.clear.hidden = !input.value;
  }

  listen() {
    const { form, input, list, clear } = this;
    input.addEventListener("input", () => { clear.hidden = !input.value; this.later(); });
    input.addEventListener("keydown", (event) => this.key(event));
    form.addEventListener("focusout", (event) => { if (!form.contains(event.relatedTarget)) this.close(); });
    form.addEventListener("submit", () => this.close());
    // The focus stays in the box, so that the list is still there when the pointer is let go.
    list.addEventListener("pointerdown", (event) => event.preventDefault());
    list.addEventListener("mousedown", (event) => event.preventDefault());
    clear.addEventListener("click", () => { input.value = ""; clear.hidden = true; this.close(); input.focus(); });
  }

  // What waits and what was asked before is about another text.
  forget() {
    clearTimeout(this.timer);
    this.asking?.abort();
    this.asking = null;
  }

  later() {
    this.forget();
    if (this.input.value.trim()) this.timer = setTimeout(() => this.ask(), WAIT);
    else this.close();
  }

  async ask() {
    this.forget();
    this.asking = new AbortController();
    const { signal } = this.asking;
    const asked = new URLSearchParams({ q: this.input.value });
    try {
      const answer = await fetch(`${this.form.dataset.search}?${asked}`, { headers: { "HX-Request": "true" }, signal });
      const html = answer.ok ? await answer.text() : "";
      if (!signal.aborted) this.show(html);
    } catch {
      if (!signal.aborted) this.close(); // Suggestions are a convenience; the search itself is one Enter away.
    }
  }

  show(html) {
    this.list.innerHTML = html;
    this.options = [...this.list.querySelectorAll("[role=option]")];
    this.options.forEach((option, index) => { option.id = `${this.list.id}-${index}`; });
    this.list.hidden = !this.options.length;
    this.input.setAttribute("aria-expanded", String(!this.list.hidden));
    this.status.textContent = this.list.querySelector("[data-said]")?.dataset.said ?? "";
    this.choose(-1);
  }

  close() {
    this.forget();
    this.show("");
  }

  choose(at) {
    this.at = at;
    this.options.forEach((option, index) => {
      option.classList.toggle("is-on", index === at);
      option.setAttribute("aria-selected", String(index === at));
    });
    if (at < 0) { this.input.removeAttribute("aria-activedescendant"); return; }
    this.input.setAttribute("aria-activedescendant", this.options[at].id);
    this.options[at].scrollIntoView({ block: "nearest" });
  }

  // Before the first and behind the last suggestion stands the box itself.
  move(step) {
    const places = this.options.length + 1;
    this.choose(((this.at + 1 + step + places) % places) - 1);
  }

  // A key that belongs to a syllable in the making is the input method's, not ours.
  key(event) {
    if (composing(event) || event.ctrlKey || event.metaKey || event.altKey) return;
    const open = !this.list.hidden;
    const keys = {
      ArrowDown: () => (open ? this.move(1) : this.ask()),
      ArrowUp: () => open && this.move(-1),
      Escape: () => open && this.close(),
      Enter: () => open && this.at >= 0 && this.options[this.at].click(),
    };
    if (event.key === "Tab") this.close();
    if (!(event.key in keys) || keys[event.key]() === false) return;
    event.preventDefault();
    event.stopPropagation();
  }
}

const boxes = [...document.querySelectorAll("form[data-search]")].map((form) => new SearchBox(form));
addEventListener("pageshow", (event) => { if (event.persisted) boxes.forEach((box) => box.close()); });

// "/" leads to the box from wherever nothing is typed, and to the search's own page where none is shown.
document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || composing(event) || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest?.("input, textarea, select, [contenteditable], dialog")) return;
  const box = boxes.find(({ input }) => input.offsetParent);
  event.preventDefault();
  if (!box) { document.querySelector(".side-nav a[href$='/search']")?.click(); return; }
  box.input.focus();
  box.input.select();
});
