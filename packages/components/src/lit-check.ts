import { version } from './version.ts';

/** The name is the one that `registry.ts` leaves on the page. */
const isDrawing = (): boolean => Symbol.for('fapi.elements') in globalThis;
/** What Lit fails by, before anything of ours is there to say so. */
const isOurs = ({ disposition, effectiveDirective, sample }: SecurityPolicyViolationEvent): boolean => disposition === 'enforce' && effectiveDirective === 'trusted-types' && sample === 'lit-html' && !isDrawing();

/** Says it in each of our elements, and in what the page puts there later: that is as empty. */
function tellAll(text: string): void {
  const tell = (element: Element): void => {
    if (element.shadowRoot) watch(element.shadowRoot);
    if (element.matches(':defined')) return;
    // An element of the page's own may have ours in it once it is one.
    if (!element.localName.startsWith('fapi-')) void customElements.whenDefined(element.localName).then(() => tell(element));
    else if (element.localName !== 'fapi-provider' && !element.textContent.includes(text)) element.prepend(text);
  };
  const tellIn = (root: ParentNode): void => root.querySelectorAll('*').forEach(tell);
  // Only what has come is looked at: the page's own app may work well, and change often.
  const changes = new MutationObserver((records) => {
    if (isDrawing()) return changes.disconnect();
    for (const node of records.flatMap(({ addedNodes }) => [...addedNodes])) {
      if (!(node instanceof Element)) continue;
      tell(node);
      tellIn(node);
    }
  });
  const watch = (root: Document | ShadowRoot): void => {
    tellIn(root);
    changes.observe(root, { childList: true, subtree: true });
  };
  watch(document);
}

/** Evaluated before Lit: where a policy refuses it, the console and the empty elements say what the policy needs. */
const hear = (event: SecurityPolicyViolationEvent): void => {
  if (!isOurs(event)) return;
  document.removeEventListener('securitypolicyviolation', hear);
  const text = `@fapi/components ${version}: nothing can be drawn, because this page's policy lets no second copy of Lit make its Trusted Types. Its Content-Security-Policy needs: trusted-types lit-html 'allow-duplicates'`;
  console.error(text);
  tellAll(text);
};
globalThis.document?.addEventListener('securitypolicyviolation', hear);
