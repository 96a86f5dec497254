import { readFileSync } from 'node:fs';
import { connect, readArguments } from './connect.ts';

/** An app for each student of a class: what is live of the exercise, under their name, with the names of its variables and none of its secrets. */
const [appId, csv] = readArguments(2, 'clone-for-class.ts <app id> <students.csv>') as [string, string];
const fapi = connect();

const students = readFileSync(csv, 'utf8').split('\n').slice(1).map((line) => line.split(',').map((cell) => cell.trim())).filter(([id]) => id);
const exercise = await fapi.apps.read(appId);
for (const [id, name] of students) {
  // The key makes it safe to run the script again after a failure: nobody gets a second app.
  const app = await fapi.apps.clone(appId, { title: `${exercise.title}: ${name ?? id}`, from: 'live', environment: 'keys', deploy: true, labels: [`student-${id}`] }, { idempotencyKey: `class-${appId}-${id}` });
  console.log(`${id},${app.id},${app.url}`);
}
fapi.close();
