// What has the focus by the keyboard stands clear of the bars and of the pen. Browsers see to that by scroll-padding, but not
// for a box of several lines, of which they show the caret alone.

const FIXED = ".topbar, .bottombar, .fab, dialog";

document.addEventListener("focusin", ({ target }) => {
  if (!target.matches(":focus-visible") || target.closest(FIXED)) return;
  const { scrollPaddingTop, scrollPaddingBottom } = getComputedStyle(document.documentElement);
  const box = target.getBoundingClientRect();
  const top = parseFloat(scrollPaddingTop) || 0;
  const bottom = innerHeight - (parseFloat(scrollPaddingBottom) || 0);
  if (box.bottom > bottom && box.height < bottom - top) scrollBy(0, box.bottom - bottom);
  else if (box.top < top && box.bottom > 0) scrollBy(0, box.top - top);
});
