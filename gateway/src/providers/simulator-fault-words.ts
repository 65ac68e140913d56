// Faults as a command line names them: `hang:create_code:times=1,rate_limit:probability=0.2`. They are read here and
// written here, so that what was tried out on a page can be taken to a test.
import { Value } from 'typebox/value';
import { type ActiveFault, FAULTS, FaultRequest } from './simulator-faults.ts';

const NUMBERS = ['times', 'ms', 'probability'] as const;
type NumberName = (typeof NUMBERS)[number];

/** One piece of the line, and the simulator that it is for; null: whichever plays it. */
export interface WordedFault {
  piece: string;
  simulator: string | null;
  request: FaultRequest;
}

/** All pieces, or what is wrong with the first wrong one. Which faults and endpoints there are, the dial knows. */
export function readFaultWords(
  line: string,
): { ok: true; faults: WordedFault[] } | { ok: false; message: string } {
  const faults: WordedFault[] = [];
  for (const piece of line.split(',').map((text) => text.trim())) {
    if (piece === '') return { ok: false, message: `'${line}': There is nothing beside one of its commas.` };
    const read = readPiece(piece);
    if (typeof read === 'string') return { ok: false, message: `'${piece}': ${read}` };
    faults.push(read);
  }
  return { ok: true, faults };
}

function readPiece(piece: string): WordedFault | string {
  const [name = '', ...rest] = piece.split(':').map((text) => text.trim());
  if (name === '') return 'Each piece begins with the name of a fault.';
  const [simulator, fault] = name.includes('.') ? name.split('.', 2) : [null, name];
  const request: FaultRequest = { fault: fault ?? '' };
  for (const word of rest) {
    if (!word.includes('=')) {
      if (request.endpoint !== undefined) return `It names two endpoints, ${request.endpoint} and ${word}.`;
      request.endpoint = word;
      continue;
    }
    const [option = '', value = ''] = word.split('=', 2);
    if (option !== 'code' && !isNumberName(option)) {
      return `There is no '${option}'. Known: ${NUMBERS.join(', ')}, code.`;
    }
    if (request[option] !== undefined) return `It says ${option} twice.`;
    if (option === 'code') {
      request.code = value;
      continue;
    }
    if (!/^\d+(\.\d+)?$/.test(value)) return `${option} must be a number, not '${value}'.`;
    request[option] = Number(value);
  }
  const [problem] = Value.Errors(FaultRequest, request);
  if (problem) return `${problem.instancePath.slice(1)} ${problem.message}.`;
  return { piece, simulator: simulator ?? null, request };
}

function isNumberName(word: string): word is NumberName {
  return (NUMBERS as readonly string[]).includes(word);
}

/** The line that turns a dial to where this one stands. */
export function makeFaultWords(faults: readonly ActiveFault[]): string {
  return faults
    .map(({ fault, endpoint, code, times_left, ms, probability }) =>
      [
        fault,
        ...(endpoint === null ? [] : [endpoint]),
        ...(code === null ? [] : [`code=${code}`]),
        ...(times_left === null ? [] : [`times=${times_left}`]),
        ...(ms === (FAULTS[fault].default_ms ?? 0) ? [] : [`ms=${ms}`]),
        ...(probability === 1 ? [] : [`probability=${probability}`]),
      ].join(':'),
    )
    .join(',');
}
