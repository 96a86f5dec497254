import type { AppFile } from '@fapi/sdk/contract';
import { planMerge } from '@fapi/sdk/workspace';
import type { Conflict, FileConflict, MergePlan, TextConflict, WholeConflict } from '@fapi/sdk/workspace';
import type { Place } from '../../editor/conflict/conflict.ts';

/** `begun` is the text with nothing decided. */
export interface TextDecision { readonly kind: 'text'; readonly conflict: TextConflict; readonly begun: string; text: string; places: readonly Place[] }
export interface WholeDecision { readonly kind: 'whole'; readonly conflict: WholeConflict; choice: 'mine' | 'theirs' | undefined }
export type Decision = TextDecision | WholeDecision;

/** What a person has decided of a conflict so far. */
export class Decisions {
  readonly conflict: Conflict;
  /** Of the draft. */
  readonly mine: readonly AppFile[];
  readonly plan: MergePlan;
  readonly files: readonly Decision[];
  /** What was decided before stands in the place of mine: it is nowhere but here. */
  readonly isAgain: boolean;

  /** `result` is what was decided before. */
  constructor(conflict: Conflict, mine: readonly AppFile[], result?: readonly AppFile[]) {
    [this.conflict, this.mine, this.isAgain] = [conflict, mine, result !== undefined];
    this.plan = planMerge({ base: conflict.base, mine: result ?? mine, theirs: conflict.theirs });
    this.files = this.plan.conflicts.map(begin);
  }

  /** Something would be lost with it. */
  get isTouched(): boolean { return this.isAgain || this.files.some((decision) => (decision.kind === 'whole' ? decision.choice !== undefined : decision.text !== decision.begun || decision.places.some(({ choice }) => choice !== undefined))); }

  /** A hand has made something of it: both sides are kept over a reload, and this is only here. */
  get isTyped(): boolean { return this.isAgain || this.files.some((decision) => decision.kind === 'text' && decision.places.some(({ choice }) => choice === 'hand')); }

  get left(): number { return this.files.reduce((sum, decision) => sum + leftOf(decision), 0); }

  /** Everything as it was decided; asked for when nothing is left. */
  resolved(): AppFile[] {
    const decided = this.files.flatMap((decision) => {
      if (decision.kind === 'text') return [{ path: decision.conflict.path, content: decision.text }];
      return (decision.choice === 'mine' ? decision.conflict.mine : decision.conflict.theirs) ?? [];
    });
    return [...this.plan.clean, ...decided].toSorted((a, b) => (a.path < b.path ? -1 : 1));
  }

  /** What was decided, against what both sides have become meanwhile: to decide is left where it and what has changed since are of the same lines. */
  onto(conflict: Conflict, mine: readonly AppFile[]): Decisions {
    const result = this.resolved();
    return new Decisions({ ...conflict, base: this.conflict.theirs }, mine, mine === this.mine ? result : over(this.mine, result, mine));
  }
}

export const leftOf = (decision: Decision): number => (decision.kind === 'whole' ? Number(decision.choice === undefined) : decision.places.filter(({ choice }) => choice === undefined).length);

/** An undecided place begins as it was before both. */
function begin(conflict: FileConflict): Decision {
  if (conflict.kind !== 'text') return { kind: 'whole', conflict, choice: undefined };
  let text = '';
  const places: Place[] = [];
  for (const { base, merged } of conflict.pieces) {
    if (merged === undefined) places.push({ from: text.length, to: text.length + base.length, choice: undefined });
    text += merged ?? base;
  }
  return { kind: 'text', conflict, begun: text, text, places };
}

/** A result that was made of `before`, with what has come into that since; where both have changed the same lines the result goes before it. */
function over(before: readonly AppFile[], result: readonly AppFile[], since: readonly AppFile[]): readonly AppFile[] {
  const { clean, conflicts } = planMerge({ base: before, mine: result, theirs: since });
  const own = conflicts.flatMap((one) => (one.kind === 'text' ? [{ path: one.path, content: one.pieces.map(({ merged, mine }) => merged ?? mine).join('') }] : one.mine ?? []));
  return [...clean, ...own];
}
