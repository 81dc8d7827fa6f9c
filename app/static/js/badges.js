// The numbers of what is new, beside the bell and the envelope, and before the title of the page.

const MOST = 99;
const title = document.title;

const shown = (number) => (number > MOST ? `${MOST}+` : String(number));

export function showNumbers(numbers) {
  for (const [name, number] of Object.entries(numbers)) {
    for (const badge of document.querySelectorAll(`[data-badge="${name}"]`)) {
      badge.hidden = !number;
      (badge.querySelector("[data-number]") ?? badge).textContent = shown(number);
    }
  }
  const all = Object.values(numbers).reduce((sum, number) => sum + number, 0);
  document.title = all ? `(${shown(all)}) ${title}` : title;
}
