// Each of these ends in a limit of plugin.yaml or in an error, and the host goes on.

export function throwError() {
  return undefined.length;
}

export function loopForEver() {
  for (;;);
}

export function neverAnswer() {
  return new Promise(() => {});
}

export function recurse() {
  return 1 + recurse();
}

export function eatMemory() {
  const eaten = [];
  for (;;) eaten.push(new Array(1024).fill(eaten.length));
}
