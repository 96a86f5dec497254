import type { Deployment, DeploymentStage, LogLine } from '@fapi/sdk/contract';
import type { FapiDeployStatus } from '../src/index.ts';
import { appId, makeDeployment, makeResponder, makeRevision, until, type Responder } from '../scenes/server/responder.ts';
import { workspaceOf } from '../src/workspaces.ts';
import { expect, find, hasNoViolations, hear, show, text } from './show.ts';

afterEach(() => document.body.replaceChildren());

const at = (second: number): string => new Date(Date.UTC(2026, 10, 24, 10, 0, second)).toISOString();
const done = (...names: DeploymentStage['name'][]): DeploymentStage[] => names.map((name, index) => ({ name, startedAt: at(index), endedAt: at(index + 1), durationMs: 10 * (index + 1) }));
const failure = { phase: 'import', class: 'import', type: 'NameError', message: "name 'x' is not defined", frames: [{ file: 'main.py', line: 3, source: 'start()' }, { file: 'parts/late.py', line: 7, column: 5, function: 'start', source: 'x + 1' }], output: ['one', 'two'], hint: 'Was x renamed?' } as const;

/** Shows an app whose newest deployment is this one. */
async function showDeployment(change: Partial<Deployment>, app: Parameters<typeof makeResponder>[1] = {}): Promise<{ status: FapiDeployStatus; responder: ReturnType<typeof makeResponder> }> {
  const deployment = makeDeployment(change);
  const responder = makeResponder(undefined, { latest: deployment, ...app });
  const status = show<FapiDeployStatus>('fapi-deploy-status', responder);
  await until(() => find(status, '.headline'));
  return { status, responder };
}
const states = (status: FapiDeployStatus): string[] => [...status.shadowRoot!.querySelectorAll<HTMLElement>('.steps li')].map((row) => row.dataset['state']!);

it('says what made a stage take longer than usual', async () => {
  const [queued, validating, preparing] = done('queued', 'validating', 'preparing');
  const { status } = await showDeployment({ status: 'starting', stages: [queued!, validating!, { ...preparing!, note: 'cold_start' }, { name: 'starting', startedAt: at(3) }] });
  const notes = [...status.shadowRoot!.querySelectorAll('.steps li')].map((row) => row.querySelector('.note')?.textContent);
  expect(notes, [undefined, undefined, 'No runner was free, so a new one was started, which takes longer.', undefined, undefined, undefined]);
  await hasNoViolations(status);
});

it('counts the seconds of the stage that runs, beside what is read out', async () => {
  const { status, responder } = await showDeployment({ status: 'preparing', stages: [...done('queued', 'validating'), { name: 'preparing', startedAt: new Date(Date.now() - 60_000).toISOString() }] });
  const shown = (): string => find(status, '.steps [data-state=now] .number')!.textContent!.trim();
  await until(() => /^6\d s$/.test(shown()), 'the seconds');
  const first = shown();
  await until(() => /^6\d s$/.test(shown()) && shown() !== first, 'the next second');
  expect(find(status, '.headline')!.textContent!.trim(), 'Now preparing');
  responder.send({ type: 'deployment', id: '1', appId, deployment: makeDeployment({ status: 'cancelled', endedAt: at(5), stages: done('queued', 'validating', 'preparing') }) });
  await until(() => !find(status, '.steps [data-state=now]'));
});

