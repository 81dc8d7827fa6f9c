// Where a private message is written: grows, sends with Enter on a desk and never with the Enter of a Korean syllable, keeps
// what was typed until it has arrived.

import { length } from "./count.js";
import { say, send } from "./pieces.js";

const MOST = 1000;
const onDesk = matchMedia("(hover: hover) and (pointer: fine)");

// Not randomUUID: that is to be had behind TLS only.
function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

class Writing {
  constructor(form, talk) {
    this.form = form;
    this.talk = talk;
    this.box = form.elements.body;
    this.note = form.querySelector(".invalid-feedback");
    this.draft = `hanmadi:draft:${form.dataset.draft}`;
    this.waiting = [];
    this.isSending = false;
    this.isComposing = false;
    this.again = null; // What has not arrived, and under which key it went.
    this.restore();
    this.listen();
    if (onDesk.matches) this.box.focus({ preventScroll: true });
    this.box.enterKeyHint = onDesk.matches ? "send" : "enter";
  }

  listen() {
    const { form, box } = this;
    box.addEventListener("compositionstart", () => { this.isComposing = true; });
    box.addEventListener("compositionend", () => { this.isComposing = false; });
    box.addEventListener("input", () => { this.keep(); this.show(); });
    box.addEventListener("keydown", (event) => this.key(event));
    form.addEventListener("submit", (event) => this.submit(event));
  }

  key(event) {
    if (event.key !== "Enter" || event.isComposing || event.keyCode === 229 || event.shiftKey || event.altKey) return;
    if (!onDesk.matches && !event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    if (this.box.value.trim() && !this.isOver()) this.form.requestSubmit();
  }

  isOver() { return length(this.box.value) > MOST; }

  // Browsers that know field-sizing let the box grow by themselves.
  show() {
    const { box, note, form } = this;
    const over = length(box.value) - MOST;
    const words = over > 0 ? form.dataset.over.replace("{}", over) : "";
    if (note.textContent !== words) note.textContent = words;
    if (over > 0) box.setAttribute("aria-invalid", "true");
    else box.removeAttribute("aria-invalid");
    form.querySelector("[type=submit]").disabled = over > 0;
    if (CSS.supports("field-sizing", "content")) return;
    box.style.height = "auto";
    box.style.height = `${box.scrollHeight}px`;
  }

  // Where older messages are shown the page goes to the newest ones, as it does without a script.
  submit(event) {
    if (!this.talk.isLatest) { this.leave(); return; }
    event.preventDefault();
    const text = this.box.value;
    if (!text.trim() || this.isOver()) return;
    const key = this.again?.text === text ? this.again.key : newKey();
    this.again = null;
    this.waiting.push({ text, key, row: this.bubble(text) });
    this.box.value = "";
    this.keep();
    this.show();
    this.box.focus();
    this.sendAll();
  }

  // What is sent by loading the page is a draft no longer; it comes back where the next page does not show it as sent.
  leave() {
    sessionStorage.setItem(`${this.draft}:sent`, this.box.value);
    sessionStorage.removeItem(this.draft);
  }

  wasSent(text) {
    const words = (said) => said.replace(/\s+/g, " ").trim();
    return this.talk.rows(".is-mine").some((row) => words(row.querySelector(".bubble").textContent).endsWith(words(text)));
  }

  // Stands in the conversation until the real one comes.
  bubble(text) {
    const row = document.createElement("li");
    const line = document.createElement("div");
    const said = document.createElement("p");
    const stamp = document.createElement("p");
    row.className = "talk-row is-mine is-sending";
    line.className = "talk-row-line";
    said.className = "bubble is-mine";
    said.dir = "auto";
    said.textContent = text.trim();
    stamp.className = "stamp is-mine";
    stamp.textContent = this.form.dataset.sending;
    line.append(said);
    row.append(line, stamp);
    this.talk.body.querySelector(".talk-none")?.remove();
    this.talk.body.append(row);
    this.talk.scroller.scrollTop = 0;
    return row;
  }

  async sendAll() {
    if (this.isSending) return;
    this.isSending = true;
    try {
      while (this.waiting.length) {
        const [{ text, key, row }] = this.waiting;
        const fields = new FormData(this.form);
        for (const [name, value] of Object.entries({ body: text, key, after: this.talk.last })) fields.set(name, value);
        const fresh = await send(this.form.action, fields);
        this.waiting.shift();
        row.remove();
        this.keep();
        if (this.talk.take(fresh)) this.talk.catchUp();
        this.talk.changed();
      }
    } catch (error) {
      await this.giveBack();
      say(error.message);
    } finally {
      this.isSending = false;
    }
  }

  // What has not arrived stands in the box again, before what was typed since; a syllable in the making is finished first.
  async giveBack() {
    const { box } = this;
    if (this.isComposing) await new Promise((done) => { box.addEventListener("compositionend", done, { once: true }); });
    const lost = this.waiting.splice(0);
    for (const { row } of lost) row.remove();
    const text = lost.map((one) => one.text).join("\n");
    this.again = lost.length === 1 ? { text, key: lost[0].key } : null;
    box.value = box.value ? `${text}\n${box.value}` : text;
    this.keep();
    this.show();
  }

  keep() {
    const text = [...this.waiting.map((one) => one.text), this.box.value].filter(Boolean).join("\n");
    const key = this.waiting.length === 1 && !this.box.value ? this.waiting[0].key : this.again?.text === text && this.again.key;
    if (text.trim()) sessionStorage.setItem(this.draft, JSON.stringify({ text, key }));
    else sessionStorage.removeItem(this.draft);
  }

  restore() {
    const sent = sessionStorage.getItem(`${this.draft}:sent`);
    sessionStorage.removeItem(`${this.draft}:sent`);
    const lost = sent && !this.wasSent(sent) ? { text: sent } : null;
    const kept = JSON.parse(sessionStorage.getItem(this.draft) ?? "null") ?? lost;
    if (!kept || this.box.value) return;
    this.box.value = kept.text;
    if (kept.key) this.again = kept;
    this.show();
  }
}

export const prepareWriting = (form, talk) => new Writing(form, talk);
