// Small help in forms: showing a password, sending once.

function reveal(field) {
  const box = document.createElement("div");
  const button = document.createElement("button");
  box.className = "secret";
  button.type = "button";
  button.textContent = field.dataset.reveal;
  button.setAttribute("aria-label", field.dataset.revealLabel);
  button.setAttribute("aria-pressed", "false");
  button.setAttribute("aria-controls", field.id);
  const typing = document.activeElement === field;
  field.before(box);
  box.append(field, button);
  if (typing) field.focus(); // Somebody was faster than the script, and moving a field takes its focus away.
  button.addEventListener("click", () => {
    const shown = field.type === "password";
    field.type = shown ? "text" : "password";
    button.setAttribute("aria-pressed", String(shown));
  });
  // A password manager and the server get a password, whatever is shown.
  field.form?.addEventListener("submit", () => { field.type = "password"; });
}

document.querySelectorAll("input[data-reveal]").forEach(reveal);

// A form that is on its way is not sent again; htmx and the composer look after their own.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post" || form.matches("[data-hx-post], [data-composer]")) return;
  if (form.getAttribute("aria-busy") === "true") event.preventDefault();
  else form.setAttribute("aria-busy", "true");
});
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[aria-busy]")) form.removeAttribute("aria-busy");
});
