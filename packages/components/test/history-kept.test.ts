import type { FapiHistory } from '../src/index.ts';
import { appId, makeDeployment, makeResponder, makeRevision, type Responder, until } from '../scenes/server/responder.ts';
import { expect, find, show } from './show.ts';

afterEach(() => document.body.replaceChildren());

const numbers = (history: Element): string[] => [...history.shadowRoot!.querySelectorAll('.revisions > li h3')].map(({ textContent }) => textContent!.trim());
const row = (history: Element, number: number): HTMLElement => [...history.shadowRoot!.querySelectorAll<HTMLElement>('.revisions > li')].find((one) => one.querySelector('h3')!.textContent!.trim() === `r${number}`)!;
const older = async (history: Element): Promise<void> => {
  const before = numbers(history).length;
  find(history, '.more')!.click();
  await until(() => numbers(history).length > before, 'older ones');
};
async function open(count: number): Promise<{ history: FapiHistory; responder: Responder }> {
  const responder = makeResponder();
  responder.revisions = Array.from({ length: count }, (_, index) => makeRevision(count - index, { outcome: 'stopped', liveAt: '2026-11-24T10:00:00.000Z' }));
  const history = show<FapiHistory>('fapi-history', responder);
  await until(() => numbers(history).length > 0 && responder.openStreams > 0, 'the list');
  return { history, responder };
}
/** Somebody deploys: another revision is the newest, and the one that is live. */
async function deploy(responder: Responder, liveNumber: number): Promise<void> {
  if (!responder.revisions.some(({ number }) => number === liveNumber)) responder.revisions.unshift(makeRevision(liveNumber));
  responder.revisions = responder.revisions.map((one) => ({ ...one, isLive: one.number === liveNumber }));
  const live = makeDeployment({ id: `dep_${liveNumber}`, generation: liveNumber, status: 'live', liveAt: '2026-11-24T10:00:01.000Z' });
  responder.send({ type: 'app', id: '', appId, app: { ...await responder.client.apps.read(appId), live, latest: live, health: 'running' } });
}

describe('fapi-history while somebody deploys', () => {
  it('keeps what was loaded, the form that is open with what is typed into it, the focus, and where it is scrolled to', async () => {
    const { history, responder } = await open(90);
    await older(history);
    await older(history);
    row(history, 31).querySelector<HTMLElement>('[data-clone]')!.click();
    const field = await until(() => find<HTMLInputElement>(history, 'form.clone [name=title]'), 'the form');
    field.value = 'Half a na';
    const top = row(history, 31).getBoundingClientRect().top;
    await deploy(responder, 91);
    await until(() => numbers(history)[0] === 'r91' && row(history, 91).dataset['live'] !== undefined, 'the new one');
    const all = numbers(history);
    // No row is missing and none is there twice, down to the last that was loaded.
    expect([all.length, new Set(all).size, all.at(-1)], [76, 76, 'r16']);
    expect([find<HTMLInputElement>(history, 'form.clone [name=title]') === field, field.value, history.shadowRoot!.activeElement === field], [true, 'Half a na', true]);
    expect(Math.abs(row(history, 31).getBoundingClientRect().top - top) < 200, true);
    await older(history);
    expect([numbers(history).length, numbers(history).at(-1), find(history, '.more')], [91, 'r1', null]);
  });

  it('says of a row far below what has become of it', async () => {
    const { history, responder } = await open(160);
    for (let pages = 1; pages < 6; pages++) await older(history);
    expect(numbers(history).at(-1), 'r11');
    await deploy(responder, 12);
    await until(() => row(history, 12).dataset['live'] !== undefined, 'the one that is live again');
    expect([numbers(history).length, numbers(history).at(-1)], [150, 'r11']);
  });

  it('does not grow by a page with each deploy, and lets go of what is kept no more', async () => {
    const { history, responder } = await open(60);
    for (const number of [61, 62]) {
      await deploy(responder, number);
      await until(() => numbers(history)[0] === `r${number}`, 'the new one');
    }
    expect([numbers(history).length, numbers(history).at(-1)], [27, 'r36']);
    responder.revisions = responder.revisions.filter(({ number }) => number > 50);
    await deploy(responder, 63);
    await until(() => numbers(history)[0] === 'r63', 'the new one');
    expect([numbers(history).length, numbers(history).at(-1)], [13, 'r51']);
  });
});
