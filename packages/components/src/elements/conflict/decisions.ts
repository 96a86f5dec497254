import type { AppFile } from '@fapi/sdk/contract';
import { planMerge } from '@fapi/sdk/workspace';
import type { Conflict, FileConflict, MergePlan, TextConflict, WholeConflict } from '@fapi/sdk/workspace';
import type { Place } from '../../editor/conflict/index.ts';

export interface TextDecision { readonly kind: 'text'; readonly conflict: TextConflict; text: string; places: readonly Place[] }
export interface WholeDecision { readonly kind: 'whole'; readonly conflict: WholeConflict; choice: 'mine' | 'theirs' | undefined }
export type Decision = TextDecision | WholeDecision;

/** What a person has decided of a conflict so far. */
export class Decisions {
  readonly conflict: Conflict;
  readonly mine: readonly AppFile[];
  readonly plan: MergePlan;
  readonly files: readonly Decision[];

  /** Takes over from `former` what was decided of files that stand as they stood. */
  constructor(conflict: Conflict, mine: readonly AppFile[], former?: Decisions) {
    this.conflict = conflict;
    this.mine = mine;
    this.plan = planMerge({ base: conflict.base, mine, theirs: conflict.theirs });
    this.files = this.plan.conflicts.map((one) => former?.files.find((decision) => JSON.stringify(decision.conflict) === JSON.stringify(one)) ?? begin(one));
  }

  get left(): number { return this.files.reduce((sum, decision) => sum + leftOf(decision), 0); }

  /** Everything as it was decided; asked for when nothing is left. */
  resolved(): AppFile[] {
    const decided = this.files.flatMap((decision) => {
      if (decision.kind === 'text') return [{ path: decision.conflict.path, content: decision.text }];
      return (decision.choice === 'mine' ? decision.conflict.mine : decision.conflict.theirs) ?? [];
    });
    return [...this.plan.clean, ...decided].toSorted((a, b) => (a.path < b.path ? -1 : 1));
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
  return { kind: 'text', conflict, text, places };
}
