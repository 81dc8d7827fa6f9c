// How many characters a person counts in a text.

const segmenter = "Segmenter" in Intl ? new Intl.Segmenter(undefined, { granularity: "grapheme" }) : null;

// Counted like the server: the text it keeps has no blanks at its end and no line break of two characters.
export function length(text) {
  const kept = text.normalize("NFC").replace(/[ \t]+$/gm, "").trimEnd();
  if (kept.length <= 1 || !segmenter) return [...kept].length;
  let count = 0;
  for (const _ of segmenter.segment(kept)) count += 1;
  return count;
}
