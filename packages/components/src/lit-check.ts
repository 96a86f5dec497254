import { version } from './version.ts';

/** What Lit fails by, before anything of ours is there to say so. The name is the one that `registry.ts` leaves on the page. */
const isOurs = ({ disposition, effectiveDirective, sample }: SecurityPolicyViolationEvent): boolean => disposition === 'enforce' && effectiveDirective === 'trusted-types' && sample === 'lit-html' && !(Symbol.for('fapi.elements') in globalThis);

function tell(root: ParentNode, text: string): void {
  for (const element of root.querySelectorAll('*')) {
    if (element.shadowRoot) tell(element.shadowRoot, text);
    if (/^fapi-(?!provider)/.test(element.localName) && element.matches(':not(:defined)') && !element.textContent.includes(text)) element.prepend(text);
  }
}

/** Evaluated before Lit: where a policy refuses it, the console and the empty elements say what the policy needs. */
const hear = (event: SecurityPolicyViolationEvent): void => {
  if (!isOurs(event)) return;
  document.removeEventListener('securitypolicyviolation', hear);
  const text = `@fapi/components ${version}: nothing can be drawn, because this page's policy lets no second copy of Lit make its Trusted Types. Its Content-Security-Policy needs: trusted-types lit-html 'allow-duplicates'`;
  console.error(text);
  tell(document, text);
  // What the page puts there later is as empty.
  new MutationObserver(() => tell(document, text)).observe(document, { childList: true, subtree: true });
};
globalThis.document?.addEventListener('securitypolicyviolation', hear);
