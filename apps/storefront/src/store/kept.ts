/** What this page has kept: also where the browser keeps nothing, as some do in a frame or by a setting. */
const here = new Map<string, string>();

/** Keeps a text for this tab, over a reload where the browser lets it. */
export function keep(name: string, text: string): void {
  here.set(name, text);
  inTab((storage) => storage.setItem(name, text));
}

export const kept = (name: string): string | undefined =>
  here.get(name) ?? inTab((storage) => storage.getItem(name)) ?? undefined;

export function forget(name: string): void {
  here.delete(name);
  inTab((storage) => storage.removeItem(name));
}

/** Even to name `sessionStorage` may throw. */
function inTab<T>(act: (storage: Storage) => T): T | undefined {
  try {
    return act(sessionStorage);
  } catch {
    return undefined;
  }
}
