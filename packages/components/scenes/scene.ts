import type {} from '../src/index.ts';
import type { Responder } from './server/responder.ts';

/** The states that every element is designed in. */
export const lookStates = ['loading', 'empty', 'partial', 'error', 'offline', 'signed-out', 'no-permission', 'too-much'] as const;
export type LookState = (typeof lookStates)[number];

/** Every public element. */
export type Tag = Extract<keyof HTMLElementTagNameMap, `fapi-${string}`>;

/** What is around an element while it is shown. */
export interface Where {
  /** Of the page that stands for a live app: of another origin than ours. */
  readonly appOrigin: string;
  readonly appPath: string;
}

/** Hands for what is shown: a selector finds in the element and in all that is inside it, shadow roots included. */
export interface Shown<T extends HTMLElement = HTMLElement> {
  readonly element: T;
  readonly server: Responder;
  find<E extends HTMLElement = HTMLElement>(selector: string): E | undefined;
  /** Waits for it. */
  seen<E extends HTMLElement = HTMLElement>(selector: string): Promise<E>;
  /** Waits for it and clicks it. */
  press(selector: string): Promise<void>;
  /** Waits for a field and fills it. */
  fill(selector: string, text: string): Promise<void>;
}

/** One state of an element: how it comes about, and by what one sees that it has. */
export interface Scene {
  /** What answers in the place of a server. Absent: there is no client. */
  readonly server?: (where: Where) => Responder;
  /** What is put into the page, where the element comes inside of another. */
  readonly inside?: Tag;
  /** Properties, set before it is put there. */
  readonly given?: object | ((where: Where) => object);
  /** What somebody does, or the server, until it is so. */
  readonly act?: (shown: Shown<never>) => unknown;
  /** Is there when it is so, and is seen. */
  readonly shows: string;
  /** Words of what `shows` finds, in English. */
  readonly says?: string;
  /** CodeMirror does not come: it is played where none was drawn before. */
  readonly isCodeHeld?: true;
  /** A dialog covers the rest: this alone is looked at. */
  readonly alone?: string;
}

/** A state that makes no sense for an element, and why. */
export interface Absent { readonly absent: string }
export const absent = (why: string): Absent => ({ absent: why });
export const isAbsent = (one: Scene | Absent): one is Absent => 'absent' in one;

/** All of an element: what LOOK asks for, and what else there is to see of it. */
export interface Row {
  readonly states: Readonly<Record<LookState, Scene | Absent>>;
  readonly more: Readonly<Record<string, Scene>>;
}
