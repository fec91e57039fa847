import { get, set } from "cap:storage";

const defaults = { theme: "light", wrap: true, tabWidth: 4 };
const themes = ["light", "dark", "high contrast"];

/** Every setting with its value. */
export async function list() {
  const values = await Promise.all(Object.keys(defaults).map(async (name) => [name, await read(name)]));
  return Object.fromEntries(values);
}

export async function toggleWrap() {
  return write("wrap", !(await read("wrap")));
}

export async function nextTheme() {
  const theme = await read("theme");
  return write("theme", themes[(themes.indexOf(theme) + 1) % themes.length]);
}

async function read(name) {
  return (await get(name)) ?? defaults[name];
}

async function write(name, value) {
  await set(name, value);
  return { [name]: value };
}
