import { version } from '../src/version.ts';
import { expect } from './show.ts';

type Registry = typeof import('../src/registry.ts');
/** The same sources at another address are another copy. */
const copy = (name: string): Promise<Registry> => import(`../src/registry.ts?copy=${name}`) as Promise<Registry>;

describe('two copies on one page', () => {
  it('share the names: the first has what it named, also for later, the second what is left, and the console hears it once', async () => {
    const said: string[] = [];
    const { warn } = console;
    console.warn = (words: string) => void said.push(words);
    try {
      const [first, second] = [await copy('first'), await copy('second')];
      const element = (): CustomElementConstructor => class extends HTMLElement {};
      const loaded: string[] = [];
      const [now, late] = [element(), element()];
      first.define('copies-now', now);
      first.define('copies-now', now);
      first.defineLater('copies-later', async () => (loaded.push('first'), first.define('copies-later', late)));
      expect(said, []);
      second.define('copies-now', element());
      second.defineLater('copies-later', async () => (loaded.push('second'), second.define('copies-later', element())));
      second.define('copies-left', element());
      expect([second.canDefine('copies-later'), customElements.get('copies-now') === now, customElements.get('copies-left') !== undefined], [true, true, true]);
      await second.loadElement('copies-later');
      expect([loaded, customElements.get('copies-later') === late], [['first'], true]);
      expect(said, [`@fapi/components ${version}: it is on this page twice. The copy that came first (${version}) draws copies-now and whatever else it has named; this one (${version}) leaves those alone. Load one of them only.`]);
    } finally {
      console.warn = warn;
    }
  });
});
