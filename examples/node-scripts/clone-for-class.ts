// node clone-for-class.ts <app id> <class.csv>      An app for every student, from what is live; the CSV has the columns id,name.
// It can be run again: who has an app keeps it. Prints id,name,app,url as CSV.
import { readFile } from 'node:fs/promises';
import type { App } from '@fapi/sdk';
import { connect, readArguments } from './connect.ts';

const [exerciseId, file] = readArguments(2, 'clone-for-class.ts <app id> <class.csv>') as [string, string];
const fapi = connect();

const exercise = await fapi.apps.read(exerciseId);
const students = parseCsv(await readFile(file, 'utf8'));

// A token that is minted for these labels sees this app and no other.
const labelsOf = (id: string): string[] => [`exercise:${exercise.id}`, `student:${id}`];
const known = new Map<string, App>();
for await (const app of fapi.apps.list({ limit: 100 })) if (app.labels.includes(`exercise:${exercise.id}`)) known.set(app.labels.find((label) => label.startsWith('student:')) ?? '', app);

console.log('id,name,app,url');
for (const { id, name } of students) {
  const app = known.get(`student:${id}`) ?? (await fapi.apps.clone(exercise.id, { from: 'live', title: `${exercise.title}: ${name}`.slice(0, 80), environment: 'keys', labels: labelsOf(id), deploy: true }));
  console.log([id, quote(name), app.id, app.url].join(','));
}
fapi.close();

/** Fields may be quoted, a quote in them is doubled. The first line names the columns. */
function parseCsv(text: string): { id: string; name: string }[] {
  const [head = [], ...rows] = text.trim().split(/\r?\n/).map((line) => [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(([, quoted, bare]) => (quoted?.replaceAll('""', '"') ?? bare ?? '').trim()));
  const [idAt, nameAt] = [head.indexOf('id'), head.indexOf('name')];
  if (idAt === -1 || nameAt === -1) throw new TypeError(`${file} must have the columns id and name, and has ${head.join(', ')}`);
  return rows.map((row) => ({ id: row[idAt] ?? '', name: row[nameAt] ?? '' })).filter(({ id }) => id !== '');
}

function quote(text: string): string {
  return /[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
