import { open } from "cap:editor";

export function show(name) {
  try {
    return open(name);
  } catch (error) {
    return `${error.code}: ${error.message}`;
  }
}