it('says in German what the runner says by itself, and leaves the words of Python', async () => {
  const hung = { phase: 'import', class: 'timeout', message: 'The app was not ready after 10 s while it was imported. It hung in main.py, line 2.', frames: [{ file: 'main.py', line: 2 }], output: [], hint: "Move long work out of the module's top level: into the lifespan, a request or a task." } as const;
  const { status } = await showDeployment({ status: 'failed', reason: 'import_failed', endedAt: at(3), stages: done('queued'), failure: { ...hung, frames: [...hung.frames], output: [] } });
  status.lang = 'de';
  status.requestUpdate();
  await until(() => find(status, '.message')?.textContent === 'Die App war beim Importieren nach 10 s nicht bereit. Sie hing in main.py, Zeile 2.');
  expect(find(status, '.hint')!.textContent!.trim(), 'Hinweis: Lange Arbeit gehört nicht auf die oberste Ebene des Moduls, sondern in den lifespan, eine Anfrage oder einen Task.');
  const { status: raised } = await showDeployment({ status: 'failed', reason: 'import_failed', endedAt: at(3), stages: done('queued'), failure: { ...hung, class: 'import', type: 'ValueError', frames: [], output: [] } });
  raised.lang = 'de';
  raised.requestUpdate();
  await until(() => find(raised, '.message')?.textContent === `ValueError: ${hung.message}` && find(raised, '.hint')?.textContent?.startsWith('Hinweis'));
});

it('says of a revert what was gone back to, and by whom', async () => {
  const [revision] = [makeRevision(3)];
  const responder = makeResponder(undefined, { latest: makeDeployment({ status: 'live', liveAt: at(5), trigger: 'revert', revision: revision.digest, createdBy: 'ada' }) });
  responder.revisions = [revision];
  const status = show<FapiDeployStatus>('fapi-deploy-status', responder);
  await until(() => find(status, '.origin')?.textContent === 'Reverted to r3 by ada', 'the revision');
  await hasNoViolations(status);
});

