import { floatBeside } from '../src/parts/floating.ts';
import './show.ts';
import { expect } from './show.ts';

afterEach(() => document.body.replaceChildren());

describe('a menu', () => {
  it('stands at its button, under a page that is zoomed too', () => {
    const places = ['1', '1.25'].map((zoom) => {
      document.body.innerHTML = `<div style="zoom: ${zoom}; padding: 40px"><button>Menu</button><div popover style="position: fixed; inset: auto; margin: 0; border: 0">Entry</div></div>`;
      const [button, menu] = [document.querySelector('button')!, document.querySelector<HTMLElement>('[popover]')!];
      floatBeside(menu, button);
      const [from, to] = [button.getBoundingClientRect(), menu.getBoundingClientRect()];
      return [Math.round(to.top - from.bottom), Math.round(to.left - from.left)];
    });
    expect(places, [[4, 0], [4, 0]]);
  });
});
