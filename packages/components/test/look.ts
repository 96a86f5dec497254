import { type Responder, until } from '../scenes/server/responder.ts';
import { expect, find, show, text } from './show.ts';

// Which look this is, said by the group of web-test-runner.config.mjs that runs us.
export const look = document.documentElement.dataset['look'] ?? 'light';
// The page opts in, as a portal with a dark theme does.
document.documentElement.style.colorScheme = 'light dark';

export async function open(tag: string, responder: Responder): Promise<HTMLElement> {
  const element = show(tag, responder);
  await until(() => responder.openStreams > 0 && !find(element, '.skeleton') && text(element).length > 20);
  return element;
}

/** From here on the page has a portal's strict policy: what a state does against it is told to us. */
const violations: string[] = [];
before(() => {
  document.addEventListener('securitypolicyviolation', ({ effectiveDirective, blockedURI, sourceFile }) => violations.push(`${effectiveDirective} refused ${blockedURI} in ${sourceFile}`));
  document.head.append(Object.assign(document.createElement('meta'), { httpEquiv: 'Content-Security-Policy', content: `script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; worker-src 'none'; frame-src http://127.0.0.1:${location.port}; object-src 'none'; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types lit-html` }));
});

/** The last test of a file: what was drawn in all before it. */
export function itBrokeNoPolicy(): void {
  it('broke no strict policy in any state', async () => {
    const probe = document.createElement('div');
    document.body.append(probe);
    // The policy is in force: this breaks it.
    probe.setAttribute('style', 'color: red');
    await until(() => violations.length > 0, 'a violation that was meant');
    expect(violations.filter((text) => !text.startsWith('style-src-attr refused inline')), []);
    expect(violations.slice(0, -1), []);
  });
}
