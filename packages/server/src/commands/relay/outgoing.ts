import type { RunnerSpec } from '@fapi/runner-controller/work';
import { markPublished } from '../../store/wishes/specs.ts';
import type { Context } from '../context.ts';
import type { Lease } from './lease.ts';

/** On their way at once: each is an answer of the bus to wait for. */
const sentAtOnce = 32;

/** Specs on their way to the bus. What is handed over comes before everything else, and marks wait until nobody waits for a deploy. */
export interface Outgoing {
  hand(spec: RunnerSpec): void;
  /** Forgets what was handed over: whoever has the lease reads it from the rows. */
  dropHanded(): void;
  sendHanded(): Promise<void>;
  /** Sends what is wanted at its turn, and between any two batches what was handed over meanwhile. */
  sendAll(specs: readonly RunnerSpec[], isWanted?: (spec: RunnerSpec) => boolean): Promise<void>;
  /** The bus has exactly this one, and its row does not say so yet. */
  isSent(spec: RunnerSpec): boolean;
  hasUnmarked(): boolean;
  /** Writes down what the bus has; stops as soon as something is handed over. */
  mark(): Promise<void>;
}

export function createOutgoing({ bus, db }: Pick<Context, 'bus' | 'db'>, lease: Pick<Lease, 'isHeld'>, signal: AbortSignal): Outgoing {
  const handed = new Map<string, RunnerSpec>();
  const unmarked = new Map<string, RunnerSpec>();
  const send = async (spec: RunnerSpec): Promise<void> => {
    if (!lease.isHeld()) return;
    await bus.specs.publish(spec, signal);
    unmarked.set(spec.appId, spec);
  };
  const isSent = ({ appId, generation, sequence }: RunnerSpec): boolean => {
    const sent = unmarked.get(appId);
    return sent?.generation === generation && sent.sequence === sequence;
  };
  const sendHanded = async (): Promise<void> => {
    for (const [appId, spec] of handed) {
      if (!isSent(spec)) await send(spec);
      if (handed.get(appId) === spec) handed.delete(appId);
    }
  };
  return {
    hand: (spec) => void handed.set(spec.appId, spec),
    dropHanded: () => handed.clear(),
    sendHanded,
    async sendAll(specs, isWanted = () => true) {
      for (let from = 0; from < specs.length; from += sentAtOnce) {
        await sendHanded();
        await Promise.all(specs.slice(from, from + sentAtOnce).filter(isWanted).map(send));
      }
    },
    isSent,
    hasUnmarked: () => unmarked.size > 0,
    async mark() {
      for (const [appId, spec] of unmarked) {
        await markPublished(db, spec);
        if (unmarked.get(appId) === spec) unmarked.delete(appId);
        if (handed.size > 0) return;
      }
    },
  };
}
