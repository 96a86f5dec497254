import { absent } from '../scene.ts';
import type { Row } from '../scene.ts';

const drawsNothing = absent('It draws nothing: what is inside of it says so, and the page hears of it by events.');

export const provider: Row = {
  states: { loading: drawsNothing, empty: drawsNothing, partial: drawsNothing, error: drawsNothing, offline: drawsNothing, 'signed-out': drawsNothing, 'no-permission': drawsNothing, 'too-much': drawsNothing },
  more: {},
};
