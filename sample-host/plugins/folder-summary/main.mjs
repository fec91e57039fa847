import { list, readText, stat } from "cap:fs";

const texts = new Set(["c", "cpp", "h", "js", "json", "md", "mjs", "ts", "txt", "yaml", "yml"]);
const mostFolders = 200;
const largestRead = 1024 * 1024;
const passedOver = /^(\.|node_modules$|build|dist$)/;

/** Files, lines and sizes by kind, for the folder `path` and those in it, but not of what tools put there. */
export async function summarise(text, path = "$WORKSPACE") {
  const total = { files: 0, folders: 0, bytes: 0, lines: 0, kinds: {} };
  const open = [path];
  while (open.length > 0 && total.folders < mostFolders) await addFolder(open.shift(), open, total);
  return total;
}

async function addFolder(path, open, total) {
  for (const entry of await list(path)) {
    if (passedOver.test(entry.name)) continue;
    const inner = `${path}/${entry.name}`;
    if (entry.type === "directory") {
      total.folders += 1;
      open.push(inner);
    } else {
      await addFile(inner, total);
    }
  }
}

async function addFile(path, total) {
  const kind = /\.([a-z0-9]+)$/i.exec(path)?.[1].toLowerCase() ?? "";
  const { size } = await stat(path);
  total.files += 1;
  total.bytes += size;
  total.kinds[kind] = (total.kinds[kind] ?? 0) + 1;
  if (texts.has(kind) && size <= largestRead) total.lines += (await readText(path)).split("\n").length - 1;
}
