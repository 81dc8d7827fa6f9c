// Pieces of pages that the site is asked for.

const HEADERS = { "HX-Request": "true" };

// What a request brought, ready to be put into the page.
export function parse(html) {
  const holder = document.createElement("template");
  holder.innerHTML = html;
  return holder.content;
}

// Null where the site cannot be reached or refuses: the next news, or the next turn, asks again.
export async function pieceOf(url) {
  try {
    const answer = await fetch(url, { headers: HEADERS });
    return answer.ok ? parse(await answer.text()) : null;
  } catch {
    return null;
  }
}

// Sends a form as a page's script does; what is refused is thrown in words for the person.
export async function send(url, fields) {
  let answer;
  try {
    answer = await fetch(url, { method: "POST", body: fields, headers: HEADERS });
  } catch {
    throw new Error(document.body.dataset.offline);
  }
  if (answer.ok) return parse(await answer.text());
  const plain = (answer.headers.get("Content-Type") ?? "").startsWith("text/plain");
  throw new Error((plain && (await answer.text()).trim().slice(0, 300)) || document.body.dataset.failed);
}

export const say = (words) => document.dispatchEvent(new CustomEvent("hanmadi:say", { detail: words }));

const LATER = "hanmadi:say";

export function sayAfterReload(words) {
  sessionStorage.setItem(LATER, words);
  location.reload();
}

// What sayAfterReload left for this page.
export function takeWords() {
  const words = sessionStorage.getItem(LATER);
  sessionStorage.removeItem(LATER);
  return words;
}

// While it runs it is not begun again; what is asked for meanwhile is done once more afterwards.
export function oneAtATime(work) {
  let running = null;
  let again = false;
  async function run() {
    try {
      do {
        again = false;
        await work();
      } while (again);
    } finally {
      running = null;
    }
  }
  return () => {
    if (running) again = true;
    else running = run();
    return running;
  };
}
