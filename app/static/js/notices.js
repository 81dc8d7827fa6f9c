// The page of notifications: whoever goes on to what one is about has read it. The link itself stays a plain link.

const list = document.querySelector("[data-notices]");

function read(notice) {
  const form = new FormData();
  form.set("csrf_token", document.querySelector("[name=csrf_token]").value);
  navigator.sendBeacon(notice.dataset.read, form);
  notice.classList.remove("is-new");
  notice.querySelector("[data-new-word]")?.remove();
  notice.removeAttribute("data-read");
}

// With the middle button, or a key held, it is opened beside this page, and is read as well.
for (const name of ["click", "auxclick"]) {
  list?.addEventListener(name, (event) => {
    const notice = event.target.closest("a")?.closest("[data-read]");
    if (notice && event.button !== 2) read(notice);
  });
}
