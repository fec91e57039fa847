// A word is a run of letters and digits of any script. Marks belong to the letter before them; an apostrophe or a hyphen
// inside a word does not end it ("don't", "well-known").
const word = /[\p{L}\p{N}][\p{L}\p{N}\p{M}]*(?:['’\-‐][\p{L}\p{N}][\p{L}\p{N}\p{M}]*)*/gu;

/** The number of words in `text`. */
export function count(text) {
  return words(text).length;
}

/** The `limit` words used most, with how often, the most used first; case does not matter. */
export function mostUsed(text, limit = 5) {
  const counts = new Map();
  for (const found of words(text)) {
    const key = found.toLowerCase();
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const byCount = ([a, n], [b, m]) => m - n || (a < b ? -1 : 1);
  return [...counts].sort(byCount).slice(0, limit).map(([text, times]) => ({ text, times }));
}

function words(text) {
  if (typeof text !== "string") throw new TypeError(`text: expected string, found ${typeof text}`);
  return text.match(word) ?? [];
}
