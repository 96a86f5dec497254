import { type Responder, until } from './responder.ts';
import { find, show, text } from './show.ts';

/** Which look this is, said by the group of web-test-runner.config.mjs that runs us. */
export const look = document.documentElement.dataset['look'] ?? 'light';
// The page opts in, as a portal with a dark theme does.
document.documentElement.style.colorScheme = 'light dark';

/** Shown, and no more waiting for what it shows. */
export async function openShown(tag: string, responder: Responder): Promise<HTMLElement> {
  const element = show(tag, responder);
  await until(() => responder.openStreams > 0 && !find(element, '.skeleton') && text(element).length > 20);
  return element;
}

/** From here on the page has a portal's strict policy: what a state does against it is told here. */
export function useStrictPolicy(): string[] {
  const violations: string[] = [];
  before(() => {
    document.addEventListener('securitypolicyviolation', ({ effectiveDirective, blockedURI, sourceFile }) => violations.push(`${effectiveDirective} refused ${blockedURI} in ${sourceFile}`));
    document.head.append(Object.assign(document.createElement('meta'), { httpEquiv: 'Content-Security-Policy', content: `script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; worker-src 'none'; frame-src http://127.0.0.1:${location.port}; object-src 'none'; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types lit-html` }));
  });
  return violations;
}
