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

/** What somebody changed of what is another's, over what they had themselves. */
function layOver(own: unknown, others: unknown, changed: unknown): unknown {
  if (!isGroup(changed)) return changed;
  const [ownGroup, othersGroup] = [own, others].map((one) => (isGroup(one) ? one : {})) as [Group, Group];
  const fields = Object.entries(changed).filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(othersGroup[name]));
  return { ...ownGroup, ...Object.fromEntries(fields.map(([name, value]) => [name, layOver(ownGroup[name], othersGroup[name], value)])) };
}

type Group = Readonly<Record<string, unknown>>;
const isGroup = (value: unknown): value is Group => typeof value === 'object' && value !== null && !Array.isArray(value);

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
    if (this.#owner !== undefined) return this.#write(value);
    this.#early = { value };
    void this.#meet();
  }

  async #meet(): Promise<void> {
    const client = this.#client;
    const owner = client && (await ownerOf(client).catch(() => undefined));
    if (owner === undefined || client !== this.#client || this.#owner !== undefined) return;
    this.#owner = owner;
    const key = this.#options.key();
    const kept = key ? readKept(key) : undefined;
    const early = this.#early;
    const isOther = kept !== undefined && kept.last !== owner;
    if (early) this.#write(isOther ? layOver(kept.of[owner], kept.of[kept.last], early.value) : early.value);
    else if (isOther) keep(key, { ...kept, last: owner });
    if (isOther) this.#options.onOther();
  }

  #write(value: unknown): void {
    const [key, owner] = [this.#options.key(), this.#owner];
    this.#early = undefined;
    if (!key || owner === undefined) return;
    const others = Object.entries(readKept(key)?.of ?? {}).filter(([one]) => one !== owner);
    keep(key, { last: owner, of: Object.fromEntries([[owner, value], ...others.slice(0, ownersMax - 1)]) });
  }
}
