import { definitions } from './definitions.ts';
import { describeGoal } from './parts/row.ts';

/** The rows of docs/bench.md: made from the definitions, so that the page cannot tell of others. */
export const describeRows = (): string => ['| row | measured | beside | goal |', '|---|---|---|---|', ...definitions.map((row) => `| \`${row.id}\` | ${row.what} | ${row.peer} | ${describeGoal(row)} |`)].join('\n');

if (import.meta.main) console.log(describeRows());
