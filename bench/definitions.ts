import { hogs } from './agent/neighbour.ts';
import { shapeNames } from './control/shape-names.ts';
import { byteRows } from './editor/bytes.ts';
import { badCode } from './reports/bad-code.ts';
import { projectNames, projects } from './parts/projects.ts';
import type { RowDefinition } from './parts/row.ts';
import { shapes } from './traffic/shapes.ts';

export const memoryCounts = [50, 200] as const;
const [reload, running] = ['uvicorn --reload, file write to first new answer', 'an answer of the running app'];
const atMost = (limit: number): RowDefinition['goal'] => [{ of: 'ratio', atMost: limit }];

const deploys: RowDefinition[] = projectNames.flatMap((name): RowDefinition[] => [
  { id: `deploy.click_to_live.prepared.${name}`, what: `click on Deploy in the page, after typing, to first new answer through the gateway, environment set, ${projects[name].what}`, peer: reload, unit: 'ms', goal: [{ of: 'ratio', atMost: 0.025 }, { of: 'value', atMost: 15 }] },
  { id: `deploy.call_to_live.prepared.${name}`, what: `the same without a page: the SDK's deploy call of a validated draft to first new answer, ${projects[name].what}`, peer: reload, unit: 'ms', goal: [{ of: 'ratio', atMost: 0.025 }, { of: 'value', atMost: 15 }] },
  { id: `deploy.click_to_live.unprepared.${name}`, what: `the SDK's deploy call of a draft that nobody has looked at to first new answer, environment set, ${projects[name].what}`, peer: reload, unit: 'ms', goal: atMost(0.25) },
  { id: `deploy.click_to_live.unprepared.${name}.import`, what: `the same deploys, ${projects[name].what}`, peer: 'the import of the same files in a Python that has FastAPI already', unit: 'ms', goal: [{ of: 'excess', atMost: 25 }] },
]);

const reportPeers = {
  event: { peer: 'activate of good code to first new answer', goal: atMost(3) },
  deadline: { peer: 'the deadline', goal: [{ of: 'excess', atMost: 100 }] },
  limit: { peer: 'the same code alone, in a Python that has FastAPI already, until the same limit', goal: [{ of: 'excess', atMost: 100 }] },
} satisfies Record<string, Pick<RowDefinition, 'peer' | 'goal'>>;

const runner: RowDefinition[] = [
  ...projectNames.map((name): RowDefinition => ({ id: `runner.activate.${name}`, what: `activate of an adopted draft to first new answer, ${projects[name].what}`, peer: running, unit: 'ms', goal: atMost(3) })),
  { id: 'runner.rollback.parked', what: 'rollback to a parked child to its first answer', peer: reload, unit: 'ms', goal: atMost(0.025) },
  { id: 'runner.wake_frozen', what: 'request to a frozen app to its answer', peer: running, unit: 'ms', goal: atMost(1.3) },
  { id: 'runner.wake_gone', what: 'request to an ended app to its answer', peer: 'an unprepared start: prepare, activate, first answer', unit: 'ms', goal: atMost(1.2) },
  { id: 'runner.throughput.direct', what: 'requests per second over kept connections, on the app\'s own socket', peer: 'bare uvicorn, no access log, on a socket file', unit: 'requests/s', goal: [{ of: 'ratio', atLeast: 0.95 }] },
  { id: 'runner.throughput.gateway', what: 'the same through the gateway', peer: 'bare uvicorn, no access log, on a port', unit: 'requests/s', goal: [{ of: 'ratio', atLeast: 0.9 }] },
  ...projectNames.flatMap((name) => memoryCounts.map((count): RowDefinition => ({ id: `runner.memory.${name}.${count}`, what: `memory (PSS) of agent, zygote, blanks and children of ${count} apps, ${projects[name].what}`, peer: `${count} uvicorn processes`, unit: 'MiB', goal: atMost(name === 'hello' ? 0.2 : 0.6) }))),
  ...Object.entries(shapes).map(([name, { what }]): RowDefinition => ({ id: `runner.swap_failures.${name}`, what: `failed requests over all swaps: ${what}, through the gateway`, peer: 'plain restart of uvicorn', unit: 'failed', goal: [{ of: 'value', atMost: 0 }] })),
  { id: 'runner.metrics_cpu', what: 'CPU time of a request in a child that counts', peer: 'the same child without metrics', unit: 'us CPU', goal: atMost(1.1) },
  ...Object.entries(hogs).map(([hog, what]): RowDefinition => ({ id: `runner.neighbour_p99.${hog}`, what: `an answer of an app, 99th percentile, while another one attacks: ${what}, from 2.5 s after its deploy on`, peer: 'the same app alone', unit: 'ms', goal: atMost(1.5) })),
  ...badCode.map(({ id, what, detection: { by } }): RowDefinition => ({ id: `runner.report.${id}`, what: `${what}: to the report, with a line`, unit: 'ms', ...reportPeers[by] })),
  { id: 'runner.report.stdout_flood', what: 'output without an end: to the count of dropped lines', peer: 'the second that the rate is told by', unit: 'ms', goal: [{ of: 'excess', atMost: 100 }] },
];

const validate: RowDefinition[] = [
  { id: 'validate.project', what: 'all findings of 50 files, 500 KB, without the dry import', peer: 'python -m compileall of the same, in a fresh process', unit: 'ms', goal: [{ of: 'value', atMost: 150 }] },
];

