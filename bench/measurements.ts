import { measureActivate } from './agent/activate.ts';
import { measureAccepts } from './control/accepts.ts';
import { measureFanout } from './control/fanout.ts';
import { measureList } from './control/list.ts';
import { measureResync } from './control/resync.ts';
import { shapeNames } from './control/shape-names.ts';
import { byteRows, measureBytes, measureLaterBytes } from './editor/bytes.ts';
import { measureCode, measureEditor } from './editor/highlighted.ts';
import { measureKeystrokes } from './editor/keystroke.ts';
import { measureLargeKeystrokes } from './editor/large.ts';
import { measureCompletion, measureFirstCompletion } from './language/completion.ts';
import { badCode } from './reports/bad-code.ts';
import { measureFlood } from './reports/flood.ts';
import { measureMemory } from './agent/memory.ts';
import { measureMetricsCpu } from './agent/metrics-cpu.ts';
import { hogs, measureNeighbour } from './agent/neighbour.ts';
import { measureReport } from './reports/report.ts';
import { measureRollback } from './agent/rollback.ts';
import { measureSwapFailures } from './agent/swap-failures.ts';
import { measureThroughput } from './agent/throughput.ts';
import { measureValidate } from './agent/validate-project.ts';
import { measureWakeFrozen, measureWakeGone } from './agent/wake.ts';
import { deployRows, measureKubernetesDeploys } from './kubernetes/deploys.ts';
import { measureKubernetesResync } from './kubernetes/resync.ts';
import { memoryCounts } from './definitions.ts';
import { projectNames } from './parts/projects.ts';
import type { Figures } from './parts/row.ts';
import { measureCallToLive } from './system/call-to-live.ts';
import { measureClickToLive } from './system/click-to-live.ts';
import { measureUnprepared } from './system/unprepared.ts';
import { shapes } from './traffic/shapes.ts';

/** What is measured in one go, for one row or for several that share their deploys. */
export interface Measurement {
  ids: readonly string[];
  /** When nobody says how many. */
  rounds: number;
  measure(rounds: number): Promise<Figures | Readonly<Record<string, Figures>>>;
}

const one = (id: string, rounds: number, measure: (rounds: number) => Promise<Figures>): Measurement => ({ ids: [id], rounds, measure });
const hogNames = Object.keys(hogs) as (keyof typeof hogs)[];
const names = Object.keys(shapes) as (keyof typeof shapes)[];

/** In the order in which they run: the quick ones first. */
export const measurements: readonly Measurement[] = [
  ...projectNames.map((name) => one(`runner.activate.${name}`, 60, (rounds) => measureActivate(name, rounds))),
  one('runner.rollback.parked', 30, measureRollback),
  one('runner.wake_frozen', 60, measureWakeFrozen),
  one('runner.wake_gone', 30, measureWakeGone),
  one('runner.throughput.direct', 10, (rounds) => measureThroughput('direct', rounds)),
  one('runner.throughput.gateway', 10, (rounds) => measureThroughput('gateway', rounds)),
  one('runner.metrics_cpu', 400, measureMetricsCpu),
  ...hogNames.map((hog) => one(`runner.neighbour_p99.${hog}`, 10, (rounds) => measureNeighbour(hog, rounds))),
  one('validate.project', 20, measureValidate),
  ...badCode.map((bad) => one(`runner.report.${bad.id}`, 10, (rounds) => measureReport(bad, rounds))),
  one('runner.report.stdout_flood', 10, measureFlood),
  ...projectNames.map((name) => one(`deploy.call_to_live.prepared.${name}`, 60, (rounds) => measureCallToLive(name, rounds))),
  ...projectNames.map((name) => one(`deploy.click_to_live.prepared.${name}`, 30, (rounds) => measureClickToLive(name, rounds))),
  ...projectNames.map((name): Measurement => {
    const id = `deploy.click_to_live.unprepared.${name}`;
    return { ids: [id, `${id}.import`], rounds: 20, async measure(rounds) {
      const { live, overImport } = await measureUnprepared(name, rounds);
      return { [id]: live, [`${id}.import`]: overImport };
    } };
  }),
  ...shapeNames.map((shape): Measurement => {
    const [accepts, delay] = [`control.accepts_per_s.${shape}`, `control.eventloop_p99.${shape}`];
    return { ids: [accepts, delay], rounds: 5, async measure(rounds) {
      const measured = await measureAccepts(shape, rounds);
      return { [accepts]: measured.accepts, [delay]: measured.delay };
    } };
  }),
  ...shapeNames.flatMap((shape) => [
    one(`control.status_fanout_p99.${shape}`, 10, (rounds) => measureFanout(shape, rounds)),
    one(`control.resync_10k.${shape}`, 3, (rounds) => measureResync(shape, rounds)),
    one(`control.list_100_summaries.${shape}`, 5, (rounds) => measureList(shape, rounds)),
  ]),
  { ids: deployRows.map((row) => `kubernetes.${row}`), rounds: 20, async measure(rounds) {
    const measured = await measureKubernetesDeploys(rounds);
    return Object.fromEntries(deployRows.map((row) => [`kubernetes.${row}`, measured[row]]));
  } },
  one('kubernetes.resync_10k', 3, measureKubernetesResync),
  one('editor.highlighted.code', 20, measureCode),
  one('editor.highlighted.editor', 20, measureEditor),
  one('editor.keystroke_p95', 10, measureKeystrokes),
  one('editor.keystroke_p95.large', 10, measureLargeKeystrokes),
  one('language.completion', 60, measureCompletion),
  one('language.first_completion', 20, measureFirstCompletion),
  ...names.map((name) => one(`runner.swap_failures.${name}`, 100, (rounds) => measureSwapFailures(name, rounds))),
  // Counted, not timed: one look says it.
  ...[...byteRows].map(([entry, row]) => one(`editor.bytes.${row}`, 1, () => measureBytes(entry))),
  one('editor.bytes.later', 1, measureLaterBytes),
  ...projectNames.flatMap((name) => memoryCounts.map((count) => one(`runner.memory.${name}.${count}`, 1, () => measureMemory(name, count)))),
];
