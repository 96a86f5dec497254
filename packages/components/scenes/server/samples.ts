import type { App, Deployment, Finding, LogLine, Metrics } from '@fapi/sdk/contract';
import { appId } from './responder.ts';

export const at = '2026-11-24T10:00:05.000Z';
/** When each stage begins, in milliseconds after the click, and the last of them is over. */
const begins = { queued: 0, validating: 180, preparing: 1_020, starting: 2_600, verifying: 4_110, live: 4_800 } as const;
type Stage = Deployment['stages'][number];
const after = (ms: number): string => new Date(Date.parse('2026-11-24T10:00:00.000Z') + ms).toISOString();
function stage(name: Stage['name']): Stage {
  const ends = Object.values(begins).find((begin) => begin > begins[name]) ?? 5_000;
  return { name, startedAt: after(begins[name]), endedAt: after(ends), durationMs: ends - begins[name] };
}
export const finding = (severity: Finding['severity']): Finding => ({ code: 'X1', severity, source: 'syntax', file: 'main.py', start: { line: 1, column: 1 }, end: { line: 1, column: 4 }, message: `a finding of the kind ${severity}`, hint: 'What to do about it.' });
export const counted: Metrics = { appId, requests: 12, status2xx: 9, status3xx: 0, status4xx: 2, status5xx: 1, inFlight: 0, bytesOut: 1, lastRequestAt: at };
/** By what a test calls it. */
export const deployments: Record<string, Partial<Deployment>> = {
  queued: {},
  preparing: { status: 'preparing', stages: [stage('queued'), stage('validating'), { name: 'preparing', startedAt: after(begins.preparing) }] },
  live: { status: 'live', liveAt: at, stages: [stage('queued'), stage('validating'), stage('preparing'), stage('starting'), stage('verifying'), stage('live')] },
  failed: { status: 'failed', reason: 'import_failed', endedAt: at, stages: [stage('queued'), stage('validating'), stage('preparing')], failure: { phase: 'import', class: 'import', type: 'NameError', message: 'no x', frames: [{ file: 'main.py', line: 1, function: 'start', source: 'x' }], output: ['last words'], hint: 'Was x renamed?' } },
  'failed with findings': { status: 'failed', reason: 'validation_failed', endedAt: at, stages: [stage('queued'), stage('validating')], findings: [finding('error'), finding('warning')] },
  cancelled: { status: 'cancelled', endedAt: at, stages: [stage('queued')] },
};

export const ailments: Record<string, Partial<App>> = {
  stalled: { health: 'running', trouble: { phase: 'running', class: 'stalled', message: 'The event loop is blocked for 1.2 s.', frames: [{ file: 'main.py', line: 12, source: 'time.sleep(60)' }], output: [] } },
  'in a crash loop': { health: 'crashed', isCrashLooping: true, crash: { phase: 'running', class: 'crashed', message: 'The process exited with code 3.', frames: [{ file: 'main.py', line: 9 }], output: ['last words'] } },
};

const line = (text: string, change: Partial<LogLine> = {}): Omit<LogLine, 'seq'> => ({ at, stream: 'stdout', generation: 1, text, ...change });
/** Each kind of line that an app prints, with what is hard to draw. */
export const printed: readonly LogLine[] = [
  line('printed'), line('INFO: started', { stream: 'stderr' }), line('WARNING: slow', { stream: 'stderr' }), line('ERROR: broken', { stream: 'stderr' }), line('The app is serving.', { stream: 'system' }),
  ...['Traceback (most recent call last):', '  File "main.py", line 1, in <module>', '    x', '  File "<frozen importlib._bootstrap>", line 1, in y', 'NameError: no x'].map((text) => line(text, { stream: 'stderr' })),
  line('w'.repeat(2_000)), line('\u001b[31mred\u001b[0m \u202e\u0000 \u{1F600}'), line('שלום עולם'), line('of the second deploy', { generation: 2 }),
].map((one, index) => ({ seq: index + 1, ...one }));
