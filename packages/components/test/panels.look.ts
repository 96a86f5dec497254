import type { FapiLogs, FapiSettings } from '../src/index.ts';
import { itBrokeNoPolicy, look, open } from './look.ts';
import { appId, makeDeployment, makeResponder, until } from './responder.ts';
import { find, hasNoViolations } from './show.ts';
import { at, deployments, printed } from './states.ts';

afterEach(() => document.body.replaceChildren());

describe(`logs and settings in the look "${look}"`, () => {
  it('fapi-logs has no axe violation with each kind of line, folded, open, chosen and searched, paused, filtered to nothing, cut off, and where it may not be read', async () => {
    const responder = makeResponder([{ path: 'main.py', content: 'x\n' }]);
    responder.lines = [...printed];
    const logs = await open('fapi-logs', responder) as FapiLogs;
    await until(() => find(logs, '.line'));
    await hasNoViolations(logs);
    find(logs, '.fold')!.click();
    find(logs, '.line')!.click();
    logs.query = 'x';
    await until(() => find(logs, '.detail') && find(logs, 'mark') && find(logs, '[aria-level="2"]'));
    await hasNoViolations(logs);
    responder.send({ type: 'log', id: '', appId, lines: [{ ...printed[0]!, seq: 1_000 }], dropped: 3 });
    await until(() => find(logs, '[data-new]'));
    await hasNoViolations(logs);
    logs.generation = 9;
    await until(() => find(logs, '.notice'));
    await hasNoViolations(logs);
    logs.generation = undefined;
    responder.setAway(true);
    await until(() => find(logs, '.bar'));
    await hasNoViolations(logs);
    for (const [status, code] of [[401, 'unauthorized'], [403, 'forbidden'], [500, 'internal']] as const) {
      const closed = makeResponder();
      closed.refuse(`/v1/apps/${appId}/logs`, status, code);
      const refused = await open('fapi-logs', closed);
      await until(() => find(refused, '.notice[role=alert]'));
      await hasNoViolations(refused);
    }
  });

  it('fapi-settings has no axe violation empty, with variables, with a question, with each form and when it cannot be read', async () => {
    const none = await open('fapi-settings', makeResponder());
    await until(() => find(none, '.notice'));
    await hasNoViolations(none);
    const responder = makeResponder(undefined, { live: makeDeployment(deployments['live']), health: 'running', freshness: 'not_deployed', changes: { code: false, environment: true, dependencies: false, settings: false } });
    responder.environment = { appId, version: 1, variables: [{ name: 'A_NAME_THAT_IS_VERY_LONG_AND_HAS_NO_PLACE_TO_BREAK_AT_ALL_OR_HAS_IT', value: 'v'.repeat(300), secret: false, scope: 'both' }, { name: 'TOKEN', secret: true, scope: 'live' }] };
    const settings = await open('fapi-settings', responder);
    await until(() => find(settings, '.variables') && find(settings, '.bar'));
    await hasNoViolations(settings);
    for (const act of ['.acts button:last-child', 'header button:last-child', 'header button']) {
      find(settings, act)!.click();
      await until(() => find(settings, act.startsWith('.acts') ? '.asks' : 'form'));
      await hasNoViolations(settings);
    }
    find<HTMLTextAreaElement>(settings, 'textarea')!.value = 'PORT=1\nAPI_KEY=x\nbroken\n';
    find(settings, 'form button')!.click();
    await until(() => find(settings, '.pasted'));
    await hasNoViolations(settings);
    find(settings, '[part=packages] summary')!.click();
    await until(() => find(settings, '.packages'));
    find(settings, '[data-act=delete]')!.click();
    await until(() => find(settings, '.danger .asks'));
    await hasNoViolations(settings);
    const suspended = await open('fapi-settings', makeResponder(undefined, { suspended: { at, reason: 'r'.repeat(200) } })) as FapiSettings;
    for (const operator of [true, false]) {
      suspended.operator = operator;
      await until(() => Boolean(find(suspended, '[data-act=resume]')) === operator);
      await hasNoViolations(suspended);
    }
    const broken = makeResponder();
    broken.refuse(`/v1/apps/${appId}/environment`, 500, 'environment_unreadable');
    const failed = await open('fapi-settings', broken);
    await until(() => find(failed, '[role=alert]'));
    await hasNoViolations(failed);
  });

  itBrokeNoPolicy();
});
