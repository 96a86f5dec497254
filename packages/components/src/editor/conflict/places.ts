import { invertedEffects, isolateHistory } from '@codemirror/commands';
import { StateEffect, StateField } from '@codemirror/state';
import type { EditorState, Extension, Transaction, TransactionSpec } from '@codemirror/state';

/** What stands at a disputed place: one side, both, or what a hand has typed. */
export type Choice = 'mine' | 'theirs' | 'both' | 'hand';
/** UTF-16 offsets in the result; without a choice it is not decided. */
export interface Place { readonly from: number; readonly to: number; readonly choice: Choice | undefined }

const setChoices = StateEffect.define<readonly (Choice | undefined)[]>();

/** The disputed places of a result, kept where they are while it is edited. Whoever types into one has decided it; undo takes that back too. */
export const placesField = StateField.define<readonly Place[]>({
  create: () => [],
  update(places, transaction) {
    const told = transaction.effects.find((effect) => effect.is(setChoices))?.value as readonly (Choice | undefined)[] | undefined;
    if (!transaction.docChanged && !told) return places;
    return places.map((place, index) => {
      const choice = told ? told[index] : isTouched(place, transaction) ? 'hand' : place.choice;
      return { from: transaction.changes.mapPos(place.from, -1), to: transaction.changes.mapPos(place.to, isOpenEnded(place, transaction.startState) ? 1 : -1), choice };
    });
  },
});

export const placesHistory: Extension = invertedEffects.of((transaction) => {
  const [before, after] = [transaction.startState.field(placesField), transaction.state.field(placesField)];
  return before.some(({ choice }, index) => choice !== after[index]?.choice) ? [setChoices.of(before.map(({ choice }) => choice))] : [];
});

/** Puts text at a place and says whose it is, as one step of undo. */
export function choose(state: EditorState, index: number, choice: Choice, insert: string): TransactionSpec {
  const places = state.field(placesField);
  const { from, to } = places[index]!;
  return {
    changes: { from, to, insert }, effects: setChoices.of(places.map((place, at) => (at === index ? choice : place.choice))), selection: { anchor: from }, scrollIntoView: true,
    annotations: isolateHistory.of('full'),
  };
}

/** What is typed at the end of a line's end belongs to the next line; at the end of nothing, or of everything, it belongs here. */
const isOpenEnded = ({ from, to }: Place, { doc }: EditorState): boolean => from === to || to === doc.length;

function isTouched(place: Place, { changes, startState }: Transaction): boolean {
  let isIn = false;
  changes.iterChangedRanges((from, to) => {
    const isAfter = isOpenEnded(place, startState) ? from > place.to : from >= place.to;
    if (!isAfter && (to > place.from || from >= place.from)) isIn = true;
  });
  return isIn;
}
