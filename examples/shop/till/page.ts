// The page as the other modules see it: its elements by id, which stage of the sale is shown, its language, and how a
// person who does not look at the screen hears of a change.
import { currentLanguage, type Language, PAGE_ENGLISH, setLanguage } from './words.ts';

export type Stage = 'order' | 'methods' | 'qr' | 'scan' | 'card' | 'cash' | 'waiting' | 'outcome';

const STORED_LANGUAGE = 'language';

export function byId<Kind extends HTMLElement>(id: string): Kind {
  return document.getElementById(id) as Kind;
}

/** An element with text in it. */
export function make(tag: string, className: string, ...children: (string | Node)[]): HTMLElement {
  const element = document.createElement(tag);
  if (className !== '') element.className = className;
  element.append(...children);
  return element;
}

export function makeButton(className: string, text: string, onClick: () => void): HTMLButtonElement {
  const button = document.createElement('button');
  button.type = 'button';
  if (className !== '') button.className = className;
  button.textContent = text;
  button.addEventListener('click', onClick);
  return button;
}

export function makeIcon(name: string): SVGSVGElement {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('aria-hidden', 'true');
  const use = document.createElementNS('http://www.w3.org/2000/svg', 'use');
  use.setAttribute('href', `#icon-${name}`);
  svg.append(use);
  return svg;
}

export interface Row {
  /** Tells it from every other row, and is another one when what it shows has changed. */
  key: string;
  make: () => HTMLElement;
}

const keys = new WeakMap<Element, string>();

/**
 * Shows these rows in this order. One with the key of before is left as it is and where it is: what a person types or
 * presses in it at this moment is not drawn over.
 */
export function showRows(list: HTMLElement, rows: Row[]): void {
  const before = new Map([...list.children].map((element) => [keys.get(element), element as HTMLElement]));
  const wanted = rows.map(({ key, make }) => {
    const element = before.get(key) ?? make();
    keys.set(element, key);
    return element;
  });
  for (const element of [...list.children]) if (!wanted.includes(element as HTMLElement)) element.remove();
  wanted.forEach((element, at) => {
    const there = list.children[at];
    if (there !== element) list.insertBefore(element, there ?? null);
  });
}

/** Puts the symbols of all icons into the page, so that they are there without a network, too. */
export async function loadIcons(): Promise<void> {
  const answer = await fetch('/icons.svg');
  const { documentElement } = new DOMParser().parseFromString(await answer.text(), 'image/svg+xml');
  document.body.append(documentElement);
}

/** Shows one stage of the sale. Focus goes to its heading, so that a screen reader and the keyboard are there, too. */
export function showStage(stage: Stage): void {
  clearProblem();
  if (document.body.dataset['stage'] === stage) return;
  document.body.dataset['stage'] = stage;
  for (const section of document.querySelectorAll<HTMLElement>('.ticket > section')) {
    section.hidden = section.dataset['stage'] !== stage;
  }
  // What was said of the last sale is not read out in the next.
  if (stage !== 'outcome') announce('');
  const section = document.querySelector<HTMLElement>(`.ticket > section[data-stage="${stage}"]`);
  const first = section?.querySelector<HTMLElement>('input') ?? section?.querySelector<HTMLElement>('h2');
  first?.focus({ preventScroll: true });
  window.scrollTo({ top: 0 });
}

export function currentStage(): Stage {
  return document.body.dataset['stage'] as Stage;
}

/** A sentence above the stage: what did not work, and what to do. */
export function showProblem(sentence: string): void {
  const problem = byId('problem');
  problem.textContent = sentence;
  problem.hidden = false;
  problem.scrollIntoView({ block: 'nearest' });
}

export function clearProblem(): void {
  byId('problem').hidden = true;
}

/** Says it to a screen reader, at once. */
export function announce(sentence: string): void {
  byId('announcement').textContent = sentence;
}

/** Puts the page into the language that was chosen here before, else the browser's; `onChange` draws the rest anew. */
export function startLanguages(onChange: () => void): void {
  const japanese = new Map<HTMLElement, string>();
  for (const element of document.querySelectorAll<HTMLElement>('[data-words]')) {
    japanese.set(element, element.textContent ?? '');
  }
  function speak(language: Language): void {
    setLanguage(language);
    document.documentElement.lang = language;
    for (const [element, text] of japanese) {
      const english = PAGE_ENGLISH[element.dataset['words'] ?? ''];
      element.textContent = language === 'en' && english !== undefined ? english : text;
    }
    document.title = document.querySelector('h1')?.textContent ?? '';
    for (const button of document.querySelectorAll<HTMLElement>('[data-language]')) {
      button.setAttribute('aria-pressed', String(button.dataset['language'] === currentLanguage()));
    }
  }
  for (const button of document.querySelectorAll<HTMLElement>('[data-language]')) {
    button.addEventListener('click', () => {
      const language = button.dataset['language'] as Language;
      localStorage.setItem(STORED_LANGUAGE, language);
      speak(language);
      onChange();
    });
  }
  const stored = localStorage.getItem(STORED_LANGUAGE);
  speak(stored === 'en' || stored === 'ja' ? stored : navigator.language.startsWith('ja') ? 'ja' : 'en');
}
