import { message, replace, text } from "cap:editor";
import { headings } from "./headings.mjs";

const begin = "<!-- contents -->";
const end = "<!-- /contents -->";

/** Writes the table between its two marks, or below the first heading where there is none yet. */
export async function update() {
  const whole = text();
  const depth = await wantedDepth();
  const entries = headings(without(whole)).filter(({ level }) => level > 1 && level <= depth);
  if (entries.length === 0) {
    message("No headings below the title: nothing to list");
    return 0;
  }
  const range = place(whole);
  replace(range.start === range.end ? `\n${table(entries)}\n` : table(entries), range);
  message(`The table of contents has ${entries.length} entries`);
  return entries.length;
}

function table(entries) {
  const lines = entries.map(({ level, title, anchor }) => `${"  ".repeat(level - 2)}- [${title}](#${anchor})`);
  return [begin, ...lines, end].join("\n");
}

function without(whole) {
  const { start, end } = place(whole);
  return whole.slice(0, start) + whole.slice(end);
}

function place(whole) {
  const from = whole.indexOf(begin);
  const to = whole.indexOf(end, from);
  if (from >= 0 && to >= 0) return { start: from, end: to + end.length };
  const title = /^# .*\n/m.exec(whole);
  const at = title ? title.index + title[0].length : 0;
  return { start: at, end: at };
}

// An import of what was not granted fails, and that is how a plugin learns that it has to do without.
async function wantedDepth() {
  try {
    const { get } = await import("cap:storage");
    return (await get("depth")) ?? 3;
  } catch {
    return 3;
  }
}
