"""What scripts find wrong with the page that they run in: run off the screen, hidden focus, marks in colour alone."""

OUTSIDE = """
() => {
  const width = document.documentElement.clientWidth;
  // What scrolls or is cut on purpose holds what is wider than it.
  const holds = (place) => {
    for (let one = place; one && one !== document.body; one = one.parentElement) {
      const style = getComputedStyle(one);
      if (style.overflowX !== "visible" || style.clipPath !== "none") return true;
    }
    return false;
  };
  const faults = [];
  for (const one of document.querySelectorAll("body *")) {
    if (one.closest("svg, dialog, .visually-hidden, .skip, .toasts")) continue;
    const box = one.getBoundingClientRect();
    if (!box.width || !box.height || !one.checkVisibility({ visibilityProperty: true })) continue;
    const what = () => {
      const place = `${Math.round(box.left)}-${Math.round(box.right)}`;
      return `${one.tagName}.${one.className} ${place} ${one.textContent.trim().slice(0, 20)}`;
    };
    if ((box.right > width + 1 || box.left < -1) && !holds(one.parentElement)) faults.push(what());
    // With a clip it is there for screen readers.
    if (!one.matches(".name") || getComputedStyle(one.parentElement).clipPath !== "none") continue;
    const letter = parseFloat(getComputedStyle(one).fontSize);
    const needs = Math.min(3, one.textContent.trim().length / 2) * letter;
    if (box.width < needs) faults.push(`hardly seen: ${what()}`);
  }
  if (document.documentElement.scrollWidth > width) faults.push("the page scrolls sideways");
  return faults;
}
"""
"""Finds what leaves the window, and names of which next to nothing is seen."""

HIDDEN = """
() => {
  const room = innerHeight - 160; // What is higher than the room between two bars cannot be seen whole.
  const isFixed = (one) => ["fixed", "sticky"].includes(getComputedStyle(one).position);
  // What stands in the way of a point of an element: a part of the page that does not scroll with it.
  const over = (element, x, y) => {
    const top = document.elementFromPoint(x, y);
    if (!top || element.contains(top) || top.contains(element)) return null;
    for (let one = top; one && !one.contains(element); one = one.parentElement) if (isFixed(one)) return one;
    return null;
  };
  const faults = [];
  const stops = "a[href], button, input:not([type='hidden']), textarea, select, summary, [tabindex='0']";
  for (const one of document.querySelectorAll(stops)) {
    if (one.tabIndex < 0 || !one.checkVisibility({ visibilityProperty: true }) || one.closest("dialog")) continue;
    one.focus();
    if (document.activeElement !== one) continue;
    const box = one.getBoundingClientRect();
    const name = one.outerHTML.slice(0, 90);
    if (!one.matches(":focus-visible")) faults.push(`no focus to be seen on ${name}`);
    if (box.bottom <= 0 || box.top >= innerHeight) faults.push(`out of sight: ${name}`);
    if (box.height > room) continue;
    const { left, right, top, bottom, width } = box; // Its corners may be round.
    for (const y of [top + 4, (top + bottom) / 2, bottom - 4]) {
      for (const x of [left + width / 4, (left + right) / 2, right - width / 4]) {
        const bar = over(one, x, y);
        if (bar) faults.push(`${bar.tagName}.${bar.className} hides ${name}`);
      }
    }
  }
  return [...new Set(faults)];
}
"""
"""Gives the focus to one stop after the other, and finds those that something fixed covers."""

UNMARKED = """
() => {
  const parts = [
    "backgroundColor", "backgroundImage", "color", "borderTopColor", "borderTopWidth", "outlineStyle", "fill",
    "textDecorationLine",
  ];
  const lookOf = (one, pseudo) => {
    const look = getComputedStyle(one, pseudo);
    if (pseudo && ["none", "normal"].includes(look.content)) return "";
    return parts.map((part) => look[part]).concat(look.getPropertyValue("--thumb")).join(" ");
  };
  const drawn = (one) => (getComputedStyle(one).opacity === "0" ? one.nextElementSibling : one);
  const look = (one) => [drawn(one), ...drawn(one).querySelectorAll(".icon")]
    .map((part) => [null, "::before", "::after"].map((pseudo) => lookOf(part, pseudo)).join("|")).join("||");
  const seen = (one) => one.checkVisibility({ visibilityProperty: true });
  const kind = (one) => (one.tagName === "INPUT" ? `input[type="${one.type}"]`
    : [one.tagName, ...[...one.classList].slice(0, 1)].join("."));
  const chosen = "[aria-current], .act[aria-pressed='true'], input:is([type='radio'], [type='checkbox']):checked";
  const faults = [];
  for (const one of [...document.querySelectorAll(chosen)].filter(seen)) {
    const home = one.closest(one.matches(".act") ? "main" : "nav, fieldset, form, ul, main") ?? document;
    const others = [...home.querySelectorAll(kind(one))]
      .filter((other) => seen(other) && !other.matches(chosen) && !other.disabled);
    const same = others.find((other) => look(other) === look(one));
    if (same) faults.push(`${one.outerHTML.slice(0, 90)} looks as ${same.outerHTML.slice(0, 90)}`);
  }
  return faults;
}
"""
"""Finds what is chosen and looks like what is not; to be run in forced colours, where weight and shade say nothing."""
