const fence = /^ {0,3}(```+|~~~+)/;
const heading = /^ {0,3}(#{1,6})[ \t]+(.+?)(?:[ \t]+#+)?[ \t]*$/;

/** The headings of a Markdown text outside of code blocks: level, title, and the anchor that forges give them. */
export function headings(markdown) {
  const found = [];
  const taken = new Map();
  let open = null;
  for (const line of markdown.split("\n")) {
    const mark = fence.exec(line)?.[1];
    if (mark && (open === null || mark.startsWith(open))) open = open === null ? mark : null;
    const match = open === null && heading.exec(line);
    if (match) found.push({ level: match[1].length, title: match[2], anchor: anchor(match[2], taken) });
  }
  return found;
}

function anchor(title, taken) {
  const base = title.toLowerCase().replace(/[^\p{L}\p{M}\p{N}\-_ ]/gu, "").replaceAll(" ", "-");
  const times = taken.get(base) ?? 0;
  taken.set(base, times + 1);
  return times === 0 ? base : `${base}-${times}`;
}
