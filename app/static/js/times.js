// The server writes the words of a time; this makes Flask-Moment's minute-by-minute refresh write the same ones.

const { moment, flask_moment_render_all: renderAll } = window;
const { lang } = document.documentElement;
const { justNow, minutes, hours, yesterday } = document.body.dataset;

// moment puts a number where it finds %d, and cuts at whole units like the server when rounding down.
function words() {
  const same = (text) => text;
  return {
    future: () => justNow,
    past: same,
    s: justNow,
    ss: justNow,
    m: minutes.replace("{}", "1"),
    mm: minutes.replace("{}", "%d"),
    h: hours.replace("{}", "1"),
    hh: hours.replace("{}", "%d"),
    d: yesterday,
    dd: (days) => new Intl.RelativeTimeFormat(lang).format(-days, "day"),
  };
}

moment.updateLocale(lang === "ko" ? "ko" : "en", { relativeTime: words() });
moment.relativeTimeRounding(Math.floor);
moment.relativeTimeThreshold("s", 60);
moment.relativeTimeThreshold("m", 60);
moment.relativeTimeThreshold("h", 24);
moment.relativeTimeThreshold("d", 365);

// Pieces that htmx brings are rendered when they arrive; Flask-Moment itself looks at the page once.
document.addEventListener("htmx:load", renderAll);