describe('the failure card of fapi-deploy-status', () => {
  const failed = { status: 'failed', reason: 'import_failed', endedAt: at(3), stages: [...done('queued', 'validating'), { name: 'preparing', startedAt: at(2), endedAt: at(3) }] } as const;

  it('says our sentence, the class with its message, the hint, the output, and each place, innermost first', async () => {
    const { status } = await showDeployment({ ...failed, stages: [...failed.stages], failure: { ...failure, frames: [...failure.frames], output: [...failure.output] } });
    const card = find(status, '.failure')!;
    const words = card.textContent!.replace(/\s+/g, ' ');
    for (const part of ['The app could not be imported.', 'NameError:', "name 'x' is not defined", 'Was x renamed?', 'one two', 'x + 1']) if (!words.includes(part)) throw new Error(`"${part}" is not in "${words}"`);
    expect([...card.querySelectorAll('.frames button')].map((button) => button.textContent), ['parts/late.py:7', 'main.py:3']);
    expect(states(status), ['done', 'done', 'failed', 'todo', 'todo', 'todo']);
    expect(words.includes('still live'), false);
    await hasNoViolations(status);
  });

  it('folds the frames of the import system in the last output', async () => {
    const { status } = await showDeployment({ ...failed, stages: [...failed.stages], failure: { ...failure, frames: [], output: ['Traceback (most recent call last):', '  File "<frozen importlib._bootstrap>", line 1387, in _gcd_import', 'ValueError: no'] } });
    const folded = find<HTMLDetailsElement>(status, '.failure details details')!;
    expect([folded.open, folded.querySelector('summary')!.textContent, find(status, '.failure details > pre')!.textContent], [false, "1 line of Python's import system", 'Traceback (most recent call last):']);
    await hasNoViolations(status);
  });

  it('says what was added to the error, what it came from with its places, and what was measured', async () => {
    const { status } = await showDeployment({ ...failed, stages: [...failed.stages], failure: {
      ...failure, frames: [...failure.frames], output: [], notes: ['while reading prices'], limitBytes: 256_000_000, peakBytes: 255_900_000, openFiles: 1_024, threads: 40, signal: 'SIGKILL', exitCode: 137,
      related: [{ relation: 'cause', type: 'KeyError', message: "'pear'", frames: [{ file: 'parts/prices.py', line: 2, source: 'prices["pear"]' }] }, { relation: 'part', type: 'ValueError', message: 'no', frames: [] }],
    } });
    const words = find(status, '.failure')!.textContent!.replace(/\s+/g, ' ');
    for (const part of ['while reading prices', 'Caused by', "KeyError: 'pear'", 'One of the errors', 'ValueError: no', 'Used 255.9 MB of 256 MB memory · 1,024 open files · 40 threads · Ended by SIGKILL']) if (!words.includes(part)) throw new Error(`"${part}" is not in "${words}"`);
    const asked = hear(status, 'fapi-open-location');
    [...status.shadowRoot!.querySelectorAll<HTMLElement>('.frames button')].find((button) => button.textContent === 'parts/prices.py:2')!.click();
    expect(asked, [{ appId, file: 'parts/prices.py', line: 2, column: 1 }]);
    await hasNoViolations(status);
  });

  it('says whose lines they are when the draft has changed, and opens the line that says the same now, or none', async () => {
    const frames = [{ file: 'main.py', line: 1, source: 'start()' }, { file: 'main.py', line: 2, source: 'gone()' }, { file: 'main.py', line: 3, source: 'twice()' }, { file: 'main.py', line: 4, column: 2, source: 'stays()' }, { file: 'main.py', line: 5 }, { file: 'away.py', line: 1, source: 'start()' }];
    const { status, responder } = await showDeployment({ ...failed, generation: 7, stages: [...failed.stages], failure: { ...failure, frames, output: [] } });
    expect(text(status).includes('Line numbers are those of deploy 7'), false);
    await until(() => responder.openStreams > 0);
    responder.saveElsewhere([{ path: 'main.py', content: 'twice()\n\ntwice()\n  stays()\n    start()\n' }]);
    await until(() => text(status).includes('Line numbers are those of deploy 7; the draft has changed since.'));
    expect([...status.shadowRoot!.querySelectorAll('.frames .mono:first-child')].map((place) => `${place.localName} ${place.textContent}`), ['span away.py:1', 'span main.py:5', 'button main.py:4', 'button main.py:3', 'span main.py:2', 'button main.py:1']);
    const asked = hear(status, 'fapi-open-location');
    for (const button of status.shadowRoot!.querySelectorAll<HTMLElement>('.frames button')) button.click();
    expect(asked, [{ appId, file: 'main.py', line: 4, column: 2 }, { appId, file: 'main.py', line: 3, column: 1 }, { appId, file: 'main.py', line: 5, column: 1 }]);
    await hasNoViolations(status);
  });

  it('puts the live files back into the draft where it is something else, and gives back what was there', async () => {
    const live = makeDeployment({ id: 'dep_0', revision: 'sha256:live', status: 'live' });
    const changes = { code: true, environment: false, dependencies: false, settings: false };
    const { status, responder } = await showDeployment({ ...failed, generation: 2, stages: [...failed.stages], failure: { ...failure, frames: [...failure.frames], output: [] } }, { live, changes });
    responder.revisionFiles = [{ path: 'main.py', content: 'app = 0\n' }];
    const { store, release } = workspaceOf(responder.client).acquire(appId);
    await until(() => store.snapshot.load === 'ready');
    const taken = hear(document, 'fapi-draft-take');
    const [button] = [...status.shadowRoot!.querySelectorAll<HTMLElement>('.failure button')].filter(({ textContent }) => textContent!.trim() === 'Put the live files back');
    await hasNoViolations(status);
    button!.focus();
    button!.click();
    await until(() => text(status).includes('The draft now has the live files.'));
    const focused = (): Element | null => status.shadowRoot!.activeElement;
    await until(() => focused()?.matches('[data-undo], .headline'), 'the focus in sight');
    expect([store.snapshot.files, taken, text(status).includes('Put the live files back')], [responder.revisionFiles, [{ appId, revision: 'sha256:live' }], false]);
    await hasNoViolations(status);
    find(status, '[data-undo]')!.click();
    await until(() => text(status).includes('Put the live files back'));
    await until(() => focused()?.classList.contains('headline'), 'the focus in sight');
    expect(store.snapshot.files.map(({ content }) => content), ['app = 1\n']);
    status.readonly = true;
    await until(() => !text(status).includes('Put the live files back'));
    release();
  });

  it('gives way to what is live when the draft is that again', async () => {
    const live = makeDeployment({ id: 'dep_0', generation: 1, status: 'live', liveAt: at(5), stages: done('queued', 'validating', 'preparing', 'starting', 'verifying', 'live') });
    const refused = { ...failed, reason: 'validation_failed', generation: 2, draftVersion: 0, stages: [...failed.stages], findings: [{ code: 'X1', severity: 'error', source: 'syntax', file: 'main.py', start: { line: 1, column: 1 }, end: { line: 1, column: 2 }, message: 'a mistake' }] } as const;
    const { status } = await showDeployment({ ...refused, stages: [...refused.stages], findings: [...refused.findings] }, { live, freshness: 'up_to_date', health: 'running' });
    const earlier = await until(() => find<HTMLDetailsElement>(status, '.earlier'), 'what failed');
    expect([find(status, '.headline')!.dataset['status'], find(status, 'h2')!.textContent, earlier.open, find(status, '.failure')!.closest('.earlier') === earlier], ['live', 'Deploy 1', false, true]);
    expect(earlier.querySelector('summary')!.textContent!.startsWith('Deploy 2, of an earlier draft, failed.'), true);
    await hasNoViolations(status);
  });

  it('says of which draft it was when that has moved on, and of a revert that it was none', async () => {
    for (const [trigger, isEarlier] of [['deploy', true], ['revert', false]] as const) {
      const { status } = await showDeployment({ ...failed, trigger, reason: 'validation_failed', generation: 2, draftVersion: 0, stages: [...failed.stages], failure: { ...failure, frames: [], output: [] } }, { live: makeDeployment({ id: 'dep_0', status: 'live', liveAt: at(0) }), freshness: 'not_deployed' });
      const card = find(status, '.failure')!;
      expect([card.matches('[data-earlier]'), card.textContent!.includes('That was an earlier draft.'), card.textContent!.includes('Fix them')], [isEarlier, isEarlier, !isEarlier]);
      document.body.replaceChildren();
    }
  });

  it('has no way back where nothing is live, or the draft is what is live', async () => {
    const live = makeDeployment({ id: 'dep_0', status: 'live' });
    const changes = { code: true, environment: false, dependencies: false, settings: false };
    for (const app of [{ changes }, { live }]) {
      const { status } = await showDeployment({ ...failed, generation: 2, stages: [...failed.stages], failure: { ...failure, frames: [], output: [] } }, app);
      expect([find(status, '.failure') !== null, find(status, '.way-back')], [true, null]);
    }
  });

  it('asks to open the place of a frame', async () => {
    const { status } = await showDeployment({ ...failed, stages: [...failed.stages], failure: { ...failure, frames: [...failure.frames], output: [] } });
    const asked = hear(status, 'fapi-open-location');
    find(status, '.frames button')!.click();
    expect(asked, [{ appId, file: 'parts/late.py', line: 7, column: 5 }]);
  });

  it('says that the version before is still live when one is', async () => {
    const { status } = await showDeployment({ ...failed, stages: [...failed.stages], generation: 2, failure: { ...failure, frames: [], output: ['last words'] } }, { live: makeDeployment({ id: 'dep_0', status: 'live', liveAt: at(0) }), health: 'running' });
    await until(() => text(status).includes('The deploy before it is still live.'));
    expect(find<HTMLDetailsElement>(status, 'details')!.open, true);
  });

  it('says how what was live crashed, for as long as it is down', async () => {
    const live = makeDeployment({ status: 'live', liveAt: at(5), stages: done('queued', 'validating', 'preparing', 'starting', 'verifying', 'live') });
    const { status } = await showDeployment(live, { live, health: 'crashed', crash: { phase: 'running', class: 'killed', message: 'The process was ended by signal SIGKILL while it was running.', frames: [{ file: 'main.py', line: 9 }], output: ['last words'] } });
    await until(() => text(status).includes('The app crashed.'));
    for (const part of ['SIGKILL', 'main.py:9', 'last words']) if (!text(status).includes(part)) throw new Error(`"${part}" is not in "${text(status)}"`);
    expect(find(status, '.headline')!.dataset['status'], 'failed');
    await hasNoViolations(status);
  });

  it('says what blocks an app that is live, with its line, and is quiet again when it answers', async () => {
    const live = makeDeployment({ status: 'live', liveAt: at(5), stages: done('queued', 'validating', 'preparing', 'starting', 'verifying', 'live') });
    const well = { latest: live, live, health: 'running' } as const;
    const { status, responder } = await showDeployment(live, { ...well, trouble: { phase: 'running', class: 'stalled', message: 'The event loop is blocked for 1.2 s.', frames: [{ file: 'main.py', line: 12, source: 'time.sleep(60)' }], output: [] } });
    await until(() => text(status).includes('something blocks its event loop'));
    expect([find(status, '.headline')!.textContent!.trim(), find(status, '.headline')!.dataset['status']], ['Not answering', 'failed']);
    for (const part of ['blocked for 1.2 s', 'main.py:12', 'time.sleep(60)']) if (!text(status).includes(part)) throw new Error(`"${part}" is not in "${text(status)}"`);
    await hasNoViolations(status);
    responder.send({ type: 'app', id: '', appId, app: { ...(await responder.client.apps.read(appId)), ...well, trouble: undefined } });
    await until(() => !find(status, '.failure'));
    expect(find(status, '.headline')!.dataset['status'], 'live');
  });

  it('says that an app runs and what it used up', async () => {
    const live = makeDeployment({ status: 'live', liveAt: at(5) });
    for (const [kind, sentence] of [['memory', 'has used all the memory'], ['exhausted', 'has run out of something']] as const) {
      const { status } = await showDeployment(live, { live, health: 'running', trouble: { phase: 'running', class: kind, message: `The ${kind} is gone.`, frames: [], output: [] } });
      await until(() => text(status).includes(sentence));
      expect([find(status, '.headline')!.textContent!.trim(), find(status, '.headline')!.dataset['status']], ['Live, with problems', 'failed']);
      document.body.replaceChildren();
    }
  });

  it('says that an app crashes again and again, with its last words', async () => {
    const live = makeDeployment({ status: 'live', liveAt: at(5) });
    const { status } = await showDeployment(live, { live, health: 'crashed', isCrashLooping: true, crash: { phase: 'running', class: 'crashed', message: 'The process exited with code 3.', frames: [{ file: 'main.py', line: 9 }], output: ['last words'] } });
    await until(() => text(status).includes('at growing intervals'));
    for (const part of ['code 3', 'main.py:9', 'last words', 'Keeps crashing']) if (!text(status).includes(part)) throw new Error(`"${part}" is not in "${text(status)}"`);
    await hasNoViolations(status);
  });

  it('says of an app that runs how it last crashed and what it last answered with 500 for, each with its line and when, the newer first', async () => {
    const live = makeDeployment({ status: 'live', generation: 2, liveAt: at(5), stages: done('queued', 'validating', 'preparing', 'starting', 'verifying', 'live') });
    const report = { phase: 'running', class: 'crashed', message: 'The process was ended by signal SIGSEGV while it was running, in main.py, line 1.', signal: 'SIGSEGV', frames: [{ file: 'main.py', line: 1 }], output: [] } as const;
    const { status, responder } = await showDeployment(live, { live, health: 'running', lastCrash: { at: at(10), report: { ...report, frames: [...report.frames], output: [] } } });
    await until(() => responder.openStreams > 0);
    const trace = ['ERROR: Exception in ASGI application', 'Traceback (most recent call last):', '  File "main.py", line 1, in read', '    prices["pear"]', '    ~~~~~~^^^^^^^^', "KeyError: 'pear'", '', 'The above exception was the direct cause of the following exception:', '',
      'Traceback (most recent call last):', '  File "fastapi/routing.py", line 99, in run', '    await call()', '  File "main.py", line 7, in bad', '    raise ValueError("no") from error', 'ValueError: no', 'something else: printed'];
    const lines = (generation: number, second: number, seq: number): LogLine[] => trace.map((said, index) => ({ seq: seq + index, at: at(second), stream: 'stderr', generation, text: said }));
    responder.send({ type: 'log', id: '', appId, lines: [...lines(1, 1, 1), ...lines(2, 20, 101)], dropped: 0 });
    await until(() => status.shadowRoot!.querySelectorAll('.failure').length === 2);
    const cards = [...status.shadowRoot!.querySelectorAll('.failure')];
    for (const [index, parts] of [['A request failed with a 500 error', 'ValueError: no', 'main.py:7', 'raise ValueError'], ['The app crashed and was restarted', 'SIGSEGV', 'main.py:1']].entries()) {
      const words = cards[index]!.textContent!.replace(/\s+/g, ' ');
      for (const part of parts) if (!words.includes(part)) throw new Error(`"${part}" is not in "${words}"`);
    }
    expect(cards.map((card) => card.querySelector('time')!.dateTime), [at(20), at(10)]);
    expect(cards[0]!.textContent!.includes('routing.py'), false);
    expect(find(status, '.headline')!.dataset['status'], 'live');
    const asked = hear(status, 'fapi-open-location');
    cards[0]!.querySelector<HTMLElement>('.frames button')!.click();
    expect(asked, [{ appId, file: 'main.py', line: 7, column: 1 }]);
    await hasNoViolations(status);
  });

  it('lists findings in place of a trace, the worst first, and jumps to them', async () => {
    const place = { start: { line: 4, column: 3 }, end: { line: 4, column: 9 } };
    const { status } = await showDeployment({
      status: 'failed', reason: 'validation_failed', endedAt: at(2), stages: done('queued', 'validating'),
      findings: [{ code: 'W1', severity: 'warning', source: 'policy', file: 'a.py', ...place, message: 'is odd' }, { code: 'E1', severity: 'error', source: 'syntax', file: 'main.py', ...place, message: 'invalid syntax', hint: 'A colon is missing.' }],
    });
    expect([...status.shadowRoot!.querySelectorAll('.failure .finding .where')].map((where) => where.textContent), ['main.py:4', 'a.py:4']);
    const asked = hear(status, 'fapi-open-location');
    find(status, '.finding')!.click();
    expect(asked, [{ appId, file: 'main.py', line: 4, column: 3 }]);
    await hasNoViolations(status);
  });

  it('has a sentence for every reason, and never an empty card', async () => {
    for (const reason of ['validation_failed', 'import_failed', 'startup_failed', 'verification_failed', 'rolled_back', 'runner_lost', 'deadline_exceeded', 'bundle_unavailable', 'environment_unavailable', undefined] as const) {
      const { status } = await showDeployment({ status: 'failed', endedAt: at(2), stages: done('queued'), ...(reason ? { reason } : {}) });
      const words = find(status, '.failure p')!.textContent!.trim();
      if (words.length < 10) throw new Error(`${reason}: "${words}"`);
      document.body.replaceChildren();
    }
  });

  it('shows text of an app as text, whatever it looks like', async () => {
    const { status } = await showDeployment({ ...failed, stages: [...failed.stages], failure: { ...failure, message: '<img src=x onerror=alert(1)>', frames: [], output: ['<b>bold</b>'] } });
    expect(find(status, '.failure img, .failure b'), null);
    expect(find(status, '.failure .message')!.textContent!.includes('<img src=x onerror=alert(1)>'), true);
  });
});

