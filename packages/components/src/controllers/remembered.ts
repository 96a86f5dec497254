import type { FapiClient } from '@fapi/sdk';
import type { ReactiveController, ReactiveElement } from 'lit';

/** Of so many people who use this browser. */
const ownersMax = 20;

/** Under a key of the page, by whose it is; the newest first. */
interface Kept { readonly last: string; readonly of: Readonly<Record<string, unknown>> }

/** What is there, as far as it is ours: others may write there. */
function readKept(key: string): Kept | undefined {
  try {
    const { last, of } = JSON.parse(localStorage.getItem(key) ?? '{}') as Partial<Kept>;
    return typeof last === 'string' && typeof of === 'object' && of ? { last, of } : undefined;
  } catch {
    return undefined;
  }
}

/** A browser that keeps nothing forgets it, and that is all. */
function keep(key: string, kept: Kept): void {
  try {
    localStorage.setItem(key, JSON.stringify(kept));
  } catch { /* full, or forbidden here */ }
}

const readings = new WeakMap<FapiClient, Promise<string>>();
/** Whose token it is, as the journal has it; asked once for each client. */
function ownerOf(client: FapiClient): Promise<string> {
  const known = readings.get(client) ?? client.session.read().then(({ workspaceId, subject }) => `${workspaceId}/${encodeURIComponent(subject)}`);
  readings.set(client, known);
  known.catch(() => readings.delete(client));
  return known;
}

export interface RememberedOptions {
  /** Empty for nowhere. */
  readonly key: () => string;
  readonly client: () => FapiClient | undefined;
  /** What was recalled was somebody else's: `value` has what is this person's. */
  readonly onOther: () => void;
}

/**
 * What a person chose in this browser. Until it is known who that is it is the last one's, so that what is drawn first is drawn once for who is alone with their browser;
 * nobody is asked who it is while there is nothing to recall.
 */
export class RememberedController implements ReactiveController {
  readonly #options: RememberedOptions;
  #client: FapiClient | undefined;
  #owner: string | undefined;
  /** What was chosen before it was known by whom. */
  #early: { readonly value: unknown } | undefined;

  constructor(host: ReactiveElement, options: RememberedOptions) {
    this.#options = options;
    host.addController(this);
  }

  hostUpdated(): void {
    const client = this.#options.client();
    if (client === this.#client) return;
    [this.#client, this.#owner, this.#early] = [client, undefined, undefined];
    const key = this.#options.key();
    if (key && readKept(key)) void this.#meet();
  }

  /** Undefined when nothing was remembered. */
  get value(): unknown {
    const key = this.#options.key();
    const kept = key ? readKept(key) : undefined;
    return kept?.of[this.#owner ?? kept.last];
  }

  remember(value: unknown): void {
    if (!this.#options.key()) return;
    this.#early = { value };
    if (this.#owner === undefined) void this.#meet();
    else this.#write();
  }

  async #meet(): Promise<void> {
    const client = this.#client;
    const owner = client && (await ownerOf(client).catch(() => undefined));
    if (owner === undefined || client !== this.#client || this.#owner !== undefined) return;
    this.#owner = owner;
    const key = this.#options.key();
    const kept = key ? readKept(key) : undefined;
    if (this.#early) return this.#write();
    if (!kept || kept.last === owner) return;
    keep(key, { ...kept, last: owner });
    this.#options.onOther();
  }

  #write(): void {
    const [key, owner, early] = [this.#options.key(), this.#owner, this.#early];
    this.#early = undefined;
    if (!key || owner === undefined || !early) return;
    const others = Object.entries(readKept(key)?.of ?? {}).filter(([one]) => one !== owner);
    keep(key, { last: owner, of: Object.fromEntries([[owner, early.value], ...others.slice(0, ownersMax - 1)]) });
  }
}
