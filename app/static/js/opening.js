// Where a click leads: a post opens where it is touched, and the arrow leads back to where the reader came from.

const CONTROLS = "a, button, input, textarea, select, label, summary, details, form";
// What a form's page was for is done once one has left it.
const PASSING = /^\/auth\/|\/(compose|edit|delete|block)$/;
let busy = false; // The press that the click belongs to had something else to do.

const isPlain = (event) => event.button === 0 && !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);

function permalinkAt(target) {
  const post = target.closest?.("article.post:not(.is-editing)");
  const control = target.closest?.(CONTROLS);
  if (!post || (control && post.contains(control))) return null;
  return post.querySelector("a.when");
}

const hasSelection = () => !getSelection().isCollapsed;

document.addEventListener("pointerdown", () => {
  busy = hasSelection() || document.querySelector("details.pop[open]") !== null;
}, true);
document.addEventListener("mousedown", (event) => {
  if (event.button === 1 && permalinkAt(event.target)) event.preventDefault(); // It would begin to scroll.
});

document.addEventListener("click", (event) => {
  if (event.defaultPrevented || event.button !== 0 || event.altKey || busy || hasSelection()) return;
  const link = permalinkAt(event.target);
  if (!link) return;
  if (isPlain(event)) link.click();
  else window.open(link.href, "_blank", "noopener");
});

document.addEventListener("auxclick", (event) => {
  const link = event.button === 1 && permalinkAt(event.target);
  if (link) window.open(link.href, "_blank", "noopener");
});

// Entries of the history that are ours, the latest first; null where the browser does not tell.
function earlier() {
  const { navigation } = window;
  if (!navigation?.currentEntry) return null;
  return navigation.entries().slice(0, navigation.currentEntry.index).reverse();
}

// A reply, or another order of the replies, makes an entry of the same page; the arrow leads to another one.
function goBack() {
  const entries = earlier();
  if (entries) {
    const entry = entries.find(({ url }) => {
      const { pathname } = new URL(url);
      return pathname !== location.pathname && !PASSING.test(pathname);
    });
    if (entry) window.navigation.traverseTo(entry.key);
    return Boolean(entry);
  }
  const { referrer } = document;
  if (history.length < 2 || !referrer.startsWith(`${location.origin}/`)) return false;
  const { pathname } = new URL(referrer);
  if (pathname === location.pathname || PASSING.test(pathname)) return false;
  history.back();
  return true;
}

document.addEventListener("click", (event) => {
  if (!event.target.closest?.("a[data-back]") || !isPlain(event)) return;
  if (goBack()) event.preventDefault();
});
