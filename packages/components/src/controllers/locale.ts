import { ContextConsumer } from '@lit/context';
import type { ReactiveElement } from 'lit';
import { loadStrings, stringsFor } from '../catalogues.ts';
import { localeContext } from '../contexts.ts';
import type { Strings } from '../strings.ts';
import { hostLang, watchLang } from './lang.ts';

/** The locale for a host: its own `lang` or that of the element that it is a part of, the provider's, the document's, English. Redraws the host when it changes. */
export function consumeLocale(host: ReactiveElement): { readonly locale: string; readonly strings: Strings } {
  const consumer = new ContextConsumer(host, { context: localeContext, subscribe: true });
  watchLang(host);
  return {
    get locale() { return toLocale(hostLang(host) || consumer.value || globalThis.document?.documentElement.lang || 'en'); },
    get strings() {
      void loadStrings(this.locale)?.then(() => host.requestUpdate());
      return stringsFor(this.locale);
    },
  };
}

/** By tag: every word that is drawn asks. For the usual ones nobody waits until Intl has read its tables. */
const locales = new Map<string, string>(['en', 'en-US', 'en-GB', 'de', 'de-DE'].map((tag) => [tag, tag]));

/** Intl throws at what is no tag of its own: a page that says `en_US` or worse must be drawn all the same. */
function toLocale(tag: string): string {
  const known = locales.get(tag);
  if (known !== undefined) return known;
  let locale = 'en';
  try {
    locale = Intl.getCanonicalLocales(tag.replaceAll('_', '-'))[0] ?? 'en';
  } catch {
    // Drawn in English.
  }
  locales.set(tag, locale);
  return locale;
}
