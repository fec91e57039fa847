import MarkdownIt from "markdown-it";

// Raw HTML of a document stays text: what comes out is safe to show.
const markdown = new MarkdownIt({ html: false, linkify: true, typographer: true });

/** `text`, which is CommonMark with tables and strikethrough, as HTML. */
export function toHtml(text) {
  return markdown.render(text);
}

/** The headings of `text`, in order. */
export function outline(text) {
  const tokens = markdown.parse(text, {});
  return tokens
    .map((token, i) => ({ token, content: tokens[i + 1] }))
    .filter(({ token }) => token.type === "heading_open")
    .map(({ token, content }) => ({ level: Number(token.tag.slice(1)), title: content.content }));
}
