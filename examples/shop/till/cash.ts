// Taking cash: what was received, and what goes back. Only when enough is there can it be recorded.
import { byId, makeButton } from './page.ts';
import { say, yen } from './words.ts';

/** The notes that somebody may hand over, in yen. */
const NOTES = [1_000, 5_000, 10_000];

/** Begins with an empty field for this amount, in yen. */
export function openCash(due: number): void {
  const field = byId<HTMLInputElement>('received');
  field.value = '';
  field.oninput = () => drawChange(due);
  drawCash(due);
}

/** Draws the notes and the change in the language of now. */
export function drawCash(due: number): void {
  const field = byId<HTMLInputElement>('received');
  const amounts = [due, ...new Set(NOTES.map((note) => Math.ceil(due / note) * note))].slice(0, 4);
  const buttons = amounts.map((amount, at) =>
    makeButton('', at === 0 ? say('exact') : yen(amount), () => {
      field.value = amount.toLocaleString('ja-JP');
      drawChange(due);
    }),
  );
  byId('notes').replaceChildren(...buttons);
  drawChange(due);
}

/** What the field says, in yen: with commas or in full-width digits, as Japanese keyboards write them. Empty is 0. */
export function readReceived(): number {
  const digits = byId<HTMLInputElement>('received')
    .value.normalize('NFKC')
    .replace(/[^0-9]/g, '');
  return Number(digits);
}

function drawChange(due: number): void {
  const received = readReceived();
  const is_enough = received >= due;
  byId('change-word').textContent = say(is_enough ? 'change' : 'missing');
  byId('change').textContent = yen(Math.abs(received - due));
  byId<HTMLButtonElement>('take-cash').disabled = !is_enough;
}