describe('what fapi-deploy-status tells the page', () => {
  const stages = done('queued', 'validating', 'preparing', 'starting', 'verifying', 'live');
  type Told = { appId: string; deployment: Deployment; stage: string };
  const hearAll = (): { stages: Told[]; ends: Told[] } => ({ stages: hear<Told>(document.body, 'fapi-deploy-stage'), ends: hear<Told>(document.body, 'fapi-deploy-end') });
  const tell = (responder: Responder, change: Partial<Deployment>): void => responder.send({ type: 'deployment', id: '', appId, deployment: makeDeployment(change) });

  it('is each stage once and in order, and the end once, of a deploy that somebody else asked for, and of none that had ended before', async () => {
    const told = hearAll();
    const { status, responder } = await showDeployment({ status: 'live', liveAt: at(5), stages });
    const second = show<FapiDeployStatus>('fapi-deploy-status', responder);
    await until(() => responder.openStreams > 0 && find(second, '.headline'));
    expect([told.stages.length, told.ends.length], [0, 0]);
    const next = { id: 'dep_2', generation: 2 };
    tell(responder, { ...next, status: 'validating', stages: [stages[0]!, { name: 'validating', startedAt: at(1) }] });
    await until(() => told.stages.length === 2);
    tell(responder, { ...next, status: 'failed', reason: 'import_failed', endedAt: at(3), stages: stages.slice(0, 3) });
    await until(() => told.ends.length > 0);
    await until(() => find(status, '.failure') && find(second, '.failure'));
    expect(told.stages.map(({ stage, deployment }) => `${deployment.id} ${stage}`), ['dep_2 queued', 'dep_2 validating', 'dep_2 preparing']);
    expect(told.ends.map(({ appId: of, deployment }) => [of, deployment.id, deployment.status]), [[appId, 'dep_2', 'failed']]);
  });

  it('is at the editor that started it, where there is one, after that it was taken, and once', async () => {
    const told = hearAll();
    const order: string[] = [];
    for (const type of ['fapi-deploy-start', 'fapi-deploy-stage', 'fapi-deploy-end'] as const) document.body.addEventListener(type, ({ target }) => void order.push(`${(target as Element).localName} ${type}`), { once: true });
    const responder = makeResponder();
    const status = show<FapiDeployStatus>('fapi-deploy-status', responder);
    const editor = document.createElement('fapi-editor');
    editor.appId = appId;
    status.after(editor);
    await until(() => responder.openStreams > 0 && text(status).includes('Not deployed yet') && find(editor, '[part=deploy]'));
    await editor.deploy();
    await until(() => told.stages.length > 0);
    tell(responder, { status: 'live', liveAt: at(5), stages, draftVersion: 1 });
    await until(() => find(status, '.headline[data-status=live]'));
    // Who told it leaves: what was said once is not said again.
    editor.remove();
    responder.send({ type: 'log', id: '', appId, lines: [{ seq: 1, at: at(6), stream: 'stdout', generation: 1, text: 'hello' }], dropped: 0 });
    await status.updateComplete;
    expect(order, ['fapi-editor fapi-deploy-start', 'fapi-deploy-status fapi-deploy-stage', 'fapi-editor fapi-deploy-end']);
    expect([told.stages.map(({ stage }) => stage), told.ends.length], [stages.map(({ name }) => name), 1]);
  });

  it('deploys what failed again when it is told to, unless the page cancels it', async () => {
    const { status, responder } = await showDeployment({ status: 'failed', reason: 'runner_lost', endedAt: at(2), stages: done('queued'), draftVersion: 1 });
    const started = hear<Told>(document.body, 'fapi-deploy-start');
    document.body.addEventListener('fapi-deploy-request', (event) => event.preventDefault(), { once: true });
    await status.retry();
    expect(responder.seen.some(({ method, path }) => method === 'POST' && path.endsWith('/deployments')), false);
    await status.retry();
    expect(started.map(({ deployment }) => deployment.status), ['queued']);
    const { status: live } = await showDeployment({ status: 'live', liveAt: at(5), stages });
    await live.retry();
    expect(started.length, 1);
  });
});

