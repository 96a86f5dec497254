import type { LogLine } from '@fapi/sdk/contract';
import type { FapiLogs } from '../src/index.ts';
import { appId, makeResponder, type Responder, until } from '../scenes/server/responder.ts';
import { expect, find, show, text } from './show.ts';

const raised = ['Traceback (most recent call last):', '  File "prices.py", line 1, in <module>', '    1 / 0', 'ZeroDivisionError: division by zero'];
const print = (responder: Responder, lines: readonly LogLine[]): void => responder.send({ type: 'log', id: '', appId, lines: [...lines], dropped: 0 });

afterEach(() => document.body.replaceChildren());

describe('fapi-logs', () => {
  it('shows the error of a request among others, also of one that is printed later, and takes nobody away from where they went', async () => {
    const failed = (from: number, second: number): LogLine[] => raised.map((line, index) => ({ seq: from + index, at: `2026-11-24T10:00:${second}.200Z`, generation: 1, stream: 'stderr', text: line }));
    const during = (second: number) => ({ from: `2026-11-24T10:00:${second}.150Z`, to: `2026-11-24T10:00:${second}.190Z` });
    const responder = makeResponder();
    const logs = show<FapiLogs>('fapi-logs', responder);
    await until(() => responder.openStreams > 0 && text(logs).includes('No output yet'));
    print(responder, [...failed(1, 10), ...failed(6, 20), ...failed(10, 30)]);
    await until(() => find(logs, '.line'));
    const chosen = (): (string | undefined)[] => [...logs.shadowRoot!.querySelectorAll('.line')].filter((row) => row.getAttribute('aria-selected') === 'true').map(({ id }) => id);
    logs.showErrors(during(20));
    await until(() => chosen().length === 1);
    expect(chosen(), ['traceback-6']);
    await until(() => find(logs, '#traceback-6')!.getAttribute('aria-expanded') === 'true');
    logs.showErrors(during(40));
    await until(() => !logs.paused);
    print(responder, failed(14, 40));
    await until(() => chosen()[0] === 'traceback-14');
    logs.showErrors(during(50));
    await until(() => !logs.paused);
    find(logs, '.lines')!.dispatchEvent(new KeyboardEvent('keydown', { key: 'Home', bubbles: true, cancelable: true }));
    await until(() => chosen()[0] === 'traceback-1');
    print(responder, failed(18, 50));
    await until(() => logs.shadowRoot!.querySelector('[data-new]') !== null);
    expect(chosen(), ['traceback-1']);
  });
});
