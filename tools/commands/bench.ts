import { execFileSync } from 'node:child_process';
import { cpus, release, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import { definitions } from '../../bench/definitions.ts';
import { measurements } from '../../bench/measurements.ts';
import { mergeRows } from '../../bench/parts/results.ts';
import { type Figures, makeRow, type Row } from '../../bench/parts/row.ts';
import { type NotMeasured, printTable } from '../../bench/parts/table.ts';
import { root } from '../parts/paths.ts';
import { ensureBuild } from '../setup/build.ts';
import { ensureChromium, ensureRunnerEnvironment, ensureTestParts } from '../setup/parts.ts';

/** `npm run bench -- [prefix of ids ...] [--rounds=N]` */
const usage = 'npm run bench -- [the beginning of ids ...] [--rounds=N]\n\nWithout ids it measures every row, for about an hour.';
const { positionals: prefixes, values } = readArguments();
const rounds = values.rounds === undefined ? undefined : Number(values.rounds);
const isWanted = (id: string): boolean => prefixes.length === 0 || prefixes.some((prefix) => id === prefix || id.startsWith(`${prefix}.`));
const wanted = measurements.filter(({ ids }) => ids.some(isWanted));
if (wanted.length === 0) {
  console.error(`No row begins with ${prefixes.join(' or ')}; there are:\n${definitions.map(({ id }) => id).join('\n')}`);
  process.exit(2);
}

await ensureRunnerEnvironment();
await ensureTestParts();
await ensureChromium();
await ensureBuild();
const run = {
  commit: execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: root, encoding: 'utf8' }).trim(),
  machine: `${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GiB, Linux ${release()}, Node ${process.version}`,
};
const rows: Row[] = [];
const missing: NotMeasured[] = [];
for (const { ids, rounds: usual, measure } of wanted) {
  console.error(`measuring ${ids.join(', ')} ...`);
  try {
    const measured = await measure(rounds ?? usual);
    for (const id of ids) rows.push(makeRow(definitions.find((row) => row.id === id)!, (ids.length === 1 ? measured : (measured as Readonly<Record<string, Figures>>)[id]) as Figures, run));
    // After each: what was measured is not lost when the rest is interrupted.
    mergeRows(rows, definitions.map(({ id }) => id));
  } catch (error) {
    for (const id of ids) missing.push({ id, reason: error instanceof Error ? error.message : String(error) });
  }
}
printTable(rows, missing);
process.exit(missing.length > 0 ? 1 : 0);

function readArguments() {
  const options = { rounds: { type: 'string' }, help: { type: 'boolean', short: 'h' } } as const;
  try {
    const read = parseArgs({ options, allowPositionals: true });
    if (read.values.help) {
      console.log(usage);
      process.exit(0);
    }
    if (!/^[1-9]\d{0,5}$/.test(read.values.rounds ?? '1')) throw new TypeError('--rounds takes a whole number, of 1 at least');
    return read;
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${usage}`);
    process.exit(2);
  }
}