describe('the stages of fapi-deploy-status', () => {
  it('are shown as they come, one at a time', async () => {
    const { status, responder } = await showDeployment({});
    await until(() => responder.openStreams > 0);
    const told: Partial<Deployment>[] = [
      { status: 'validating', stages: [...done('queued'), { name: 'validating', startedAt: at(1) }] },
      { status: 'starting', stages: [...done('queued', 'validating', 'preparing'), { name: 'starting', startedAt: at(3) }] },
      { status: 'live', liveAt: at(5), stages: [...done('queued', 'validating', 'preparing', 'starting', 'verifying'), { name: 'live', startedAt: at(5) }] },
    ];
    const wanted = [['done', 'now', 'todo', 'todo', 'todo', 'todo'], ['done', 'done', 'done', 'now', 'todo', 'todo'], ['done', 'done', 'done', 'done', 'done', 'done']];
    for (const [index, change] of told.entries()) {
      responder.send({ type: 'deployment', id: '', appId, deployment: makeDeployment({ createdAt: at(0), ...change }) });
      await until(() => JSON.stringify(states(status)) === JSON.stringify(wanted[index]), `stage ${change.status}`);
      await hasNoViolations(status);
    }
    expect(find(status, '.headline')!.textContent!.trim(), 'Live in 5 s');
    expect(find<HTMLAnchorElement>(status, 'footer a')!.rel, 'noopener');
  });

  it('take as long, one after the other, as the headline says, waits included', async () => {
    const stage = (name: DeploymentStage['name'], from: number, to: number, durationMs: number): DeploymentStage => ({ name, startedAt: new Date(Date.parse(at(0)) + from).toISOString(), endedAt: new Date(Date.parse(at(0)) + to).toISOString(), durationMs });
    // Work done ahead or beside another stage is none of the builder's time; a wait between two stages is.
    const stages = [stage('queued', 0, 64, 64), stage('validating', 64, 140, 45), stage('preparing', 140, 140, 31), stage('starting', 140, 140, 26), stage('verifying', 182, 197, 15.5), stage('live', 197, 197, 0)];
    const { status } = await showDeployment({ status: 'live', createdAt: at(0), liveAt: new Date(Date.parse(at(0)) + 205).toISOString(), stages });
    const times = [...status.shadowRoot!.querySelectorAll('.steps li .number')].map((cell) => Number.parseFloat(cell.textContent!));
    expect(times, [64, 76, 0, 42, 15, 8]);
    expect(find(status, '.headline')!.textContent!.trim(), 'Live in 205 ms');
  });

  it('do not go back when an older word comes late', async () => {
    const { status, responder } = await showDeployment({ status: 'live', liveAt: at(5), generation: 2, stages: done('queued', 'validating', 'preparing', 'starting', 'verifying', 'live') });
    await until(() => responder.openStreams > 0);
    responder.send({ type: 'deployment', id: '', appId, deployment: makeDeployment({ generation: 1, status: 'failed' }) });
    responder.send({ type: 'deployment', id: '', appId, deployment: makeDeployment({ id: 'dep_3', generation: 3, status: 'preparing', stages: [...done('queued', 'validating'), { name: 'preparing', startedAt: at(3) }] }) });
    await until(() => text(status).includes('Deploy 3'));
    expect(find(status, '.failure'), null);
  });

  it('can be cancelled until the app starts, and not after', async () => {
    const preparing = makeDeployment({ status: 'preparing', stages: [...done('queued', 'validating'), { name: 'preparing', startedAt: at(3) }] });
    const { status, responder } = await showDeployment(preparing);
    await until(() => responder.openStreams > 0);
    find(status, 'header button')!.click();
    await until(() => responder.seen.some(({ path }) => path.endsWith('/cancel')));
    responder.send({ type: 'deployment', id: '', appId, deployment: makeDeployment({ status: 'cancelled', reason: 'cancelled', endedAt: at(4), stages: done('queued', 'validating', 'preparing') }) });
    await until(() => find(status, '.headline')!.textContent!.includes('Cancelled'));
    // What was said before it, and comes after it.
    responder.send({ type: 'deployment', id: '', appId, deployment: preparing });
    await new Promise(requestAnimationFrame);
    await status.updateComplete;
    expect([find(status, 'header button'), find(status, '.headline')!.textContent!.trim()], [null, 'Cancelled']);
    document.body.replaceChildren();
    const late = await showDeployment({ status: 'starting', stages: [...done('queued', 'validating', 'preparing'), { name: 'starting', startedAt: at(3) }] });
    expect(find(late.status, 'header button'), null);
  });

  it('say so when a newer deploy took its place', async () => {
    const { status } = await showDeployment({ status: 'superseded', reason: 'superseded', endedAt: at(2), stages: done('queued') });
    expect(find(status, '.headline')!.textContent!.includes('Replaced by a newer deploy'), true);
    await hasNoViolations(status);
  });
});