const parts = { pglite: 'PGlite', postgres_nats: 'Postgres and NATS' } as const;
const control: RowDefinition[] = shapeNames.flatMap((shape): RowDefinition[] => [
  { id: `control.accepts_per_s.${shape}`, what: `deploys with a patch that are accepted and durable, eight writers over HTTP, on ${parts[shape]}`, peer: 'the same SQL alone, by as many writers', unit: 'deploys/s', goal: [{ of: 'ratio', atLeast: 0.5 }] },
  { id: `control.eventloop_p99.${shape}`, what: `delay of the server's event loop under that load, 99th percentile, on ${parts[shape]}`, peer: 'the same server idle', unit: 'ms', goal: [{ of: 'value', atMost: 20 }] },
  { id: `control.status_fanout_p99.${shape}`, what: `from a runner's word to the SDK's event of each of 100 watchers, 99th percentile, on ${parts[shape]}`, peer: 'a round trip over a bare NATS, 99th percentile', unit: 'ms', goal: [{ of: 'value', atMost: 100 }] },
  { id: `control.resync_10k.${shape}`, what: `start of a server with 10,000 apps until everybody who follows has heard of all, on ${parts[shape]}`, peer: 'reading the rows of their specs', unit: 'ms', goal: [{ of: 'value', atMost: 15_000 }] },
  { id: `control.list_100_summaries.${shape}`, what: `one page of 100 apps with their facts, through the SDK, on ${parts[shape]}`, peer: 'the same SQL alone', unit: 'ms', goal: atMost(3) },
]);

const rollout = 'a rollout of the same app as a plain Deployment in the same cluster';
const kubernetes: RowDefinition[] = [
  { id: 'kubernetes.spec_to_action', what: 'from an app\'s first spec on the bus to the claim of its pod', peer: `${rollout}, to its pod`, unit: 'ms', goal: atMost(1) },
  { id: 'kubernetes.claim', what: 'from an app\'s first spec on the bus to "live", with a warm pod', peer: `${rollout}, to its first answer`, unit: 'ms', goal: [{ of: 'value', atMost: 300 }] },
  { id: 'kubernetes.hot_swap', what: 'from the next spec of an app that is live to "live", files that nobody has looked at, while the pool is whole', peer: `${rollout}, to its first new answer`, unit: 'ms', goal: [{ of: 'value', atMost: 100 }] },
  { id: 'kubernetes.watch_to_status', what: 'from the deletion of an app\'s pod to the word on the bus that it is away', peer: 'listing its pods until it is on its way out', unit: 'ms', goal: [{ of: 'excess', atMost: 100 }] },
  { id: 'kubernetes.resync_10k', what: 'start of a controller beside a cluster with 10,000 apps until it has said how each of them is, on one', peer: 'listing their ReplicaSets', unit: 'ms', goal: [{ of: 'value', atMost: 30_000 }] },
];

const monaco = 'Monaco with Python, built and served in the same way';
const editor: RowDefinition[] = [
  { id: 'editor.highlighted.code', what: '`fapi-code`, from navigation to the first frame with a line in colours, 200 lines of Python, processor slowed 4 times', peer: monaco, unit: 'ms', goal: atMost(0.4) },
  { id: 'editor.highlighted.editor', what: 'the same of the whole `fapi-editor`, which asks a server of another origin for token and draft first', peer: `${monaco}, the text in the page`, unit: 'ms', goal: atMost(0.4) },
  { id: 'editor.keystroke_p95', what: '`fapi-editor` with all that it does besides: key to the end of its frame in 5,000 lines of Python, 95th percentile of a visit', peer: 'CodeMirror with `basicSetup` and Python', unit: 'ms', goal: atMost(1.2) },
  { id: 'editor.keystroke_p95.large', what: 'the same in that file among 199 others, a draft of 5 MB', peer: 'the same in a draft of that file alone', unit: 'ms', goal: atMost(1.2) },
  ...[...byteRows].map(([entry, row]): RowDefinition => ({ id: `editor.bytes.${row}`, what: `\`${entry}\` and all that it imports at once, bundled, minified, gzip -9`, peer: 'its budget', unit: 'kB', goal: atMost(1) })),
  { id: 'editor.bytes.later', what: 'what `define/editor` loads when it is needed, bundled, minified, gzip -9', peer: 'its budget', unit: 'kB', goal: atMost(1) },
];

const ty = '`ty server` alone, over its own input and output';
const language: RowDefinition[] = [
  { id: 'language.completion', what: 'in Chromium, from the key of a dot to the frame with the field of a model of another file', peer: `${ty}: the same change and question`, unit: 'ms', goal: [{ of: 'value', atMost: 30 }] },
  { id: 'language.first_completion', what: 'the same in a page that was just opened, from its first frame with code, the key pressed as soon as the editor says that there are suggestions', peer: `${ty}: from its start to its first suggestions`, unit: 'ms', goal: [{ of: 'value', atMost: 300 }] },
];

/** Every row there is, as data: what is measured, beside what, and what is good enough. */
export const definitions: readonly RowDefinition[] = [...deploys, ...runner, ...validate, ...control, ...kubernetes, ...editor, ...language];
