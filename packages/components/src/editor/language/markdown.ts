import { pythonLanguage } from '@codemirror/lang-python';
import { highlightCode } from '@lezer/highlight';
import { Lexer } from 'marked';
import type { Token, Tokens, TokensList } from 'marked';
import { codeHighlighting } from '../highlighting.ts';
import type { LspHoverContents, LspMarkup } from './lsp.ts';

/** A docstring is written by anybody: what is longer, or has more marks in a paragraph, or lists and quotes in each other, would hold the page up for seconds. */
const [mostLetters, mostMarks, mostLevels] = [20_000, 100, 20];

/** What a server documents, drawn node by node: no markup of its own ever reaches the page. */
export function drawMarkup(contents: LspHoverContents | string | LspMarkup, className: string): HTMLElement {
  const box = element('div', ...toTokens(contents).map(draw));
  box.className = className;
  // It may scroll, and is to be reached by keys then.
  box.tabIndex = 0;
  box.dir = 'ltr';
  return box;
}

function toTokens(contents: LspHoverContents): Token[] {
  if (typeof contents === 'string') return read(contents);
  if (!('kind' in contents) && !('language' in contents)) return contents.flatMap(toTokens);
  if ('language' in contents) return [{ type: 'code', raw: '', lang: contents.language, text: contents.value.slice(0, mostLetters) }];
  return contents.kind === 'markdown' ? read(contents.value) : [asText(contents.value.slice(0, mostLetters))];
}

const asText = (text: string): Token => ({ type: 'text', raw: text, text, escaped: false });

class Reader extends Lexer {
  #level = 0;

  override blockTokens(source: string, tokens: Token[] = [], isClipped?: boolean): TokensList {
    this.#level += 1;
    if (this.#level <= mostLevels) super.blockTokens(source, tokens, isClipped);
    else tokens.push(asText(source));
    this.#level -= 1;
    return tokens as TokensList;
  }

  override inlineTokens(source: string, tokens: Token[] = []): Token[] {
    if ((source.match(/[*_[`~<]/g)?.length ?? 0) <= mostMarks) return super.inlineTokens(source, tokens);
    tokens.push(asText(source));
    return tokens;
  }
}

/** As Markdown, but for the paragraphs that cost more than they say: those are text, and all of it is where it cannot be read. */
function read(source: string): Token[] {
  const text = source.length > mostLetters ? `${source.slice(0, mostLetters)}…` : source;
  try {
    return new Reader().lex(text);
  } catch {
    return [asText(text)];
  }
}

const inline: Readonly<Record<string, keyof HTMLElementTagNameMap>> = { strong: 'strong', em: 'em', del: 'del', codespan: 'code' };

function draw(token: Token): Node {
  const inside = (): Node[] => (('tokens' in token ? token.tokens : undefined) ?? []).map(draw);
  switch (token.type) {
    case 'code': return code(token as Tokens.Code);
    case 'heading': return withClass(element('p', ...inside()), 'cm-language-heading');
    case 'paragraph': return element('p', ...inside());
    case 'blockquote': return element('blockquote', ...inside());
    case 'hr': return element('hr');
    case 'br': return element('br');
    case 'space': return document.createTextNode('');
    case 'list': return element((token as Tokens.List).ordered ? 'ol' : 'ul', ...(token as Tokens.List).items.map((item) => element('li', ...item.tokens.map(draw))));
    case 'table': return table(token as Tokens.Table);
    case 'link': return link(token as Tokens.Link, inside());
    case 'image': return document.createTextNode(plain((token as Tokens.Image).text));
    default: {
      const tag = inline[token.type];
      const nodes = inside();
      const content = nodes.length > 0 ? nodes : [document.createTextNode(plain('text' in token ? String(token.text) : token.raw))];
      return element(tag ?? 'span', ...content);
    }
  }
}

function code({ text, lang = '' }: Tokens.Code): HTMLElement {
  const box = withClass(element('pre'), 'cm-language-code');
  if (!/^(python|py|pyi)?\b/.test(lang) || lang === '') return box.append(text), box;
  highlightCode(text, pythonLanguage.parser.parse(text), codeHighlighting, (piece, classes) => box.append(classes ? withClass(element('span', document.createTextNode(piece)), classes) : piece), () => box.append('\n'));
  return box;
}

function table({ header, rows }: Tokens.Table): HTMLElement {
  const row = (tag: 'th' | 'td', cells: readonly Tokens.TableCell[]) => element('tr', ...cells.map((cell) => element(tag, ...cell.tokens.map(draw))));
  return element('table', row('th', header), ...rows.map((cells) => row('td', cells)));
}

function link({ href }: Tokens.Link, inside: Node[]): HTMLElement {
  if (!/^https?:\/\//.test(href)) return element('span', ...inside);
  return Object.assign(element('a', ...inside), { href, target: '_blank', rel: 'noopener noreferrer' });
}

const named: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'", nbsp: '\u00A0' };

/** Servers write what Markdown would read otherwise as entities. */
function plain(text: string): string {
  return text.replace(/&(?:#(\d{1,6})|([a-z]{2,4}));/g, (whole, number: string | undefined, name: string | undefined) => (number ? String.fromCodePoint(Math.min(Number(number), 0x10ffff)) : named[name ?? ''] ?? whole));
}

function element<K extends keyof HTMLElementTagNameMap>(tag: K, ...children: readonly Node[]): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  made.append(...children);
  return made;
}

const withClass = <T extends HTMLElement>(made: T, className: string): T => Object.assign(made, { className });
