import { isLibraryPath } from '../../library-path.ts';

/** Which files have a tab, in order, and which one is shown. */
export class OpenFiles {
  #paths: string[] = [];
  #active: string | undefined;
  #isFirst = true;

  get paths(): readonly string[] { return this.#paths; }
  get active(): string | undefined { return this.#active; }

  open(path: string): void {
    if (!this.#paths.includes(path)) this.#paths = [...this.#paths, path];
    this.#active = path;
  }

  close(path: string): void {
    const index = this.#paths.indexOf(path);
    this.#paths = this.#paths.filter((one) => one !== path);
    if (this.#active === path) this.#active = this.#paths[Math.min(index, this.#paths.length - 1)];
  }

  rename(from: string, to: string): void {
    this.#paths = this.#paths.map((path) => (path === from ? to : path));
    if (this.#active === from) this.#active = to;
  }

  /** Drops tabs of files of the draft that are gone; the first time, opens what was open before, as far as it is there, else the app's entry. */
  keep(existing: readonly string[], recall: () => unknown): void {
    if (existing.length === 0) return;
    for (const path of this.#paths) if (!existing.includes(path) && !isLibraryPath(path)) this.close(path);
    if (!this.#isFirst) return;
    this.#isFirst = false;
    if (this.#active === undefined) for (const path of [recall()].flat() as string[]) if (existing.includes(path)) this.open(path);
    const entry = existing.find((path) => path === 'main.py') ?? existing.find((path) => path.endsWith('.py')) ?? existing[0];
    if (entry !== undefined && this.#active === undefined) this.open(entry);
  }

  clear(): void {
    this.#paths = [];
    this.#active = undefined;
    this.#isFirst = true;
  }
}
