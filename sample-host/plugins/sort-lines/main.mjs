import { message, replace, selection, text } from "cap:editor";

const collator = new Intl.Collator("en", { numeric: true, sensitivity: "base" });

/** Sorts the lines that the selection touches, or all of them where nothing is selected. */
export function sort() {
  return changeLines((lines) => [...lines].sort(collator.compare));
}

/** Leaves the first of every group of equal lines; empty lines stay. */
export function removeDuplicates() {
  return changeLines((lines) => {
    const seen = new Set();
    return lines.filter((line) => line === "" || (!seen.has(line) && seen.add(line)));
  });
}

function changeLines(change) {
  const whole = text();
  const range = wholeLines(whole, selection());
  const before = whole.slice(range.start, range.end);
  const lines = before.split("\n");
  const changed = change(lines);
  const after = changed.join("\n");
  if (after !== before) replace(after, range);
  message(after === before ? "Nothing to change" : `${changed.length} of ${lines.length} lines remain, in their new order`);
  return changed.length;
}

// The range grown to whole lines, without the line break at its end.
function wholeLines(whole, { start, end }) {
  if (start === end) [start, end] = [0, whole.length];
  start = start === 0 ? 0 : whole.lastIndexOf("\n", start - 1) + 1;
  if (end > start && whole[end - 1] === "\n") end -= 1;
  const next = whole.indexOf("\n", end);
  return { start, end: next < 0 ? whole.length : next };
}
